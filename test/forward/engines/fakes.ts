import type { ResponseSink } from '../../../lib/core/engine.js';

/** A sink that keeps what it is told, bodies as text. @param takes whether it wants more of a body */
export function notingSink(takes = true) {
  const told: unknown[][] = [];
  const note =
    (name: string) =>
    (...args: unknown[]): boolean => {
      told.push([name, ...args.map((arg) => (Buffer.isBuffer(arg) ? arg.toString() : arg))]);
      return takes;
    };
  const sink: ResponseSink = {
    connected: note('connected'),
    sent: note('sent'),
    informational: note('informational'),
    head: note('head'),
    data: note('data'),
    end: note('end'),
    fail: note('fail'),
  };
  return { sink, told, names: () => told.map(([name]) => name) };
}
