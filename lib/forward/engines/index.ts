import type { EngineModule } from '../../core/engine.js';
import { httpProxy } from './http-proxy.js';
import { undici } from './undici.js';

/** Every engine by name. One new file, one new line here. */
export const engines = {
  'http-proxy': httpProxy,
  undici,
} satisfies Record<string, EngineModule>;

export type EngineName = keyof typeof engines;
