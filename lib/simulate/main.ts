import { systemClock } from '../core/clock.js';
import { simulate } from './cli.js';

process.exitCode = await simulate(process.argv.slice(2), {
  clock: systemClock,
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
});
