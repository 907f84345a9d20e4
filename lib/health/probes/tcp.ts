import type { ProbeModule } from '../probe.js';
import { dial, readyEvent } from '../target.js';

/** Passes when a connection can be made, with an https backend TLS included. Says nothing of what listens there. */
export const tcp: ProbeModule<object> = {
  shape: {},
  create: () => (target, signal) =>
    new Promise((resolve, reject) => {
      const socket = dial(target);
      const onAbort = (): void => end(() => reject(signal.reason));
      const end = (settle: () => void): void => {
        signal.removeEventListener('abort', onAbort);
        settle();
        socket.destroy();
      };
      signal.addEventListener('abort', onAbort);
      if (signal.aborted) onAbort();
      // Stays on: what a destroyed socket still has to say must not be unhandled.
      socket.on('error', (error) => end(() => reject(error)));
      socket.once('close', () => end(() => reject(new Error('the connection closed'))));
      socket.once(readyEvent(target), () => end(() => resolve({ ok: true })));
    }),
};
