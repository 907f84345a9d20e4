import type { Frame, Hello } from '../protocol.js';
import { after } from './clock.js';

export interface Listeners {
  hello(hello: Hello): void;
  frame(frame: Frame): void;
  /** Whether frames come. */
  running(running: boolean): void;
}

/** Frames come once a second: after so long without one something is wrong, whatever the connection looks like. */
const SILENCE = 5_000;
/** A tab that nobody has looked at for so long lets go of its stream, and has a new one when it is looked at again. */
const UNSEEN = 60_000;

/** Keeps a stream open for as long as somebody looks. */
export function follow(listeners: Listeners): void {
  let source: EventSource | undefined;
  let unwatch = (): void => {};
  let unhide = (): void => {};

  const watch = (): void => {
    unwatch();
    unwatch = after(SILENCE, () => {
      listeners.running(false);
      open();
    });
  };
  const open = (): void => {
    source?.close();
    source = new EventSource('stream');
    source.addEventListener('hello', ({ data }: MessageEvent<string>) => listeners.hello(JSON.parse(data)));
    source.addEventListener('message', ({ data }: MessageEvent<string>) => {
      watch();
      listeners.running(true);
      listeners.frame(JSON.parse(data));
    });
    // The browser tries again by itself, unless the server has said no: the watch does then.
    source.addEventListener('error', () => listeners.running(false));
    watch();
  };
  const close = (): void => {
    source?.close();
    source = undefined;
    unwatch();
    listeners.running(false);
  };
  document.addEventListener('visibilitychange', () => {
    unhide();
    if (document.hidden) unhide = after(UNSEEN, close);
    else if (source === undefined) open();
  });
  open();
}
