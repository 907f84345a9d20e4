import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Emitter, type Events, eventNames } from '../../lib/core/events.js';
import { settled } from './fakes.js';

const state: Events['backend:state'] = { backend: 'a', from: 'ready', to: 'drain' };

function emitter() {
  const onThrow = vi.fn();
  return { onThrow, events: new Emitter('api', onThrow) };
}

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const undo of cleanUp.splice(0)) undo();
});

describe('listeners', () => {
  it('are called in order, each with the event', () => {
    const { events } = emitter();
    const calls: unknown[] = [];
    events.on('backend:state', (event) => calls.push(['first', event]));
    events.on('backend:state', (event) => calls.push(['second', event]));
    events.emit('backend:state', state);
    expect(calls).toEqual([
      ['first', state],
      ['second', state],
    ]);
  });

  it('hear only their own event', () => {
    const { events } = emitter();
    const listener = vi.fn();
    events.on('error', listener);
    events.emit('backend:state', state);
    expect(listener).not.toHaveBeenCalled();
  });

  it('that throw are reported, and keep neither the emitter nor the next listener from going on', () => {
    const { events, onThrow } = emitter();
    const thrown = new Error('mine');
    const next = vi.fn();
    events.on('backend:state', () => {
      throw thrown;
    });
    events.on('backend:state', next);
    events.emit('backend:state', state);
    expect(onThrow.mock.calls).toEqual([[thrown, 'backend:state']]);
    expect(next).toHaveBeenCalledOnce();
  });

  it('that reject are reported', async () => {
    const { events, onThrow } = emitter();
    const reason = new Error('later');
    events.on('backend:state', (async () => {
      throw reason;
    }) as () => void);
    events.emit('backend:state', state);
    await settled();
    expect(onThrow.mock.calls).toEqual([[reason, 'backend:state']]);
  });

  it('are no longer called once taken off', () => {
    const { events } = emitter();
    const listener = vi.fn();
    events.on('backend:state', listener);
    events.off('backend:state', listener);
    events.off('backend:state', listener);
    events.emit('backend:state', state);
    expect(listener).not.toHaveBeenCalled();
  });

  it('taken off during an emit are not called by it any more; those behind them are', () => {
    const { events } = emitter();
    const second = vi.fn();
    const third = vi.fn();
    const first = (): void => {
      events.off('backend:state', first);
      events.off('backend:state', second);
    };
    events.on('backend:state', first);
    events.on('backend:state', second);
    events.on('backend:state', third);
    events.emit('backend:state', state);
    expect(second).not.toHaveBeenCalled();
    expect(third).toHaveBeenCalledOnce();
  });

  it('added during an emit hear the next event, not this one', () => {
    const { events } = emitter();
    const late = vi.fn();
    events.on('backend:state', () => events.on('backend:state', late));
    events.emit('backend:state', state);
    expect(late).not.toHaveBeenCalled();
    events.emit('backend:state', state);
    expect(late).toHaveBeenCalledOnce();
  });
});

describe('once', () => {
  it('is called once', () => {
    const { events } = emitter();
    const listener = vi.fn();
    events.on('backend:state', listener, true);
    events.emit('backend:state', state);
    events.emit('backend:state', state);
    expect(listener).toHaveBeenCalledOnce();
  });

  it('is called once even when the listener emits the same event', () => {
    const { events } = emitter();
    const listener = vi.fn(() => events.emit('backend:state', state));
    events.on('backend:state', listener, true);
    events.emit('backend:state', state);
    expect(listener).toHaveBeenCalledOnce();
  });

  it('is called once for each event by a listener that sets itself up again', () => {
    const { events } = emitter();
    let calls = 0;
    const listener = (): void => {
      calls++;
      // The limit keeps a broken emitter from looping for ever here.
      if (calls < 10) events.on('backend:state', listener, true);
    };
    events.on('backend:state', listener, true);
    events.emit('backend:state', state);
    expect(calls).toBe(1);
    events.emit('backend:state', state);
    expect(calls).toBe(2);
  });

  it('can be taken off before', () => {
    const { events } = emitter();
    const listener = vi.fn();
    events.on('backend:state', listener, true);
    events.off('backend:state', listener);
    events.emit('backend:state', state);
    expect(listener).not.toHaveBeenCalled();
  });
});

describe('diagnostics_channel', () => {
  function listenOn(name: string): unknown[][] {
    const calls: unknown[][] = [];
    const onMessage = (message: unknown, channel: string | symbol): void => {
      calls.push([channel, message]);
    };
    subscribe(name, onMessage);
    cleanUp.push(() => unsubscribe(name, onMessage));
    return calls;
  }

  it.each(eventNames)('publishes %s with the name of the balancer', (name) => {
    const { events } = emitter();
    const calls = listenOn(`fairlead:${name}`);
    events.emit(name, Object.freeze({ of: name }) as never);
    expect(calls).toEqual([[`fairlead:${name}`, { balancer: 'api', of: name }]]);
  });

  it('publishes what names it anyway as it is: a record of each request is not made twice', () => {
    const { events } = emitter();
    const calls = listenOn('fairlead:request');
    const record = { balancer: 'api' } as Events['request'];
    events.emit('request', record);
    expect(calls[0]?.[1]).toBe(record);
  });

  it('counts as an ear', () => {
    const { events } = emitter();
    expect(events.heard('request')).toBe(false);
    listenOn('fairlead:request');
    expect(events.heard('request')).toBe(true);
    expect(events.heard('error')).toBe(false);
  });
});

describe('heard', () => {
  it('is true while there is a listener', () => {
    const { events } = emitter();
    const listener = (): void => {};
    expect(events.heard('request')).toBe(false);
    events.on('request', listener);
    expect(events.heard('request')).toBe(true);
    events.off('request', listener);
    expect(events.heard('request')).toBe(false);
  });
});

describe('an event that is none', () => {
  it.each(['reqest', 'toString', '__proto__'])("'%s' is refused, and the known ones are named", (name) => {
    const { events } = emitter();
    expect(() => events.on(name as 'request', () => {})).toThrow(/request, retry, backend:state, .*, error/);
    expect(() => events.off(name as 'request', () => {})).toThrow(/request, retry, backend:state, .*, error/);
  });
});

describe.each(eventNames)('%s', (name) => {
  it('is told to listeners and on its channel', () => {
    const { events } = emitter();
    const heard: unknown[] = [];
    const listener = (event: unknown): void => void heard.push(event);
    expect(events.heard(name)).toBe(false);
    events.on(name, listener);
    subscribe(`fairlead:${name}`, listener);
    cleanUp.push(() => void unsubscribe(`fairlead:${name}`, listener));
    expect(events.heard(name)).toBe(true);
    // What it holds is the compiler's business: here it only has to arrive.
    const event = Object.freeze({}) as Events[typeof name];
    events.emit(name, event);
    expect(heard).toEqual([{ balancer: 'api' }, {}]);
    expect(heard[1]).toBe(event);
    events.off(name, listener);
    unsubscribe(`fairlead:${name}`, listener);
    expect(events.heard(name)).toBe(false);
  });
});
