import { expect, it } from 'vitest';
import { missingPackage, optionalPackage, otherMajor } from '../../lib/core/optional-package.js';

it('a package that is there is loaded', () => {
  expect(optionalPackage<{ Registry: unknown }>('prom-client').Registry).toBeTypeOf('function');
  expect(missingPackage('prom-client', 15)).toBeUndefined();
});

it('one that is not there is named, with what installs it and the first line of the reason', () => {
  expect(() => optionalPackage('fairlead-is-without-it')).toThrow('fairlead-is-without-it');
  expect(missingPackage('fairlead-is-without-it', 3)).toBe(
    'needs the package fairlead-is-without-it: npm install fairlead-is-without-it@3 ' +
      "(Cannot find module 'fairlead-is-without-it')",
  );
});

it('one that is there in another version is named, with what installs the right one', () => {
  const { version } = optionalPackage<{ version: string }>('prom-client/package.json');
  expect(otherMajor('prom-client', 3)).toBe(
    `needs prom-client 3: npm install prom-client@3 (version ${version} is installed)`,
  );
  expect(otherMajor('prom-client', Number.parseInt(version, 10))).toBeUndefined();
});

it('of a package that is not there, or does not show its version, nothing is said', () => {
  expect(otherMajor('fairlead-is-without-it', 3)).toBeUndefined();
  expect(otherMajor('node:fs', 3)).toBeUndefined();
});
