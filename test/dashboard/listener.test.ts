import { describe, expect, it } from 'vitest';
import { FairleadError } from '../../lib/core/errors.js';
import { Emitter, type EventName, type Events, type Listener } from '../../lib/core/events.js';
import { BalancerListener } from '../../lib/dashboard/listener.js';
import { Timeline } from '../../lib/dashboard/timeline.js';
import { record } from '../observe/fakes.js';
import { balance } from '../support/balance.js';
import { FakeClock } from '../support/clock.js';

/** A balancer whose events are the test's own. */
function heard() {
  const clock = new FakeClock();
  const timeline = new Timeline(clock);
  const emitter = new Emitter('api', (thrown) => {
    throw thrown;
  });
  const lb = balance({ name: 'api', backends: [] });
  const balancer = Object.assign(lb, {
    on: <Name extends EventName>(name: Name, listener: Listener<Name>) => {
      emitter.on(name, listener);
      return lb;
    },
    off: <Name extends EventName>(name: Name, listener: Listener<Name>) => {
      emitter.off(name, listener);
      return lb;
    },
  });
  const listener = new BalancerListener(balancer, 'api', timeline, clock);
  const emit = <Name extends EventName>(name: Name, event: Events[Name]): void => emitter.emit(name, event);
  return { clock, timeline, emitter, listener, emit, texts: () => timeline.since(0).map(({ text }) => text) };
}

describe('BalancerListener', () => {
  it('keeps why a backend is as it is, until it is otherwise', () => {
    const { listener, emit } = heard();
    emit('backend:down', { backend: 'a', reason: '3 checks failed' });
    expect(listener.heard('a')).toMatchObject({ checks: '3 checks failed' });
    emit('backend:up', { backend: 'a', reason: '2 checks passed' });
    expect(listener.heard('a').checks).toBeUndefined();
    expect(listener.heard('nobody')).toEqual({});
  });

  it('keeps what its checks say apart from what its requests say, whatever else happens to it', () => {
    const { clock, listener, emit } = heard();
    emit('breaker:open', { backend: 'a', reason: '5 failures in a row', openFor: 10_000 });
    emit('backend:down', { backend: 'a', reason: '3 checks failed' });
    emit('backend:state', { backend: 'a', from: 'ready', to: 'drain' });
    expect(listener.heard('a')).toMatchObject({
      checks: '3 checks failed',
      breaker: '5 failures in a row',
      openFor: 10_000,
    });
    emit('backend:up', { backend: 'a', reason: '2 checks passed' });
    clock.advance(1_000);
    expect(listener.heard('a')).toMatchObject({ breaker: '5 failures in a row', openFor: 9_000 });
    emit('backend:down', { backend: 'a', reason: 'again' });
    emit('breaker:close', { backend: 'a', reason: 'it answered' });
    expect(listener.heard('a')).toMatchObject({ checks: 'again', breaker: undefined, openFor: undefined });
  });

  it('knows nothing of another that has come under its id', () => {
    const { listener, emit } = heard();
    emit('backend:down', { backend: 'a', reason: 'x' });
    emit('backend:removed', { backend: 'a', url: 'http://a' });
    emit('error', { backend: 'a', error: new FairleadError('FAIRLEAD_CONNECT', 'late') });
    emit('backend:added', { backend: 'a', url: 'http://b' });
    expect(listener.heard('a')).toEqual({});
  });

  it('counts down to the trial of a breaker', () => {
    const { clock, listener, emit } = heard();
    emit('breaker:open', { backend: 'a', reason: '5 failures in a row', openFor: 10_000 });
    clock.advance(4_000);
    expect(listener.heard('a')).toMatchObject({ breaker: '5 failures in a row', openFor: 6_000 });
    emit('breaker:half-open', { backend: 'a', reason: 'its time is over' });
    expect(listener.heard('a')).toMatchObject({ breaker: 'its time is over', openFor: undefined });
  });

  it('remembers a failure for a moment, and never one that is the client’s', () => {
    const { clock, listener, emit, texts } = heard();
    const cause = new Error('connect ECONNREFUSED 10.0.0.1:3000');
    emit('error', { backend: 'a', error: new FairleadError('FAIRLEAD_CONNECT', 'backend a', { cause }) });
    emit('error', { backend: 'b', error: new FairleadError('FAIRLEAD_REQUEST_BODY', 'broken') });
    expect(listener.heard('a').failure).toBe(cause.message);
    expect(listener.heard('b').failure).toBeUndefined();
    clock.advance(10_000);
    expect(listener.heard('a').failure).toBeUndefined();
    expect(texts()).toEqual(['connect ECONNREFUSED 10.0.0.1:3000 (FAIRLEAD_CONNECT)']);
  });

  it('tells the timeline of everything, a flood of failures as one', () => {
    const { timeline, emit } = heard();
    emit('backend:state', { backend: 'a', from: 'ready', to: 'drain' });
    emit('backend:state', { backend: 'a', from: 'drain', to: 'ready', by: 'backend' });
    emit('warning', { code: 'untrusted-proxy', message: 'half of it came from one address' });
    for (let i = 0; i < 1_000; i++) emit('error', { backend: 'a', error: new FairleadError('FAIRLEAD_CONNECT', 'no') });
    expect(timeline.since(0)).toMatchObject([
      { text: 'ready to drain, by its operator', level: 'off' },
      { text: 'drain to ready, by its own word', level: 'good' },
      { text: 'half of it came from one address', level: 'warn', balancer: 'api' },
      { text: 'no (FAIRLEAD_CONNECT)', count: 1_000 },
    ]);
  });

  it('has a record made of each request only while somebody looks', () => {
    const { emitter, listener, emit, texts } = heard();
    expect(emitter.heard('request')).toBe(false);
    const end = listener.look();
    expect(emitter.heard('request')).toBe(true);
    emit('request', record({ url: '/ok' }));
    emit('request', record({ url: '/<b>', status: 502, outcome: 'failed', attempts: 3 }));
    expect(texts()).toEqual(['GET /<b> got 502 after 3 attempts']);
    end();
    expect(emitter.heard('request')).toBe(false);
  });

  it('keeps nothing of backends that are gone, and hears nothing once it is closed', () => {
    const { emitter, listener, emit } = heard();
    emit('backend:down', { backend: 'a', reason: 'x' });
    listener.keep(new Set(['b']));
    expect(listener.heard('a').checks).toBeUndefined();
    listener.close();
    for (const name of ['error', 'warning', 'backend:down', 'breaker:open'] as const) {
      expect(emitter.heard(name)).toBe(false);
    }
  });
});
