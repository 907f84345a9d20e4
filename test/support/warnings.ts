import { onTestFinished } from 'vitest';

/** What Node warns of from now to the end of the test. */
export function warnings(): readonly string[] {
  const seen: string[] = [];
  const listener = ({ name, message }: Error): void => {
    seen.push(`${name}: ${message}`);
  };
  process.on('warning', listener);
  onTestFinished(() => {
    process.off('warning', listener);
  });
  return seen;
}
