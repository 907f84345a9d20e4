import { Agent } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { UpstreamRequest } from '../../../lib/core/engine.js';
import { httpProxy } from '../../../lib/forward/engines/http-proxy.js';
import { ReplayableBody } from '../../../lib/forward/request/replayable-body.js';
import { fakeRequest, MemorySocket, one, settled } from '../../core/fakes.js';
import { notingSink } from './fakes.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** The engine, its connections made of memory. */
function house() {
  const sockets: MemorySocket[] = [];
  vi.spyOn(Agent.prototype as unknown as { createConnection(): MemorySocket }, 'createConnection').mockImplementation(
    () => {
      const socket = new MemorySocket();
      sockets.push(socket);
      return socket;
    },
  );
  const engine = httpProxy.create({});
  const backend = one();
  const send = (request: Partial<UpstreamRequest> = {}) => {
    const { sink, ...rest } = notingSink();
    const flight = engine.send(
      { backend, method: 'GET', path: '/', headers: ['Host', 'a'], fresh: false, body: undefined, ...request },
      sink,
    );
    return { flight, ...rest };
  };
  return { engine, send, sockets };
}

/** A request that has its connection. */
async function under(request: Partial<UpstreamRequest> = {}) {
  const made = house();
  const sent = made.send(request);
  await settled();
  const [socket] = made.sockets;
  if (socket === undefined) throw new Error('no connection');
  socket.emit('connect');
  await settled();
  return { ...made, ...sent, socket };
}

const WHOLE = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';

