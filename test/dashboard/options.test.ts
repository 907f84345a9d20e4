import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../lib/dashboard/options.js';
import { thrownBy } from '../core/fakes.js';
import { balance } from '../support/balance.js';

describe('parseArguments', () => {
  it('takes one balancer or several', () => {
    const lb = balance({ backends: [] });
    const actions = () => true;
    expect(parseArguments(lb, {})).toEqual({ list: [lb], actions: undefined });
    expect(parseArguments([lb, lb], { actions })).toEqual({ list: [lb, lb], actions });
  });

  it('names every problem', () => {
    const { code, message } = thrownBy(() => parseArguments([{}], { action: true, actions: 'yes' }));
    expect(code).toBe('FAIRLEAD_OPTIONS');
    expect(message).toContain('3 problems with dashboard()');
    expect(message).toContain('balancers[0]: what loadBalancer() has returned');
    expect(message).toContain("did you mean 'actions'?");
    expect(message).toContain('options.actions: a function that takes the request');
  });

  it.each([[undefined], [null], [[]], ['lb'], [() => {}]])('refuses %s', (balancers) => {
    expect(thrownBy(() => parseArguments(balancers, {})).code).toBe('FAIRLEAD_OPTIONS');
  });
});
