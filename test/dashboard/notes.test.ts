import { describe, expect, it } from 'vitest';
import { bytesText, notesOf, span } from '../../lib/dashboard/notes.js';
import { backendStats } from '../observe/fakes.js';

describe('notesOf', () => {
  it('tells of the last check and of what the backend reports, in words', () => {
    const report = { uptime: 90_000, memory: { rss: 50 * 2 ** 20 }, version: '1.2.3', checks: { db: { ok: true } } };
    const lastCheck = { at: 0, ok: true, ms: 3.4 };
    const statuses = { '1xx': 0, '2xx': 7, '3xx': 0, '4xx': 0, '5xx': 1 };
    const connections = { open: 3, idle: 2, opened: 4, reused: 90 };
    const bytes = { in: 900, out: 2_048 };
    const told = backendStats('a', { report, lastCheck, ejections: 2, retried: 4, statuses, connections, bytes });
    expect(notesOf(told)).toEqual([
      'answers: 7 x 2xx, 1 x 5xx',
      '4 requests tried again elsewhere',
      '900 B sent there, 2.0 KiB from there',
      'connections: 3 open, 2 idle; 90 requests on used ones',
      'last check: passed in 3 ms',
      'breaker opened 2 x',
      'uptime: 1 min 30 s',
      'memory: 50 MiB',
      'version: 1.2.3',
      'checks: db ok',
    ]);
  });

  it('bounds what a backend makes us say, whatever it is', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`name${i}`, 'x'.repeat(10_000)]));
    const notes = notesOf(backendStats('a', { report: many }));
    expect(notes).toHaveLength(13);
    expect(Math.max(...notes.map((note) => note.length))).toBeLessThan(420);
    const odd = { uptime: 'long', memory: null, __proto__x: undefined, constructor: 1 };
    expect(notesOf(backendStats('a', { report: odd })).slice(1)).toEqual([
      'uptime: long',
      'memory: null',
      '__proto__x: ',
      'constructor: 1',
    ]);
  });
});

describe('span', () => {
  it.each([
    [0, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_600_000 * 5 + 60_000, '5 h 1 min'],
    [86_400_000 * 3 + 3_600_000 * 4, '3 d 4 h'],
    [86_400_000, '1 d'],
  ])('%d ms is %s', (ms, text) => {
    expect(span(ms)).toBe(text);
  });
});

it.each([
  [0, '0 B'],
  [1_023, '1023 B'],
  [1_536, '1.5 KiB'],
  [50 * 2 ** 20, '50 MiB'],
  [3 * 2 ** 40, '3.0 TiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});
