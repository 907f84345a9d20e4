import { describe, expect, it, vi } from 'vitest';
import { Board } from '../../lib/dashboard/board.js';
import { Operators } from '../../lib/dashboard/operators.js';
import type { Actions } from '../../lib/dashboard/options.js';
import { Timeline } from '../../lib/dashboard/timeline.js';
import { fakeRequest, fakeResponse } from '../core/fakes.js';
import { balance } from '../support/balance.js';
import { FakeClock } from '../support/clock.js';

const OWN = ['Content-Type', 'application/json', 'Sec-Fetch-Site', 'same-origin'];
const FOREIGN = ['Content-Type', 'application/json', 'Sec-Fetch-Site', 'cross-site'];
const REST = { balancer: 0, backend: 'a', do: 'maintenance' };

function operators(actions: Actions | undefined) {
  const lines: [level: string, fields: object, message: string][] = [];
  const log = (level: string) => (fields: object, message: string) => lines.push([level, fields, message]);
  const logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
  const clock = new FakeClock();
  const lb = balance({ backends: [{ id: 'a', url: 'http://10.0.0.1' }], logger });
  const all = new Operators([new Board(lb, new Timeline(clock), clock)], actions);
  const post = async (value: unknown, headers = OWN, kind: 'action' | 'explain' = 'action') => {
    const request = fakeRequest({ method: 'POST', url: '/actions', headers });
    request.push(typeof value === 'string' ? value : JSON.stringify(value));
    request.push(null);
    const { response, socket } = fakeResponse(request);
    await all.post(kind, request, response);
    return { status: response.statusCode, body: JSON.parse(socket.written.split('\r\n\r\n')[1] ?? '') };
  };
  const state = () => lb.stats().backends[0]?.state;
  return { all, lb, lines, post, state };
}

describe('an action', () => {
  it('is done for those who may, and logged', async () => {
    const { post, state, lines } = operators(() => true);
    expect(await post(REST)).toEqual({ status: 200, body: { did: 'backend a was set to maintenance' } });
    expect(state()).toBe('maintenance');
    expect(lines.at(-1)).toMatchObject(['info', {}, 'backend a was set to maintenance, on the dashboard']);
  });

  const thrown = new Error('no session');
  it.each<[string, Actions | undefined]>([
    ['without `actions`', undefined],
    ['where it says no', () => false],
    ['where it throws', () => Promise.reject(thrown)],
    [
      'where it throws at once',
      () => {
        throw thrown;
      },
    ],
    ['where it promises a no', async () => false],
    ['where it says something that is no yes', (() => ({ user: 1 })) as unknown as Actions],
  ])('%s is refused with 403, a warning and a line in the log', async (_what, actions) => {
    const { post, state, lb, lines } = operators(actions);
    const warned = vi.fn();
    lb.on('warning', warned);
    lb.on('error', () => {});
    expect(await post(REST)).toMatchObject({ status: 403, body: { error: expect.stringContaining('not allowed') } });
    expect(state()).toBe('ready');
    expect(warned).toHaveBeenCalledWith(expect.objectContaining({ code: 'action-refused' }));
    expect(lines.filter(([level]) => level === 'warn')).toMatchObject([
      ['warn', {}, expect.stringContaining('refused')],
    ]);
  });

  it('from elsewhere is refused before anybody is asked', async () => {
    const actions = vi.fn(() => true);
    const { post, state, lines } = operators(actions);
    expect(await post(REST, FOREIGN)).toMatchObject({ status: 403 });
    expect(await post(REST, ['Content-Type', 'application/json'])).toMatchObject({ status: 403 });
    expect(actions).not.toHaveBeenCalled();
    expect(state()).toBe('ready');
    expect(lines).toHaveLength(2);
  });

  it('a promise of a yes is one', async () => {
    expect(await operators(async () => true).post(REST)).toMatchObject({ status: 200 });
  });

  it.each([
    ['{', 400],
    [{ ...REST, backend: 'nobody' }, 400],
    [{ ...REST, do: 'explode' }, 400],
    [{ ...REST, backend: 'x'.repeat(5_000) }, 413],
  ])('that makes no sense is refused (%#)', async (value, status) => {
    const { post, state } = operators(() => true);
    expect((await post(value)).status).toBe(status);
    expect(state()).toBe('ready');
  });
});

describe('a question', () => {
  const question = { balancer: 0, method: 'GET', url: '/', headers: {}, address: '' };

  it('is answered to everyone who may see the page, and to nobody from elsewhere', async () => {
    const { post } = operators(undefined);
    expect(await post(question, OWN, 'explain')).toMatchObject({ status: 200, body: { chosen: 'a' } });
    expect(await post(question, FOREIGN, 'explain')).toMatchObject({ status: 403 });
    expect(await post({}, OWN, 'explain')).toMatchObject({ status: 400 });
  });
});
