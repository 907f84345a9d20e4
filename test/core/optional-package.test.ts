import { expect, it } from 'vitest';
import { missingPackage, optionalPackage } from '../../lib/core/optional-package.js';

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
