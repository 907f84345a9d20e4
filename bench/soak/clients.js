/** The traffic. Each kind plays one client through and says what came of it, in a word or two. */
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** @typedef {{ port: number, random: () => number, agent: Agent, cookies: string[] }} Context */

/**
 * @typedef {object} Asked
 * @property {string} path
 * @property {string} [method]
 * @property {Record<string, string | number>} [headers]
 * @property {readonly Buffer[]} [body]
 * @property {boolean} [slow] reads with pauses
 * @property {number} [abort] leaves after so many ms
 */

const CHUNK = Buffer.alloc(10_000, 'b');

/** @returns {string | undefined} the cookie of an earlier answer, for some */
function cookieOf({ random, cookies }) {
  return random() < 0.5 ? cookies[Math.floor(random() * cookies.length)] : undefined;
}

/**
 * @param {Context} context
 * @param {Asked} asked
 * @returns {Promise<string>}
 */
function ask(context, { path, method = 'GET', headers = {}, body = [], slow = false, abort }) {
  const { port, random, agent, cookies } = context;
  return new Promise((resolve) => {
    const cookie = cookieOf(context);
    const all = { ...headers, ...(cookie !== undefined && { cookie }) };
    const options = { host: '127.0.0.1', port, path: `/api${path}`, method, headers: all };
    const request = httpRequest({ ...options, agent: random() < 0.7 ? agent : false }, async (response) => {
      const set = response.headers['set-cookie']?.[0]?.split(';')[0];
      if (set !== undefined) cookies[Math.floor(random() * 20)] = set;
      response.on('error', () => resolve(`${response.statusCode} broken`));
      response.on('end', () => resolve(`${response.statusCode}`));
      response.on('close', () => resolve(`${response.statusCode} broken`));
      for (let i = 0; slow && i < 5 && !response.destroyed; i++) {
        response.pause();
        await sleep(20);
        response.read(50_000);
      }
      response.resume();
    });
    request.on('error', () => resolve(abort === undefined ? 'no answer' : 'left'));
    for (const part of body) request.write(part);
    request.end();
    if (abort !== undefined) setTimeout(() => request.destroy(), abort);
  });
}

/** Bytes of a request, cut off at any place by a reset or a FIN. */
async function torn({ port, random }) {
  const body = 'x'.repeat(50_000);
  const bytes = `POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  socket.resume().write(bytes.slice(0, Math.floor(random() * bytes.length)));
  await sleep(random() * 30);
  if (random() < 0.5) socket.resetAndDestroy();
  else socket.destroy();
  return 'left';
}

/** A WebSocket that says a few words, and leaves politely or not. */
function talk({ port, random }) {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api/ws`);
    let left = Math.floor(random() * 10);
    let opened = false;
    socket.on('open', () => {
      opened = true;
      socket.send('hello');
    });
    socket.on('message', () => {
      if (left-- > 0) socket.send('x'.repeat(1000));
      else if (random() < 0.5) socket.close();
      else socket.terminate();
    });
    socket.on('unexpected-response', (_request, response) => {
      response.resume();
      resolve(`${response.statusCode}`);
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(opened ? '101' : 'no answer'));
  });
}

/** @param {Context} context */
const parts = ({ random }) => Array.from({ length: Math.ceil(random() * 10) }, () => CHUNK);

/** @type {Record<string, (context: Context) => Promise<string>>} */
export const kinds = {
  get: (context) => ask(context, { path: '/ok' }),
  head: (context) => ask(context, { path: '/ok', method: 'HEAD' }),
  slow: (context) => ask(context, { path: '/slow' }),
  'post counted': (context) => {
    const body = Buffer.concat(parts(context));
    return ask(context, { path: '/echo', method: 'POST', headers: { 'content-length': body.length }, body: [body] });
  },
  'post chunked': (context) => ask(context, { path: '/echo', method: 'POST', body: parts(context) }),
  large: (context) => ask(context, { path: '/large' }),
  'large, slow reader': (context) => ask(context, { path: '/large', slow: true }),
  events: (context) => ask(context, { path: '/events' }),
  'leaves any time': (context) => {
    const path = ['/ok', '/slow', '/large', '/events'][Math.floor(context.random() * 4)] ?? '/ok';
    return ask(context, { path, abort: context.random() * 150 });
  },
  'tears its upload': torn,
  'reset by backend': (context) => ask(context, { path: '/reset', method: 'POST' }),
  websocket: talk,
};
