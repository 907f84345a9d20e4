import { z } from 'zod';
import { type BackendInput, defaultId } from './backend.js';
import { durationSchema } from './duration.js';
import { singleIssues, strictObject } from './problems.js';

const NAME = '1 to 128 printable ASCII characters without spaces';

/** What is wrong with a backend's URL, or undefined. */
function urlProblem(input: string | URL): string | undefined {
  const text = String(input);
  if (!URL.canParse(text)) return "a URL as in 'http://10.0.0.1:3000'";
  const url = new URL(text);
  if (url.protocol === 'unix:') {
    const bare = url.host === '' && url.search === '' && url.hash === '' && url.pathname.length > 1;
    return bare && url.pathname.startsWith('/') ? undefined : "a socket's absolute path, as in 'unix:/run/app.sock'";
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return 'a URL that begins with http://, https:// or unix:';
  }
  if (url.username !== '' || url.password !== '') return 'a URL without user and password';
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    return 'a URL without path, query or fragment: requests keep their own path';
  }
  return undefined;
}

const url = z.union([z.string(), z.instanceof(URL)], { error: 'a URL, as string or URL object' }).check((context) => {
  const problem = urlProblem(context.value);
  if (problem !== undefined) context.issues.push({ code: 'custom', message: problem, input: context.value });
});

/** A weight, at the start and at run time. */
export const weightSchema = z.number('a number').positive('above 0').max(1000, 'at most 1000');

/** A zone's name: what cloud providers call theirs, and anything as short. */
export const zoneSchema = z.string('a string').regex(/^[\x21-\x7e]{1,128}$/, NAME);

const record = strictObject({
  url,
  id: z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/, NAME)
    .optional(),
  weight: weightSchema.optional(),
  priority: z.int('a whole number').min(0, 'at least 0').optional(),
  backup: z.boolean('true or false').optional(),
  zone: zoneSchema.optional(),
  slowStart: durationSchema(0).optional(),
  metadata: z.record(z.string(), z.unknown(), 'an object').optional(),
}).refine(({ priority, backup }) => priority === undefined || backup === undefined || priority === (backup ? 1 : 0), {
  path: ['backup'],
  message: 'not beside another priority: true is priority 1, false is 0; give one of the two',
});

/** One backend: a URL, or an object with one. Always comes out as an object. */
export const backendSchema = z.unknown().transform((value, context): BackendInput => {
  const input = typeof value === 'string' || value instanceof URL ? { url: value } : value;
  const parsed = record.safeParse(input);
  if (parsed.success) return parsed.data;
  for (const { path, message } of singleIssues(parsed.error.issues)) {
    // A bare URL has no member `url` to point at.
    context.issues.push({ code: 'custom', path: input === value ? path : path.slice(1), message, input: value });
  }
  return z.NEVER;
});

/** A list of backends in which no id stands twice. */
export const backendsSchema = z
  .array(z.unknown(), 'an array of URLs or of objects with a url')
  .transform((list, context) => {
    const firstWithId = new Map<string, number>();
    return list.flatMap((value, i): BackendInput[] => {
      const parsed = backendSchema.safeParse(value);
      if (!parsed.success) {
        for (const { path, message } of parsed.error.issues) {
          context.issues.push({ code: 'custom', path: [i, ...path], message, input: value });
        }
        return [];
      }
      const id = parsed.data.id ?? defaultId(new URL(parsed.data.url));
      const first = firstWithId.get(id);
      if (first === undefined) firstWithId.set(id, i);
      else {
        const message = `the same id as backends[${first}]; give each an id of its own if one URL is meant twice`;
        context.issues.push({ code: 'custom', path: [i], message, input: value });
      }
      return [parsed.data];
    });
  });
