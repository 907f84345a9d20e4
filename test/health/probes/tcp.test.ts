import { expect, it } from 'vitest';
import { backendRecord } from '../../../lib/core/backend.js';
import { tcp } from '../../../lib/health/probes/tcp.js';
import { targetOf } from '../../../lib/health/target.js';
import { tcpServer } from '../../support/ill-servers.js';

it('passes whatever listens, without a byte', async () => {
  const seen: Buffer[] = [];
  const { url, atMost } = await tcpServer((socket) => socket.on('data', (chunk) => seen.push(chunk)));
  const target = targetOf(backendRecord({ url }), {}, {});
  expect(await tcp.create({})(target, new AbortController().signal)).toEqual({ ok: true });
  await atMost(0);
  expect(seen).toEqual([]);
});
