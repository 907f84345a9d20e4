import express from 'express';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identify } from '../../lib/identity/client.js';
import { trustSchema } from '../../lib/identity/trust.js';
import { ipKey } from '../../lib/util/ip.js';
import { fakeRequest, type RequestSpec } from '../core/fakes.js';

const who = (spec: RequestSpec, trustProxy?: unknown) => identify(fakeRequest(spec), trustSchema.parse(trustProxy));

const from = (remoteAddress: string | undefined, ...xff: string[]): RequestSpec => ({
  remoteAddress,
  headers: xff.flatMap((value) => ['X-Forwarded-For', value]),
});

describe('the address', () => {
  it('is the peer’s when no proxy is trusted, whatever X-Forwarded-For says', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.oneof(fc.ipV4(), fc.string()), (peer, claimed) => {
        const header = claimed.replaceAll(/[^\x20-\x7e]/g, '');
        expect(who(from(peer, header))).toEqual({ address: peer, peer, peerTrusted: false, scheme: 'http' });
        expect(who(from(peer, header), false).address).toBe(peer);
      }),
    );
  });

  it('whatever a trusted proxy says, is a text, and nothing throws', () => {
    fc.assert(
      fc.property(fc.option(fc.string()), fc.string({ unit: 'binary' }), (peer, claimed) => {
        for (const trust of ['loopback', 1, () => true]) {
          const { address } = who(from(peer ?? undefined, claimed), trust);
          expect(typeof address).toBe('string');
          expect(typeof ipKey(address, 64)).toBe('string');
        }
      }),
    );
  });

  it.each([
    ['one proxy', '10.0.0.1', ['203.0.113.9'], '203.0.113.9'],
    ['a proxy that says nothing', '10.0.0.1', [], '10.0.0.1'],
    ['a chain of trusted proxies', '10.0.0.1', ['203.0.113.9, 10.0.0.3, 10.0.0.2'], '203.0.113.9'],
    ['a chain in two lines', '10.0.0.1', ['203.0.113.9', '10.0.0.2'], '203.0.113.9'],
    ['a client that claims to be another', '10.0.0.1', ['198.51.100.1, 203.0.113.9'], '203.0.113.9'],
    ['a claim behind an unknown proxy', '10.0.0.1', ['198.51.100.1, 203.0.113.9, 10.0.0.2'], '203.0.113.9'],
    ['proxies only', '10.0.0.1', ['10.0.0.3, 10.0.0.2'], '10.0.0.3'],
    ['an IPv6 client', '10.0.0.1', ['2001:db8::7'], '2001:db8::7'],
    ['a mapped client', '10.0.0.1', ['::ffff:203.0.113.9'], '203.0.113.9'],
    ['a client named with its port', '10.0.0.1', ['203.0.113.9:51000'], '203.0.113.9'],
    ['an IPv6 client named with its port', '10.0.0.1', ['[2001:db8::1]:51000'], '2001:db8::1'],
    ['a mapped proxy', '::ffff:10.0.0.1', ['203.0.113.9'], '203.0.113.9'],
    ['an untrusted peer', '203.0.113.7', ['198.51.100.1'], '203.0.113.7'],
  ])('through %s', (_what, peer, xff, address) => {
    expect(who(from(peer, ...xff), '10.0.0.0/8').address).toBe(address);
  });

  it.each([
    [0, '10.0.0.1'],
    [1, '10.0.0.2'],
    [2, '10.0.0.3'],
    [3, '203.0.113.9'],
    [9, '203.0.113.9'],
  ])('%i hops away', (hops, address) => {
    expect(who(from('10.0.0.1', '203.0.113.9, 10.0.0.3, 10.0.0.2'), hops).address).toBe(address);
  });

  it('is asked for with each proxy’s address and distance', () => {
    const asked: [string, number][] = [];
    const trust = (address: string, hop: number): boolean => {
      asked.push([address, hop]);
      return address.startsWith('10.');
    };
    expect(who(from('10.0.0.1', '198.51.100.1, 203.0.113.9, 10.0.0.2'), trust).address).toBe('203.0.113.9');
    expect(new Map(asked)).toEqual(
      new Map([
        ['10.0.0.1', 0],
        ['10.0.0.2', 1],
        ['203.0.113.9', 2],
      ]),
    );
  });

  it('is the same on a dual-stack socket for a trust function of one’s own', () => {
    const trust = (address: string): boolean => address === '10.0.0.1';
    expect(who(from('::ffff:10.0.0.1', '203.0.113.9'), trust)).toMatchObject({
      address: '203.0.113.9',
      peer: '10.0.0.1',
      peerTrusted: true,
    });
  });

  it('is unknown once the socket is gone', () => {
    const gone = { address: '', peer: '', peerTrusted: false, scheme: 'http' };
    for (const trust of [undefined, 1, () => true]) {
      const request = fakeRequest(from(undefined, '203.0.113.9'));
      request.socket.destroy();
      expect(identify(request, trustSchema.parse(trust))).toEqual(gone);
    }
  });

  describe('over a Unix socket, where nobody has one,', () => {
    const told = { address: '203.0.113.9', peer: '', peerTrusted: true };

    it.each<[unknown, string[], string]>([
      [1, ['203.0.113.9'], '203.0.113.9'],
      [1, ['198.51.100.1, 203.0.113.9'], '203.0.113.9'],
      [2, ['203.0.113.9, 10.0.0.2'], '203.0.113.9'],
      [1, [], ''],
      [(address: string) => address === '' || address.startsWith('10.'), ['203.0.113.9, 10.0.0.2'], '203.0.113.9'],
    ])('is what a proxy says that is trusted by %s: %j', (trust, xff, address) => {
      expect(who(from(undefined, ...xff), trust)).toMatchObject({ ...told, address });
    });

    it.each<[unknown]>([
      [undefined],
      [false],
      [0],
      ['loopback'],
      [['10.0.0.0/8', 'uniquelocal']],
      [
        () => {
          throw new TypeError('no address');
        },
      ],
    ])('is unknown where nobody trusts the proxy: %s', (trust) => {
      expect(who(from(undefined, '203.0.113.9'), trust)).toMatchObject({ address: '', peer: '', peerTrusted: false });
    });

    it('is what the Express app trusts', () => {
      const app = express();
      const address = (): string => who({ ...from(undefined, '203.0.113.9'), extra: { app } }).address;
      expect(address()).toBe('');
      app.set('trust proxy', 'loopback');
      expect(address()).toBe('');
      app.set('trust proxy', 1);
      expect(address()).toBe('203.0.113.9');
    });
  });

  it.each(['unknown', '"[2001:db8::1]:4711"', '_hidden', '', ','])('does not break on X-Forwarded-For: %s', (value) => {
    expect(() => who(from('10.0.0.1', value), '10.0.0.0/8')).not.toThrow();
  });
});

