import { z } from 'zod';
import { nearest } from '../util/nearest.js';
import type { Problem } from './errors.js';
import type { SchemaIssue } from './schema.js';

/** "is not known", with what was probably meant, or else what there is. */
export function unknownName(noun: string, name: unknown, known: readonly string[]): string {
  const meant = typeof name === 'string' ? nearest(name, known) : undefined;
  return meant === undefined
    ? `there is no such ${noun}; known are ${known.join(', ')}`
    : `there is no such ${noun}; did you mean '${meant}'?`;
}

/**
 * An object with these keys and no others; each unknown key is a problem of its own, with a "did you mean".
 *
 * @param beside keys that stand in the same object and are checked elsewhere: they may be what was meant
 */
export function strictObject<Shape extends z.ZodRawShape>(
  shape: Shape,
  beside: readonly string[] = [],
): z.ZodObject<Shape, z.core.$strict> {
  const known = [...Object.keys(shape), ...beside];
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => unknownName('option', key, known)).join('\n')
        : `an object with ${known.join(', ')}`,
  });
}

/** `false`, or what the schema says; its problems keep their own paths, which a union's would not. */
export function falseOr<T>(schema: z.ZodType<T>): z.ZodType<T | false> {
  return z.unknown().transform((value, context): T | false => {
    if (value === false) return false;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const { path, message } of singleIssues(parsed.error.issues)) {
      const rule = path.length === 0 ? `false or ${message}` : message;
      context.issues.push({ code: 'custom', path, message: rule, input: value });
    }
    return z.NEVER;
  });
}

/** `backends[1].weight` */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? String(key) : `.${String(key)}`))
    .join('');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (at === null || at === undefined ? undefined : Reflect.get(Object(at), key)),
    value,
  );
}

/** Issues with one path and one rule each, whatever a schema lumped together. */
export function singleIssues(issues: readonly SchemaIssue[]): { path: PropertyKey[]; message: string }[] {
  return issues.flatMap(({ path, message, keys, issues: ofKey }) => {
    if (keys === undefined) return [{ path: [...path], message: ofKey?.[0]?.message ?? message }];
    const rules = message.split('\n');
    return keys.map((key, i) => ({ path: [...path, key], message: rules[i] ?? message }));
  });
}

/** Options as they are written are no deeper than that. */
const DEPTH = 4;

/** Whether options, or a part of them, have a `secret` inside. Of plain objects only: others may have getters that act. */
function holdsSecret(value: unknown, depth = DEPTH): boolean {
  if (typeof value !== 'object' || value === null || depth === 0) return false;
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.entries(value).some(([key, inner]) => key === 'secret' || holdsSecret(inner, depth - 1));
}

/** Problems are printed and logged: no private key and no password is to be among them. */
function withoutSecrets(path: readonly PropertyKey[], value: unknown, rule: string): unknown {
  if (value === undefined) return undefined;
  // Misspelt it is one too.
  if (path.includes('secret') || rule.includes("'secret'")) return '(not shown: it is a secret)';
  if (holdsSecret(value)) return '(not shown: it holds a secret)';
  const inObject = path[0] === 'tls' && typeof value === 'object' && value !== null && 'key' in value;
  const bare = (typeof value === 'string' || Buffer.isBuffer(value)) && value.includes('PRIVATE KEY');
  if (inObject || bare) return '(not shown: it holds a private key)';
  return typeof value === 'string' ? value.replace(/\/\/[^/@]*@/, '//***@') : value;
}

/** A schema's issues as problems: path, value, rule. */
export function problemsOf(issues: readonly SchemaIssue[], value: unknown): Problem[] {
  return singleIssues(issues).map(({ path, message }) => ({
    path: pathText(path),
    value: withoutSecrets(path, valueAt(value, path), message),
    rule: message,
  }));
}

/** A value for an error message: short, on one line, whatever it is. */
function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  // JSON has no NaN and no Infinity: it would show null.
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'number') return String(value);
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    text = Object.prototype.toString.call(value);
  }
  if (text === undefined || value instanceof URL) return String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** All problems in one message, a line each. */
export function problemsText(problems: readonly Problem[], of = 'the options of loadBalancer()'): string {
  const lines = problems.map(
    ({ path, value, rule }) => `  ${path === '' ? 'options' : path}: ${rule} (given: ${shown(value)})`,
  );
  return [`${problems.length} problem${problems.length === 1 ? '' : 's'} with ${of}:`, ...lines].join('\n');
}
