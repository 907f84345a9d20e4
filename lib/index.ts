export type { PinResult, WarningCode } from './core/affinity.js';
export type { AdminState, Backend, BackendInput, BackendRecord, BreakerPhase, Steered } from './core/backend.js';
export type { BackendView } from './core/backend-view.js';
export type { CheckPlace, CheckResult, Health, LastCheck, Steering } from './core/check.js';
export type { Clock, Timer } from './core/clock.js';
export type { DrainCount, DrainReport } from './core/drain-report.js';
export type { Duration } from './core/duration.js';
export type { LeftOut } from './core/eligibility.js';
export type {
  BodyReader,
  BodyReading,
  Connections,
  Engine,
  Flight,
  ResponseSink,
  StreamedBody,
  UpstreamRequest,
} from './core/engine.js';
export { type Blame, type ErrorCode, FairleadError, type Problem } from './core/errors.js';
export type {
  BackendChange,
  EventName,
  Events,
  Listener,
  MemberChange,
  RequestRecord,
  RetryReason,
  RetryRecord,
} from './core/events.js';
export type { Logger } from './core/logger.js';
export type { Outcome } from './core/outcome.js';
export type { Random } from './core/random.js';
export type { PickContext, Strategy, StrategyEnvironment } from './core/strategy.js';
export { createBackend } from './create-backend.js';
export type { DrainOptions } from './fleet/drain-terms.js';
export type { EngineSpec } from './forward/engines/spec.js';
export type { ErrorHandler } from './forward/response/error-response.js';
export {
  type HealthEndpoint,
  type HealthEndpointOptions,
  type HealthReport,
  healthEndpoint,
  type Phase,
  type Wish,
} from './health/endpoint.js';
export type { CheckReport, SelfCheck } from './health/self-checks.js';
export type { CustomCheck, HealthOptions, HealthSpec } from './health/spec.js';
export type { TrustProxy } from './identity/trust.js';
export { type LoadBalancer, loadBalancer } from './load-balancer.js';
export { type AccessLog, accessLog } from './observe/access-log/access-log.js';
export type { Format as AccessLogFormat, LoggedRequest } from './observe/access-log/formats.js';
export type { AccessLogOptions } from './observe/access-log/options.js';
export type { LineLogger, LineStream } from './observe/access-log/sink.js';
export type { LatencyStats } from './observe/latency-window.js';
export type {
  BackendStats,
  ByteCounts,
  MirrorStats,
  QueueStats,
  RequestStats,
  RetryStats,
  Stats,
} from './observe/stats.js';
export { statsHandler } from './observe/stats-handler.js';
export type { StatusCounts } from './observe/status-counts.js';
export type { BackendStickyStats, StickyStats } from './observe/sticky-statistics.js';
export type { Tracer } from './observe/tracing/api.js';
export type { TracingOptions, TracingSpec } from './observe/tracing/options.js';
export type { LoadBalancerOptions } from './options.js';
export type { ExplainedBackend, Explanation, RequestLike } from './path/explain.js';
export type { HedgeOptions } from './resilience/hedge.js';
export type { AdaptiveOptions as AdaptiveLimitOptions } from './resilience/limits/adaptive/options.js';
export type { LimitsOptions, QueueSize } from './resilience/limits/options.js';
export type { Priority } from './resilience/limits/priority.js';
export type { RateLimiter } from './resilience/limits/rate/limiter.js';
export type { ClientRateSpec, RateOptions } from './resilience/limits/rate/options.js';
export type { RetryOn, RetryOptions } from './resilience/retry.js';
export type { TripRule } from './resilience/trip-rules/rule.js';
export type { BreakerOptions } from './resilience/trip-rules/spec.js';
export type { MirrorOptions } from './shaping/mirroring/options.js';
export type { LostPolicy, OnLost } from './sticky/common/lost.js';
export type { StickyStore } from './sticky/learned/store.js';
export type { StickySpec } from './sticky/spec.js';
export type { StrategyName, StrategyOptions } from './strategies/index.js';
export { createStrategy, type StrategySpec } from './strategies/spec.js';
