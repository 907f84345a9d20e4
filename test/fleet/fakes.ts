import { vi } from 'vitest';
import type { BackendRecord } from '../../lib/core/backend.js';
import type { Lease } from '../../lib/core/lease.js';
import type { Forwarder } from '../../lib/forward/forwarder.js';

/** Carries nothing, and knows what is said to be under way. */
export class FakeForwarder {
  readonly attempts: { readonly lease: Lease }[] = [];
  readonly endTunnels = vi.fn();
  readonly beginClosing = vi.fn();
  readonly close = vi.fn(async () => {});
  /** What was cut, and is told of at once. */
  readonly cutAll = vi.fn(() => this.cut([...this.attempts]));

  underWay(backend?: BackendRecord): readonly { readonly lease: Lease }[] {
    return this.attempts.filter(({ lease }) => backend === undefined || lease.backend === backend);
  }

  cut(attempts: readonly { readonly lease: Lease }[]): void {
    for (const { lease } of attempts) {
      lease.cutShort();
      this.ended(lease);
    }
  }

  began(lease: Lease): Lease {
    this.attempts.push({ lease });
    return lease;
  }

  ended(lease: Lease): void {
    const at = this.attempts.findIndex((attempt) => attempt.lease === lease);
    if (at >= 0) this.attempts.splice(at, 1);
    lease.release({ kind: 'answered', status: 200, responseTime: 1, duration: 2, bytesIn: 0, bytesOut: 0 });
  }

  asForwarder(): Forwarder {
    return this as unknown as Forwarder;
  }
}
