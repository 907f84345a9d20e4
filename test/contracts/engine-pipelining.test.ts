import { describe, expect, test } from 'vitest';
import { front } from '../support/balance.js';
import { engineNames } from '../support/engines.js';
import { type RawOrigin, rawClient, rawOrigin } from '../support/peer.js';

const FIRST = 'GET /first HTTP/1.1\r\nHost: a\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

const CLOSING = 'HTTP/1.1 200 OK\r\nConnection: close\r\n';

/** A backend that gives `/first` its answer only when told to, once the answer to what came behind it has been read. */
async function reversed(answer: string): Promise<{ backend: RawOrigin; release: () => Promise<void> }> {
  const backend = await rawOrigin(async (peer, index) => {
    await peer.until(/\r\n\r\n(.*end)?$/s);
    if (index === 0) return;
    peer.write(answer);
    peer.socket.end();
  });
  const release = async (): Promise<void> => {
    await (await backend.peer(1)).closed;
    (await backend.peer(0)).write(OK);
  };
  return { backend, release };
}

describe.each(engineNames)('engine %s: an answer that waits for its turn', (engine) => {
  test('comes behind the 100 that its request was promised', async () => {
    const { backend, release } = await reversed(`${CLOSING}Content-Length: 2\r\n\r\nOK`);
    const { port } = await front({ engine, backends: [backend.url] });
    const client = await rawClient(port);
    client.write(FIRST);
    await (await backend.peer(0)).until('\r\n\r\n');
    client.write('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nend');
    await release();
    const text = await client.until(/OK$/);
    expect(text).toMatch(/okHTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n(.+\r\n)+\r\nOK$/);
  });

  test.each([20_000, 200_000])('is whole when only the end of its connection ends it (%i bytes)', async (length) => {
    const { backend, release } = await reversed(`${CLOSING}\r\n${'x'.repeat(length)}`);
    const { port } = await front({ engine, backends: [backend.url] });
    const client = await rawClient(port);
    client.write(FIRST);
    await (await backend.peer(0)).until('\r\n\r\n');
    client.write('GET /second HTTP/1.1\r\nHost: a\r\n\r\n');
    // A long one is not read to its end before its turn.
    if (length < 100_000) await release();
    else (await backend.peer(0)).write(OK);
    const text = await client.until('\r\n0\r\n\r\n');
    expect(text.match(/x/g)).toHaveLength(length);
  });
});

describe.each(engineNames)('engine %s: an answer that breaks off before its turn', (engine) => {
  const GET = 'GET /second HTTP/1.1\r\nHost: a\r\n\r\n';
  const POST = 'POST /second HTTP/1.0\r\nContent-Length: 3\r\n\r\nend';
  test.each([
    ['in its body', GET, 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart'],
    [
      'for a client that would wait for the end of its connection',
      POST,
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart',
    ],
  ])('%s, ends the connection when that comes', async (_when, second, answer) => {
    const { backend, release } = await reversed(answer);
    const { port, lb } = await front({ engine, backends: [backend.url] });
    const client = await rawClient(port);
    client.write(FIRST);
    await (await backend.peer(0)).until('\r\n\r\n');
    client.write(second);
    await release();
    const { text } = await client.closed;
    expect(text.match(/^HTTP/gm)).toHaveLength(1);
    expect(text).toMatch(/ok$/);
    expect(lb.stats().requests.active).toBe(0);
  });
});

test.each(engineNames)('engine %s: a head that comes alone keeps its bytes', async (engine) => {
  const backend = await rawOrigin(async (peer) => {
    await peer.until('\r\n\r\n');
    peer.write('HTTP/1.1 200 OK\r\nX-Name: \xe4\xff\r\nTransfer-Encoding: chunked\r\n\r\n');
  });
  const { port } = await front({ engine, backends: [backend.url] });
  const client = await rawClient(port);
  client.write(FIRST);
  expect(await client.until('\r\n\r\n')).toContain('\r\nX-Name: \xe4\xff\r\n');
});
