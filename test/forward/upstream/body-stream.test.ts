import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import type { ResponseSink } from '../../../lib/core/engine.js';
import { ReplayableBody } from '../../../lib/forward/request/replayable-body.js';
import { BodyStream } from '../../../lib/forward/upstream/body-stream.js';
import { fakeRequest, settled } from '../../core/fakes.js';

function house() {
  const source = fakeRequest({ method: 'POST' });
  const sent = vi.fn();
  const nothing = (): boolean => true;
  const sink: ResponseSink = {
    connected: nothing,
    sent,
    informational: nothing,
    head: nothing,
    data: nothing,
    end: nothing,
    fail: nothing,
  };
  return { source, sent, body: new BodyStream(new ReplayableBody(source, 0), sink) };
}

describe('the stand-in for a client’s body', () => {
  it('reads nothing before it is read itself: until then another backend may have it', async () => {
    const { source } = house();
    source.push('early');
    await settled();
    expect(source.readableDidRead).toBe(false);
  });

  it('passes everything on, and says each time that something moved', async () => {
    const { source, sent, body } = house();
    const chunks: Buffer[] = [];
    body.on('data', (chunk: Buffer) => chunks.push(chunk));
    source.push('one ');
    await settled();
    source.push('two');
    source.push(null);
    await once(body, 'end');
    expect(Buffer.concat(chunks).toString()).toBe('one two');
    expect(sent).toHaveBeenCalledTimes(2);
  });

  it('stops the client while nobody reads, and goes on when somebody does', async () => {
    const { source, body } = house();
    body.read(0);
    const block = Buffer.alloc(body.readableHighWaterMark);
    source.push(block);
    await settled();
    expect(source.isPaused()).toBe(true);
    expect(body.read()).toHaveLength(block.length);
    await settled();
    expect(source.isPaused()).toBe(false);
  });

  it('leaves the client’s request alive when it is destroyed, and the rest of it with the client', async () => {
    const { source, sent, body } = house();
    body.read(0);
    body.destroy();
    await settled();
    source.push('late');
    source.push(null);
    await settled();
    expect(sent).not.toHaveBeenCalled();
    expect(source.destroyed).toBe(false);
    expect(source.isPaused()).toBe(true);
  });
});
