import { once } from 'node:events';
import { Socket } from 'node:net';
import { expect, it, vi } from 'vitest';
import { closeSoon } from '../../lib/util/streams.js';
import { MemorySocket } from '../core/fakes.js';

it('closes a connection that is no socket, once all is written', async () => {
  const connection = new MemorySocket();
  connection.write('last words');
  closeSoon(connection);
  await once(connection, 'close');
  expect(connection.written).toBe('last words');
});

it('lets a socket do it by itself', () => {
  const socket = new Socket();
  const destroySoon = vi.spyOn(socket, 'destroySoon').mockReturnValue();
  closeSoon(socket);
  expect(destroySoon).toHaveBeenCalledOnce();
});
