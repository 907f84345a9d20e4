import type { ProbeModule } from '../probe.js';
import { type DeepProbeOptions, deep } from './deep.js';
import { type HttpProbeOptions, http } from './http.js';
import { tcp } from './tcp.js';

/** Every kind of check, by the name given as `type`. One new file, one new line here. */
export const probes = {
  http,
  tcp,
  deep,
} satisfies Record<string, ProbeModule<never>>;

export type ProbeName = keyof typeof probes;

/** What users write beside `type`; what a probe is made with has its defaults filled in. */
export interface ProbeOptions {
  readonly http: HttpProbeOptions;
  readonly tcp: object;
  readonly deep: DeepProbeOptions;
}
