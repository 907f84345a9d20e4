import type { IncomingMessage } from 'node:http';
import type { Backend } from './backend.js';
import type { Clock } from './clock.js';
import type { Outcome } from './outcome.js';
import type { Random } from './random.js';
import type { Schema } from './schema.js';

/** What a strategy may know of the request it picks for. */
export interface PickContext {
  /** What hash strategies hash: the client address unless the strategy's options say otherwise. */
  readonly key: string;
  /** 0 for the first attempt. */
  readonly attempt: number;
  readonly request: IncomingMessage;
}

/** Chooses one of the backends that may take a request. */
export interface Strategy {
  /** Whether it goes by the client's address, so that an untrusted proxy in front makes all clients one. */
  readonly byAddress?: boolean;
  /**
   * @param candidates available backends, never empty. It is the same array object until membership, eligibility or a
   * weight changes, so whatever is derived from it can be cached against its identity.
   */
  pick(candidates: readonly Backend[], context: PickContext): Backend;
  /** Whom `pick` would choose now, for `explain`. Changes nothing, however often it is asked. */
  peek?(candidates: readonly Backend[], context: PickContext): Backend;
  /** What `pick` compares this backend by, the lower the better, for `explain`. Changes nothing. */
  score?(backend: Backend, context: PickContext): number;
  /** Called once for each attempt, when its backend is taken, whoever chose it (a pin may have). */
  onAcquire?(backend: Backend): void;
  /** Called once for each attempt, when it has ended, whoever chose its backend (a pin may have). */
  onRelease?(backend: Backend, outcome: Outcome): void;
}

/** What a strategy is made with: time and chance come from here and nowhere else. */
export interface StrategyEnvironment {
  readonly clock: Clock;
  readonly random: Random;
}

/** A registry entry. Method style, so that modules of different options fit one record. */
export interface StrategyModule<Options extends object> {
  readonly options: Schema<Options>;
  create(options: Options, environment: StrategyEnvironment): Strategy;
}
