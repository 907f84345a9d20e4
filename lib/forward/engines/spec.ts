import { z } from 'zod';
import type { Engine, EngineModule, TlsOptions } from '../../core/engine.js';
import { unknownName } from '../../core/problems.js';
import { type EngineName, engines } from './index.js';

/** A name, or an engine of one's own. */
export type EngineSpec = EngineName | Engine;

function isEngine(value: unknown): value is Engine {
  if (typeof value !== 'object' || value === null) return false;
  return ['send', 'close'].every((method) => typeof Reflect.get(value, method) === 'function');
}

function isName(value: unknown): value is EngineName {
  return typeof value === 'string' && Object.hasOwn(engines, value);
}

export const engineSchema = z.unknown().transform((value, context): ((tls: TlsOptions) => Engine) => {
  if (isEngine(value)) return () => value;
  if (isName(value)) {
    const module: EngineModule = engines[value];
    const missing = module.missing?.();
    if (missing === undefined) return (tls) => module.create(tls);
    context.issues.push({ code: 'custom', message: missing, input: value });
    return z.NEVER;
  }
  const known = Object.keys(engines);
  const message =
    typeof value === 'string' ? unknownName('engine', value, known) : `${known.join(', ')} or an Engine object`;
  context.issues.push({ code: 'custom', message, input: value });
  return z.NEVER;
});
