import { z } from 'zod';
import { type BackendInput, defaultId } from './backend.js';
import { durationSchema } from './duration.js';
import { falseOr, singleIssues, strictObject } from './problems.js';

const NAME = '1 to 128 printable ASCII characters without spaces';

const PATH = /^\/[\x21-\x7e]*$/;
const PATH_RULE = "a path that begins with '/', without spaces";
const HTTP_URL = "a URL as in 'http://10.0.0.1:9000/health', without user and password";

function isHttp(input: string | URL): boolean {
  const text = String(input);
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

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

function isUnix(input: string | URL): boolean {
  return String(input).startsWith('unix:');
}

const url = z.union([z.string(), z.instanceof(URL)], { error: 'a URL, as string or URL object' }).check((context) => {
  const problem = urlProblem(context.value);
  if (problem !== undefined) context.issues.push({ code: 'custom', message: problem, input: context.value });
});

/** A weight, at the start and at run time. */
export const weightSchema = z.number('a number').positive('above 0').max(1000, 'at most 1000');

/** How many requests at once, for all backends and for one. */
export const maxConnectionsSchema = z.int('a whole number').min(1, 'at least 1').max(10_000_000, 'at most 10,000,000');

/** A zone's name: what cloud providers call theirs, and anything as short. */
export const zoneSchema = z.string('a string').regex(/^[\x21-\x7e]{1,128}$/, NAME);

const place = strictObject({
  url: z
    .union([z.string(), z.instanceof(URL)], { error: 'a URL, as string or URL object' })
    .refine(isHttp, HTTP_URL)
    .optional(),
  port: z.int('a whole number').min(1, 'at least 1').max(65_535, 'at most 65535').optional(),
  path: z.string('a string').regex(PATH, PATH_RULE).optional(),
}).check((context) => {
  const { url: elsewhere, port, path } = context.value;
  if (elsewhere === undefined || (port === undefined && path === undefined)) return;
  const message = 'not beside port or path: it has both';
  context.issues.push({ code: 'custom', path: ['url'], message, input: elsewhere });
});

/** `false`, a path, or a place. */
const healthSchema = falseOr(
  z.unknown().transform((value, context) => {
    const parsed = place.safeParse(typeof value === 'string' ? { path: value } : value);
    if (parsed.success) return parsed.data;
    for (const { path, message } of singleIssues(parsed.error.issues)) {
      context.issues.push({ code: 'custom', path: typeof value === 'string' ? [] : path, message, input: value });
    }
    return z.NEVER;
  }),
);

const record = strictObject({
  url,
  id: z
    .string(NAME)
    .regex(/^[\x21-\x7e]{1,128}$/, NAME)
    .optional(),
  weight: weightSchema.optional(),
  priority: z.int('a whole number').min(0, 'at least 0').optional(),
  backup: z.boolean('true or false').optional(),
  zone: zoneSchema.optional(),
  maxConnections: maxConnectionsSchema.optional(),
  slowStart: durationSchema(0).optional(),
  health: healthSchema.optional(),
  metadata: z.record(z.string(), z.unknown(), 'an object').optional(),
})
  .refine(({ url, health }) => !isUnix(url) || typeof health !== 'object' || health.port === undefined, {
    path: ['health', 'port'],
    message: 'not with a Unix socket, which has no ports',
  })
  .refine(({ priority, backup }) => priority === undefined || backup === undefined || priority === (backup ? 1 : 0), {
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
