import { z } from 'zod';

/** One violated rule, as zod and its like report it. */
export interface SchemaIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** The keys in question, where keys nobody knows are the issue; `message` then has a line for each. */
  readonly keys?: readonly string[];
  /** What is wrong with the key itself, where the key of a record is the issue. */
  readonly issues?: readonly { readonly message: string }[];
}

/**
 * What fairlead needs of a schema. zod's types have this shape; naming only the shape keeps them out of our own.
 */
export interface Schema<T> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: { readonly issues: readonly SchemaIssue[] } };
}

/** For modules that take no options. */
export type NoOptions = Readonly<Record<string, never>>;

export const noOptions: Schema<NoOptions> = z.strictObject({}, { error: 'no options' });