describe('the peer', () => {
  it('is unmapped', () => {
    expect(who(from('::ffff:203.0.113.7'))).toMatchObject({ address: '203.0.113.7', peer: '203.0.113.7' });
  });

  it('stays apart from the client behind it', () => {
    expect(who(from('10.0.0.1', '203.0.113.9'), 1)).toMatchObject({ peer: '10.0.0.1', peerTrusted: true });
  });
});

describe('trust', () => {
  const app = express();
  app.set('trust proxy', '10.0.0.0/8');
  const throughApp = { ...from('10.0.0.1', '203.0.113.9'), extra: { app } };

  it('is the Express app’s when the balancer says nothing', () => {
    expect(who(throughApp)).toMatchObject({ address: '203.0.113.9', peerTrusted: true });
  });

  it('is the balancer’s own when it does', () => {
    expect(who(throughApp, false)).toMatchObject({ address: '10.0.0.1', peerTrusted: false });
    expect(who(throughApp, 'loopback')).toMatchObject({ address: '10.0.0.1', peerTrusted: false });
  });
});

describe('the scheme', () => {
  const said = (value: string, encrypted = false, trustProxy: unknown = 1) =>
    who({ headers: ['X-Forwarded-Proto', value], encrypted, remoteAddress: '10.0.0.1' }, trustProxy).scheme;

  it('is the socket’s', () => {
    expect(who({ encrypted: true }).scheme).toBe('https');
    expect(who({ encrypted: false }).scheme).toBe('http');
    expect(who({ encrypted: true }, 1).scheme).toBe('https');
  });

  it.each([
    ['https', 'https'],
    ['HTTPS', 'https'],
    ['http', 'http'],
    ['wss', 'https'],
    ['ws', 'http'],
    ['https, http', 'https'],
    [' http ,https', 'http'],
  ])('is %j, said by a trusted peer: %s', (value, scheme) => {
    expect(said(value, scheme === 'http')).toBe(scheme);
  });

  it.each(['gopher', '', ','])('is the socket’s again when a trusted peer says %j', (value) => {
    expect(said(value, true)).toBe('https');
    expect(said(value, false)).toBe('http');
  });

  it('is not what an untrusted peer says', () => {
    expect(said('https', false, false)).toBe('http');
    expect(said('http', true, false)).toBe('https');
  });
});
