import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { accessLog } from '../../../lib/observe/access-log/access-log.js';
import { fakeRequest } from '../../core/fakes.js';
import { record } from '../fakes.js';

/** A stream that keeps what it is given, and takes nothing more until it is let. */
function slowStream() {
  const lines: string[] = [];
  const held: (() => void)[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      lines.push(chunk);
      held.push(done);
    },
  });
  return { stream, lines, next: () => held.shift()?.() };
}

function kept() {
  const lines: string[] = [];
  return { lines, stream: { write: (line: string) => lines.push(line) } };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('what is written', () => {
  it('a line a record, combined by default', () => {
    const { lines, stream } = kept();
    const log = accessLog({ stream });
    log(record());
    log(record({ url: '/y' }));
    expect(lines).toEqual([expect.stringMatching(/GET \/x .*\n$/), expect.stringMatching(/GET \/y .*\n$/)]);
  });

  it('JSON, and a format of one’s own', () => {
    const { lines, stream } = kept();
    accessLog({ format: 'json', stream })(record());
    accessLog({ format: ({ url, status }) => `${status}\n${url}`, stream })(record());
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ url: '/x', backend: 'a', attempts: 1 });
    expect(lines[1]).toBe('200\\x0a/x\n');
  });

  it('in bytes what it is in letters, whatever the client sent', () => {
    const bytes: Buffer[] = [];
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        bytes.push(chunk);
        done();
      },
    });
    const url = '/é\u2028\u{1f6a2}"';
    accessLog({ format: 'json', stream })(record({ url }));
    accessLog({ format: 'combined', stream })(record({ url }));
    accessLog({ format: (request) => request.url, stream })(record({ url }));
    const [json = '', combined = '', own = ''] = bytes.map((line) => line.toString('utf8'));
    expect(JSON.parse(json)).toMatchObject({ url });
    expect(combined).toContain('"GET /\\xe9\\u2028\\ud83d\\udea2\\x22 HTTP/1.1"');
    expect(own).toBe('/é\\u2028\u{1f6a2}"\n');
  });

  it('and leaves the record as it is for other listeners', () => {
    const { lines, stream } = kept();
    const told = Object.freeze(record({ url: '/?token=s3cret' }));
    accessLog({ stream })(told);
    expect([told.url, lines[0]]).toEqual(['/?token=s3cret', expect.stringContaining('/?token=REDACTED')]);
  });

  it('no secrets, and no endless strings', () => {
    const { lines, stream } = kept();
    const log = accessLog({ format: 'json', stream });
    log(record({ url: `/?token=s3cret&x=${'y'.repeat(9_000)}`, referer: 'http://a/?password=s3cret' }));
    log(record({ userAgent: 'z'.repeat(9_000), method: 'M'.repeat(99) }));
    expect(lines.join('')).not.toContain('s3cret');
    expect(lines.every((line) => line.length < 3_000)).toBe(true);
    expect(JSON.parse(lines[0] ?? '').url).toMatch(/^\/\?token=REDACTED&x=y+\.\.\.$/);
  });

  it('an object to a logger, or a message', () => {
    const info = vi.fn();
    accessLog({ stream: { info } })(record());
    accessLog({ stream: { info }, format: 'combined' })(record());
    expect(info.mock.calls).toEqual([
      [expect.objectContaining({ backend: 'a', at: '2000-10-10T13:55:36.000Z' }), 'request'],
      [expect.stringContaining('"GET /x HTTP/1.1" 200')],
    ]);
  });

  it('is attached to any number of balancers', () => {
    const { lines, stream } = kept();
    const balancers = [new EventEmitter(), new EventEmitter()];
    const log = accessLog({ stream });
    expect(log.attach(...balancers)).toBe(log);
    for (const balancer of balancers) balancer.emit('request', record());
    expect(lines).toHaveLength(2);
  });
});

describe('a stream that is slow', () => {
  it('loses lines, which the next one says', async () => {
    const { stream, lines, next } = slowStream();
    const log = accessLog({ format: 'json', stream, maxBuffered: 1_024 });
    for (let i = 0; i < 50; i++) log(record());
    const lost = log.dropped();
    expect(lost).toBeGreaterThan(40);
    expect(stream.writableLength).toBeLessThan(2_048);
    while (stream.writableLength > 0) {
      next();
      await settled();
    }
    log(record({ url: '/after' }));
    log(record({ url: '/later' }));
    next();
    await settled();
    expect(lines).toHaveLength(50 - lost + 2);
    expect(JSON.parse(lines.at(-2) ?? '')).toMatchObject({ url: '/after', dropped: lost });
    expect(JSON.parse(lines.at(-1) ?? '')).not.toHaveProperty('dropped');
  });

  it('also where it only says that it is full', () => {
    const taken: string[] = [];
    const stream = Object.assign(new EventEmitter(), { write: (line: string) => taken.push(line) < 2 });
    const log = accessLog({ stream });
    for (let i = 0; i < 5; i++) log(record());
    expect([taken.length, log.dropped()]).toEqual([2, 3]);
    stream.emit('drain');
    log(record());
    expect(taken[2]).toContain(' dropped=3\n');
  });
});

describe('a stream that fails', () => {
  it('is told of once, until it works again', () => {
    let broken = true;
    const lines: string[] = [];
    const write = (line: string): void => {
      if (broken) throw new Error('disk full');
      lines.push(line);
    };
    const log = accessLog({ stream: { write } });
    expect(() => log(record())).toThrow('disk full');
    log(record());
    broken = false;
    log(record());
    expect([log.dropped(), lines.length]).toEqual([2, 1]);
    broken = true;
    expect(() => log(record())).toThrow('disk full');
  });

  it('that ends with an error ends nothing else', async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('gone')) });
    const log = accessLog({ stream });
    const other = accessLog({ stream });
    expect(stream.listenerCount('error')).toBe(1);
    log(record());
    await settled();
    expect(() => log(record())).toThrow('gone');
    expect(() => other(record())).toThrow('gone');
    log(record());
    expect(log.dropped()).toBe(2);
  });

  it('a format that throws, likewise', () => {
    const { stream, lines } = kept();
    const format = vi.fn<() => string>().mockImplementationOnce(() => {
      throw new Error('mine');
    });
    const log = accessLog({ stream, format: format.mockReturnValue('x') });
    expect(() => log(record())).toThrow('mine');
    log(record());
    expect(lines).toEqual(['x\n']);
  });
});

it('is no middleware, and says so', () => {
  const log = accessLog({ stream: kept().stream }) as unknown as (
    request: object,
    response: object,
    next: () => void,
  ) => void;
  expect(() => log(fakeRequest(), {}, () => {})).toThrow("lb.on('request', accessLog(...))");
});
