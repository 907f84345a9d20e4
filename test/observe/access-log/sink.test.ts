import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { LineSink } from '../../../lib/observe/access-log/sink.js';

describe('room', () => {
  it('is what a stream says waits in it', () => {
    const stream = new PassThrough({ highWaterMark: 1 });
    const sink = new LineSink(stream, 1_024);
    expect(sink.hasRoom).toBe(true);
    sink.write('x'.repeat(3_000));
    sink.write('x'.repeat(3_000));
    expect(sink.hasRoom).toBe(false);
    stream.read();
    stream.read();
    expect(sink.hasRoom).toBe(true);
  });

  it('is until the next drain where it only says that it is full', () => {
    const stream = Object.assign(new EventEmitter(), { write: () => false });
    const sink = new LineSink(stream, 1_024);
    sink.write('x');
    expect(sink.hasRoom).toBe(false);
    stream.emit('drain');
    expect(sink.hasRoom).toBe(true);
  });

  it('is always where it can say neither, and never behind its end', () => {
    const sink = new LineSink({ write: () => false }, 1_024);
    sink.write('x');
    expect(sink.hasRoom).toBe(true);
    const ended = new PassThrough().end();
    expect(new LineSink(ended, 1_024).hasRoom).toBe(false);
  });
});

it('an error is told once to each sink of a stream, which gets one listener', () => {
  const stream = new PassThrough();
  const sinks = [new LineSink(stream, 1_024), new LineSink(stream, 1_024)];
  expect(stream.listenerCount('error')).toBe(1);
  expect(sinks.map((sink) => sink.failure())).toEqual([undefined, undefined]);
  const error = new Error('disk full');
  stream.emit('error', error);
  expect(sinks.map((sink) => sink.failure())).toEqual([error, error]);
  expect(sinks.map((sink) => sink.failure())).toEqual([undefined, undefined]);
});
