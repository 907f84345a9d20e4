import { Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { writeInterim } from '../../../lib/forward/response/interim.js';
import { fakeRequest, fakeResponse, type RequestSpec } from '../../core/fakes.js';

/** What a client gets of an interim answer. */
function interim(status: number, headers: readonly string[], spec: RequestSpec = {}, begun = false): string {
  const { response } = fakeResponse(fakeRequest(spec));
  const socket = new Socket();
  let written = '';
  vi.spyOn(socket, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
  if (begun) {
    response.writeHead(200);
    response.flushHeaders();
  }
  Object.defineProperty(response, 'socket', { value: socket });
  writeInterim(response, status, headers);
  return written;
}

describe('writeInterim', () => {
  it('passes 103 Early Hints on, every line of it', () => {
    const headers = ['Link', '</a.css>; rel=preload', 'link', '</b.js>; rel=preload'];
    expect(interim(103, headers)).toBe(
      'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nlink: </b.js>; rel=preload\r\n\r\n',
    );
  });

  it('passes on what Node has no name for', () => {
    expect(interim(150, [])).toBe('HTTP/1.1 150 Information\r\n\r\n');
  });

  it('keeps hop-by-hop headers here', () => {
    const headers = ['Connection', 'close, X-Secret', 'X-Secret', '1', 'Transfer-Encoding', 'chunked', 'X-A', '1'];
    expect(interim(103, headers)).toBe('HTTP/1.1 103 Early Hints\r\nX-A: 1\r\n\r\n');
  });

  it('names no length: there is no body', () => {
    expect(interim(103, ['Content-Length', '5', 'X-A', '1'])).toBe('HTTP/1.1 103 Early Hints\r\nX-A: 1\r\n\r\n');
  });

  it('says nothing to a client of HTTP/1.0', () => {
    expect(interim(103, [], { httpVersion: '1.0' })).toBe('');
  });

  describe('to a client of HTTP/2', () => {
    /** What its stream is asked to send. */
    function told(headers: readonly string[], additionalHeaders = vi.fn()) {
      const { response } = fakeResponse(fakeRequest({ httpVersion: '2.0' }));
      writeInterim(Object.assign(response, { stream: { additionalHeaders } }), 103, headers);
      return additionalHeaders.mock.calls.map(([fields]) => fields);
    }

    it('goes through its stream: names in lower case, repeated ones as a list, none of the connection', () => {
      const headers = ['Link', '</a>', 'link', '</b>', 'LINK', '</c>', 'X-A', '1', 'Keep-Alive', 'timeout=5'];
      expect(told([...headers, 'Content-Length', '5', '__proto__', 'x'])).toEqual([
        { ':status': 103, link: ['</a>', '</b>', '</c>'], 'x-a': '1', ['__proto__']: 'x' },
      ]);
    });

    it('is dropped where the stream does not take it', () => {
      const refuses = vi.fn(() => {
        throw new Error('the stream has been destroyed');
      });
      expect(() => told(['Date', 'a', 'Date', 'b'], refuses)).not.toThrow();
      expect(refuses).toHaveBeenCalledOnce();
    });
  });

  it('says nothing once the answer has begun', () => {
    expect(interim(103, [], {}, true)).toBe('');
  });

  it('says nothing to a client whose turn on a pipelined connection is still to come', () => {
    const { response, socket } = fakeResponse(fakeRequest());
    response.detachSocket(socket.asSocket());
    expect(() => writeInterim(response, 103, [])).not.toThrow();
    expect(socket.written).toBe('');
  });
});
