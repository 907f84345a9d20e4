import { expect, it } from 'vitest';
import { mirrorSchema } from '../../../lib/shaping/mirroring/options.js';

const to = ['http://a'];

it('has defaults', () => {
  expect(mirrorSchema.parse({ to })).toEqual({
    to: [{ url: 'http://a' }],
    percent: 100,
    maxBytes: 65_536,
    maxConcurrent: 100,
    timeout: 10_000,
  });
});

it('takes one URL as well as several', () => {
  expect(mirrorSchema.parse({ to: 'http://a' }).to).toEqual([{ url: 'http://a' }]);
});

it('says of what is neither that one URL will do', () => {
  const [issue] = mirrorSchema.safeParse({}).error?.issues ?? [];
  expect(issue?.message).toBe('a URL, or an array of URLs or of objects with a url');
});

it.each<[unknown, string]>([
  [{}, 'to'],
  [{ to: [] }, 'to'],
  [{ to: 'nowhere' }, 'to'],
  [{ to: ['http://a', 'http://a'] }, 'to.1'],
  [{ to: [{ url: 'http://a', weight: 2 }] }, 'to.0.weight'],
  [{ to: [{ url: 'http://a', backup: true }] }, 'to.0.backup'],
  [{ to, percent: 101 }, 'percent'],
  [{ to, methods: ['post'] }, 'methods.0'],
  [{ to, methods: [] }, 'methods'],
  [{ to, maxBytes: -1 }, 'maxBytes'],
  [{ to, maxConcurrent: 0 }, 'maxConcurrent'],
  [{ to, timeout: 0 }, 'timeout'],
])('refuses %j', (value, path) => {
  const issues = mirrorSchema.safeParse(value).error?.issues ?? [];
  expect(issues.map((issue) => issue.path.join('.'))).toEqual([path]);
});
