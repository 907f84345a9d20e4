import { describe, expect, it, vi } from 'vitest';
import { type LostPolicy, lostSchema, type OnLost, refusalOf } from '../../../lib/sticky/common/lost.js';
import { fakeRequest, one, settled } from '../../core/fakes.js';

const request = fakeRequest();
const backend = one();
const refusal = (onLost: OnLost, cause?: unknown) => refusalOf(onLost, request, backend, cause);

describe('a client whose backend is lost', () => {
  it('is sent elsewhere, or refused', () => {
    expect(refusal('redistribute')).toBeUndefined();
    const cause = new Error('refused');
    expect(refusal('reject', cause)).toMatchObject({ code: 'FAIRLEAD_STICKY_LOST', status: 503, cause });
  });

  it('is asked about, with its request and its backend', () => {
    const seen: unknown[] = [];
    const ask = (policy: LostPolicy): OnLost => {
      return (...args) => {
        seen.push(args);
        return policy;
      };
    };
    expect(refusal(ask('redistribute'))).toBeUndefined();
    expect(refusal(ask('reject'))).toMatchObject({ code: 'FAIRLEAD_STICKY_LOST' });
    expect(seen).toEqual([
      [request, backend],
      [request, backend],
    ]);
  });

  it('pays for a function that throws or says nothing, and nobody else does', () => {
    const cause = new Error('no');
    const throws = (): never => {
      throw cause;
    };
    expect(refusal(throws)).toMatchObject({ code: 'FAIRLEAD_ENGINE', cause });
    expect(refusal((() => undefined) as unknown as OnLost)).toMatchObject({ code: 'FAIRLEAD_ENGINE' });
  });

  it('is not kept waiting by a promise, which may reject and harms nobody', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const message = expect.stringMatching(/a promise is not waited for$/);
    expect(refusal((async () => 'reject') as unknown as OnLost)).toMatchObject({ code: 'FAIRLEAD_ENGINE', message });
    expect(refusal((() => Promise.reject(new Error('no'))) as unknown as OnLost)).toMatchObject({ message });
    await settled();
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

it.each([undefined, 'redistribute', 'reject', () => 'reject'])('%o is a policy', (value) => {
  expect(lostSchema.safeParse(value).success).toBe(true);
});

it.each([null, '', 'ignore', true, {}])('%o is none', (value) => {
  expect(lostSchema.safeParse(value).error?.issues).toMatchObject([
    { message: "'redistribute', 'reject' or a function" },
  ]);
});
