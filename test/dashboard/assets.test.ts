import { expect, it } from 'vitest';
import { readAssets } from '../../lib/dashboard/assets.js';

it('everything the page loads is there, under a version that changes with it', async () => {
  const { version, files } = await readAssets();
  expect(version).toMatch(/^[0-9a-f]{16}$/);
  expect([...files.keys()]).toEqual(
    expect.arrayContaining(['main.js', 'browser/row.js', 'style.css', 'icon.svg', 'uplot.js', 'uplot.css']),
  );
  expect([...files.keys()].filter((name) => !/\.(js|css|svg)$/.test(name))).toEqual([]);
  expect(files.get('main.js')?.type).toBe('text/javascript; charset=utf-8');
  expect(files.get('uplot.js')?.body.length).toBeGreaterThan(10_000);
  expect((await readAssets()).version).toBe(version);
});
