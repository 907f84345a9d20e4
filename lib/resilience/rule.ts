/** Something that options which are right each by itself must not say together. */
export type Rule = readonly [path: readonly string[], message: string, broken: boolean];
