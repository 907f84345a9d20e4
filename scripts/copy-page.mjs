// Puts what the compiler leaves out of the dashboard's page beside what it has made of the rest: styles and icons.
import { copyFile, readdir } from 'node:fs/promises';

const from = new URL('../lib/dashboard/page/', import.meta.url);
const to = new URL('../dist/dashboard/page/', import.meta.url);

for (const name of await readdir(from)) {
  if (/\.(css|svg)$/.test(name)) await copyFile(new URL(name, from), new URL(name, to));
}
