import { type Backend, type Engine, loadBalancer } from 'fairlead';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../lib/core/errors.js';
import { mayRetry } from '../../lib/resilience/retry.js';
import { aborted, answered, failed, fakeRequest, fakeResponse, settled } from '../core/fakes.js';

const NOTHING_SENT = ['FAIRLEAD_CONNECT', 'FAIRLEAD_CONNECT_TIMEOUT', 'FAIRLEAD_TLS'];

describe('mayRetry', () => {
  it.each(errorCodes.map((code) => [code, NOTHING_SENT.includes(code)] as const))('%s: %s', (code, again) => {
    expect(mayRetry(failed(code), 1, 3)).toBe(again);
  });

  it.each(errorCodes)('%s: never behind the commit point', (code) => {
    expect(mayRetry(failed(code, true), 1, 3)).toBe(false);
  });

  it('stops at the number of attempts allowed', () => {
    const refused = failed('FAIRLEAD_CONNECT');
    expect([0, 1, 2, 3, 4].map((made) => mayRetry(refused, made, 3))).toEqual([true, true, true, false, false]);
    expect(mayRetry(refused, 1, 1)).toBe(false);
  });

  it('leaves what was answered alone, and clients that went away', () => {
    expect(mayRetry(answered({ status: 503 }), 1, 3)).toBe(false);
    expect(mayRetry(aborted(), 1, 3)).toBe(false);
  });
});

describe('a request that no backend takes', () => {
  /** Whom a balancer of three asks, none of whom can be reached. */
  async function asked(strategy: Parameters<typeof loadBalancer>[0]['strategy']): Promise<string[]> {
    const ids: string[] = [];
    const engine: Engine = {
      send: ({ backend }, sink) => {
        ids.push(backend.id);
        queueMicrotask(() => sink.fail(new Error('connect ECONNREFUSED')));
        return { resume: () => {}, abort: () => {} };
      },
      close: () => {},
    };
    const backends = ['a', 'b', 'c'].map((id) => ({ id, url: `http://${id}` }));
    const lb = loadBalancer({ backends, strategy, engine });
    const request = fakeRequest({ headers: ['Host', 'app.example'] });
    const { response, socket } = fakeResponse(request);
    lb(request, response);
    await settled();
    expect(socket.written).toMatch(/^HTTP\/1\.1 50[02] /);
    await lb.close();
    return ids;
  }

  it('is brought before each of them', async () => {
    expect((await asked('round-robin')).sort()).toEqual(['a', 'b', 'c']);
  });

  it('is brought before none of them twice, though a strategy of one’s own insists', async () => {
    let favourite: Backend | undefined;
    const ids = await asked({
      pick: ([first]) => {
        favourite ??= first;
        return favourite as Backend;
      },
    });
    expect(ids).toEqual([...new Set(ids)]);
  });
});
