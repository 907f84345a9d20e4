/** A forwarder by hand, as fast as undici goes. It takes turns, and does nothing else of what a balancer does. */
import { Pool } from 'undici';

/** What the others without Express are compared with. */
export const baseline = true;
export const label = 'undici, by hand';

const HOP_BY_HOP = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade', 'expect'],
]);

function endToEnd(/** @type {readonly { toString(encoding: 'latin1'): string }[]} */ raw) {
  const list = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i].toString('latin1');
    if (!HOP_BY_HOP.has(name.toLowerCase())) list.push(name, raw[i + 1].toString('latin1'));
  }
  return list;
}

/** Writes what undici reads, at the client's pace, and gives up when the client does. */
class Answer {
  constructor(/** @type {import('node:http').ServerResponse} */ response) {
    this.response = response;
    /** @type {(() => void) | undefined} */
    this.abort = undefined;
    response.once('close', () => {
      if (!response.writableFinished) this.abort?.();
    });
  }

  onConnect(/** @type {() => void} */ abort) {
    if (this.response.destroyed) abort();
    else this.abort = abort;
  }

  /**
   * @param {number} status
   * @param {readonly Buffer[]} headers
   * @param {() => void} resume
   * @param {string} reason
   */
  onHeaders(status, headers, resume, reason) {
    if (status < 200) return true;
    this.response.writeHead(status, reason, endToEnd(headers));
    this.response.on('drain', resume);
    return true;
  }

  onData(/** @type {Buffer} */ chunk) {
    return this.response.write(chunk);
  }

  onComplete() {
    this.response.end();
  }

  onError() {
    if (this.response.headersSent) this.response.destroy();
    else this.response.writeHead(502).end();
  }
}

export function middleware(/** @type {string[]} */ backends) {
  const pools = backends.map((backend) => new Pool(backend));
  let turn = 0;
  return (/** @type {any} */ request, /** @type {import('node:http').ServerResponse} */ response) => {
    turn = (turn + 1) % pools.length;
    const { method, url: path, headers, rawHeaders } = request;
    const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
    const body = hasBody ? request : null;
    pools[turn].dispatch({ method, path, headers: endToEnd(rawHeaders), body }, new Answer(response));
  };
}
