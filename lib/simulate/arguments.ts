import { parseArgs } from 'node:util';
import { unknownName } from '../core/problems.js';
import { messageOf, UsageError } from './usage-error.js';

export const HELP = `Tries strategies in simulated situations: npm run simulate -- [options]

  --scenario a,b      only these (default: all); --list says what there is
  --strategy a,b      only these (default: all); a name, a file whose default export is a strategy or a
                      function ({ clock, random }) => strategy, or '["name", { options }]'. May be repeated
  --requests n        how many requests (default: as many as the scenario says)
  --seed n            the same seed, the same figures (default: 1)
  --trace file        when requests come, and whose: lines of time_ms[,key], or JSON with time_ms and key
  --html file         writes a page with plots
  --svg folder        writes the plots as files
  --docs              writes tables and plots into docs/strategies/
  --speed             measures how many requests are simulated a second, and nothing else
  --list              lists scenarios and strategies
  --help
`;

const OPTIONS = {
  scenario: { type: 'string', multiple: true },
  strategy: { type: 'string', multiple: true },
  requests: { type: 'string' },
  seed: { type: 'string', default: '1' },
  trace: { type: 'string' },
  html: { type: 'string' },
  svg: { type: 'string' },
  docs: { type: 'boolean', default: false },
  speed: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

export interface Arguments {
  readonly scenarios: readonly string[];
  readonly strategies: readonly string[];
  readonly requests: number | undefined;
  readonly seed: number;
  readonly trace: string | undefined;
  readonly html: string | undefined;
  readonly svg: string | undefined;
  readonly docs: boolean;
  readonly speed: boolean;
  readonly list: boolean;
  readonly help: boolean;
}

/** @throws UsageError */
export function argumentsOf(words: readonly string[]): Arguments {
  const { values } = parsed(words);
  const { scenario = [], strategy = [], requests, trace, html, svg, docs, speed, list, help } = values;
  return {
    scenarios: scenario.flatMap((names) => names.split(',')).map((name) => name.trim()),
    strategies: strategy,
    requests: requests === undefined ? undefined : wholeNumber('requests', requests, 1, 100_000_000),
    seed: wholeNumber('seed', values.seed, 0, Number.MAX_SAFE_INTEGER),
    ...{ trace, html, svg, docs, speed, list, help },
  };
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, strict: true, allowPositionals: false });
  } catch (thrown) {
    const message = messageOf(thrown);
    const name = /^Unknown option '--?([^']*)'/.exec(message)?.[1];
    if (name === undefined) throw new UsageError(message);
    throw new UsageError(`--${name}: ${unknownName('option', name, Object.keys(OPTIONS))}`);
  }
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text.replaceAll('_', '') || 'nothing');
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new UsageError(`--${name}: a whole number from ${least} to ${most}, not '${text}'`);
}