describe('what goes out', () => {
  it('is the path byte for byte, and every header in order and spelling', async () => {
    const headers = [
      'Host',
      'app.example',
      'x-b',
      '1',
      'X-A',
      '2',
      'x-B',
      '3',
      'Authorization',
      'a',
      'authorization',
      'b',
    ];
    const { socket } = await under({ path: '/a//b/../c?x=%2F#y', headers });
    const [requestLine, ...lines] = (socket.written.split('\r\n\r\n')[0] ?? '').split('\r\n');
    expect(requestLine).toBe('GET /a//b/../c?x=%2F#y HTTP/1.1');
    expect(lines.filter((line) => !line.startsWith('Connection'))).toEqual(
      headers.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${headers[i + 1]}`] : [])),
    );
  });

  it.each(['DELETE', 'OPTIONS', 'GET', 'POST'])('is the chunks of %s as chunks (http-proxy #1721)', async (method) => {
    const body = fakeRequest({ method });
    const { socket, told } = await under({
      method,
      body: new ReplayableBody(body, 0),
      headers: ['Host', 'a', 'Transfer-Encoding', 'chunked'],
    });
    body.push('hello');
    body.push(null);
    await settled();
    expect(socket.written).not.toMatch(/content-length/i);
    expect(socket.written).toMatch(/\r\n\r\n5\r\nhello\r\n0\r\n\r\n$/);
    expect(told.filter(([name]) => name === 'sent')).toHaveLength(1);
  });

  it('is a body that is all there', async () => {
    const { socket } = await under({ method: 'POST', body: Buffer.from('hello'), headers: ['Content-Length', '5'] });
    expect(socket.written).toMatch(/\r\n\r\nhello$/);
  });

  it('is nothing of a streamed body before the connection stands', async () => {
    const { send, sockets } = house();
    const body = fakeRequest({ method: 'POST' });
    body.push('hello');
    const { told } = send({ method: 'POST', body: new ReplayableBody(body, 0), headers: ['Content-Length', '5'] });
    await settled();
    expect(body.readableDidRead).toBe(false);
    expect(told).toEqual([]);
    sockets[0]?.emit('connect');
    await settled();
    expect(body.readableDidRead).toBe(true);
  });

  it('leaves the request it was given as it was', async () => {
    const headers = Object.freeze(['Host', 'a', 'Content-Length', '5']);
    const request = { method: 'DELETE', path: '/x', headers, body: Buffer.from('hello') };
    const before = structuredClone(request);
    await under(request);
    expect(structuredClone(request)).toEqual(before);
  });
});

describe('what comes back', () => {
  it('is told in order', async () => {
    const { socket, told } = await under();
    socket.push('HTTP/1.1 201 Made\r\nx-A: 1\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nTransfer-Encoding: chunked\r\n\r\n');
    socket.push('5\r\nhello\r\n0\r\nChecksum: abc\r\n\r\n');
    await settled();
    expect(told).toEqual([
      ['connected'],
      ['head', 201, 'Made', ['x-A', '1', 'Set-Cookie', 'a', 'Set-Cookie', 'b', 'Transfer-Encoding', 'chunked']],
      ['data', 'hello'],
      ['end', ['Checksum', 'abc']],
    ]);
  });

  it('is an interim answer before it', async () => {
    const { socket, told } = await under();
    socket.push(`HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n${WHOLE}`);
    await settled();
    expect(told.slice(1, 3)).toEqual([
      ['informational', 103, ['Link', '</a.css>']],
      ['head', 200, 'OK', ['Content-Length', '5']],
    ]);
  });

  it('says nothing of a 100: nobody has asked for one', async () => {
    const { socket, names } = await under();
    socket.push(`HTTP/1.1 100 Continue\r\n\r\n${WHOLE}`);
    await settled();
    expect(names()).toEqual(['connected', 'head', 'data', 'end']);
  });

  it.each([
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n'],
    ['a protocol nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
  ])('that is %s is a failure, once', async (_what, text) => {
    const { socket, names } = await under();
    socket.push(text);
    await settled();
    expect(names()).toEqual(['connected', 'fail']);
  });

  it('that breaks off is a failure and no end', async () => {
    const { socket, names } = await under();
    socket.push('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel');
    await settled();
    socket.destroy();
    await settled();
    expect(names()).toEqual(['connected', 'head', 'data', 'fail']);
  });
});

describe('a connection', () => {
  it('that is refused is a failure before it stood', async () => {
    const { send, sockets } = house();
    const { told } = send();
    await settled();
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    sockets[0]?.destroy(refused);
    await settled();
    expect(told).toEqual([['fail', refused, false]]);
  });

  it('that is reset before an answer is not stale while it is new', async () => {
    const { socket, told } = await under();
    socket.destroy(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    await settled();
    expect(told.at(-1)).toMatchObject(['fail', { code: 'ECONNRESET' }, false]);
  });

  /** A second request on the connection of a first. */
  async function reused(request: Partial<UpstreamRequest> = {}) {
    const made = await under();
    made.socket.push(WHOLE);
    await settled();
    const second = made.send(request);
    await settled();
    expect(made.sockets).toHaveLength(1);
    return { ...made, ...second };
  }

  it('is used again, and stands at once', async () => {
    const { socket, told } = await reused();
    expect(told).toEqual([['connected']]);
    socket.push(WHOLE);
    await settled();
    expect(told.map(([name]) => name)).toEqual(['connected', 'head', 'data', 'end']);
  });

  it.each([
    ['without a body', {}, true],
    ['with a body that is all there', { body: Buffer.from('x') }, true],
    ['with a body that was streamed', { body: 'stream' }, true],
  ] as const)('that was used before and is reset %s: stale %s', async (_what, spec, stale) => {
    const { body } = { body: undefined, ...spec };
    const sent = body === 'stream' ? new ReplayableBody(fakeRequest({ method: 'PUT' }), 0) : body;
    const { socket, told } = await reused({ method: 'PUT', body: sent, headers: ['Content-Length', '1'] });
    socket.destroy(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    await settled();
    expect(told.at(-1)).toMatchObject(['fail', { code: 'ECONNRESET' }, stale]);
  });

  it('that has begun to answer is not stale', async () => {
    const { socket, told } = await reused();
    socket.push('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel');
    await settled();
    socket.destroy(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    await settled();
    expect(told.at(-1)?.[0]).toBe('fail');
    expect(told.at(-1)?.[2] ?? false).toBe(false);
  });

  it('is a new one for a request that is to have one', async () => {
    const { send, sockets, socket } = await under();
    socket.push(WHOLE);
    await settled();
    send({ fresh: true });
    await settled();
    expect(sockets).toHaveLength(2);
  });

  it('is freed by abort, with nothing more said', async () => {
    const { flight, socket, names } = await under();
    flight.abort();
    flight.abort();
    await settled();
    expect(socket.destroyed).toBe(true);
    expect(names().filter((name) => name !== 'fail')).toEqual(['connected']);
  });

  it('is closed with the engine', async () => {
    const { engine, socket } = await under();
    socket.push(WHOLE);
    await settled();
    expect(socket.destroyed).toBe(false);
    await engine.close();
    await settled();
    expect(socket.destroyed).toBe(true);
  });
});

it('its loading prints no deprecation warning', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => {
    warnings.push(warning);
  };
  process.on('warning', note);
  httpProxy.create({});
  await settled();
  process.off('warning', note);
  expect(warnings).toEqual([]);
});
