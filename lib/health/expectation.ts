import { z } from 'zod';
import { strictObject } from '../core/problems.js';
import type { Answer } from './http-exchange.js';

/** A status, or a text of statuses and ranges: `'200-299, 404'`. */
export type StatusRange = number | string;

/** What an answer has to be for a check to pass. */
export interface Expectation {
  /** Default `'200-299'`. */
  readonly status?: StatusRange | readonly StatusRange[] | undefined;
  /** A text that the body contains, or a pattern that it matches. Default: the body is not read. */
  readonly body?: string | RegExp | undefined;
}

const RANGES = /^\s*\d{3}(\s*-\s*\d{3})?(\s*,\s*\d{3}(\s*-\s*\d{3})?)*\s*$/;
const FORMS = "a status, or a text of statuses and ranges as in '200-299, 404'";

type Range = readonly [from: number, to: number];

function rangesOf(status: StatusRange): Range[] {
  return String(status)
    .split(',')
    .map((part): Range => {
      const [from = '', to = from] = part.split('-');
      return [Number(from), Number(to)];
    });
}

const status = z
  .custom<StatusRange>(
    (value) => (typeof value === 'number' || typeof value === 'string') && RANGES.test(String(value)),
    {
      message: FORMS,
    },
  )
  .refine((value) => rangesOf(value).every(([from, to]) => from >= 100 && from <= to), {
    message: 'ranges from a lower to a higher status',
  });

const statuses = z.union(
  [status.transform((one) => [one]), z.array(status).min(1, 'at least one status')],
  `${FORMS}, or an array of these`,
);

const body = z.union(
  [z.string().min(1, 'a text that is not empty, or a RegExp'), z.instanceof(RegExp)],
  'a text that is not empty, or a RegExp',
);

const shape = strictObject({ status: statuses.default(['200-299']), body: body.optional() });

/** What the option comes to. */
export interface Expected {
  readonly status: (status: number) => boolean;
  /** Undefined where the body need not be read. */
  readonly body: ((body: string) => boolean) | undefined;
  readonly described: string;
}

function found(wanted: string | RegExp): (body: string) => boolean {
  if (typeof wanted === 'string') return (text) => text.includes(wanted);
  // A pattern that is global or sticky remembers where it was.
  const pattern = new RegExp(wanted.source, wanted.flags.replace(/[gy]/g, ''));
  return (text) => pattern.test(text);
}

export const expectationSchema = shape.prefault({}).transform(({ status: list, body: wanted }): Expected => {
  const ranges = list.flatMap(rangesOf);
  return {
    status: (code) => ranges.some(([from, to]) => code >= from && code <= to),
    body: wanted === undefined ? undefined : found(wanted),
    described: list.join(', '),
  };
});

/** What is wrong with an answer; undefined if it is as expected. */
export function shortfall(answer: Answer, expected: Expected): string | undefined {
  if (!expected.status(answer.status)) return `status ${answer.status}, not ${expected.described}`;
  if (expected.body === undefined || expected.body(answer.body.toString())) return undefined;
  const where = answer.whole ? 'the body' : `the first ${answer.body.length} bytes of the body`;
  return `${where} is not as expected`;
}
