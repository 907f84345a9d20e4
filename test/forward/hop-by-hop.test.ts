import { describe, expect, it } from 'vitest';
import { connectionNamed, isHopByHop } from '../../lib/forward/hop-by-hop.js';

const NONE = connectionNamed(undefined);

describe('isHopByHop', () => {
  // RFC 9110, 7.6.1, without `te` and `trailer`, which request and response treat each in its own way.
  it.each([
    'connection',
    'keep-alive',
    'proxy-connection',
    'proxy-authenticate',
    'proxy-authorization',
    'transfer-encoding',
    'upgrade',
  ])('%s stays here', (name) => {
    expect(isHopByHop(name, NONE)).toBe(true);
  });

  it.each(['host', 'content-length', 'authorization', 'cookie', 'te', 'trailer', 'x-connection'])(
    '%s goes on',
    (name) => {
      expect(isHopByHop(name, NONE)).toBe(false);
    },
  );

  it('so does not what Connection names', () => {
    const named = connectionNamed('close, X-Secret ,foo');
    expect(isHopByHop('x-secret', named)).toBe(true);
    expect(isHopByHop('foo', named)).toBe(true);
    expect(isHopByHop('bar', named)).toBe(false);
  });
});

describe('connectionNamed', () => {
  it.each([undefined, '', 'close', 'keep-alive'])('%j names nothing', (connection) => {
    expect([...connectionNamed(connection)]).toEqual([]);
  });

  it.each([
    ['Keep-Alive, X-A', ['keep-alive', 'x-a']],
    [' x-a,, X-B ,', ['x-a', 'x-b']],
    ['upgrade', ['upgrade']],
    // RFC 9110, 7.6.1: not what is meant for every recipient.
    ['Content-Length, Host, Cache-Control, x-a', ['x-a']],
  ])('%j names %j', (connection, names) => {
    expect([...connectionNamed(connection)]).toEqual(names);
  });
});
