/** Something is wrong with what was asked on the command line: the message is all there is to say, no stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What a thrown thing says of itself. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
