import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { engineNames } from '../support/engines.js';

const program = (engine: string): string => `
  import { createServer } from 'node:http';
  import { loadBalancer } from ${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)};
  const listen = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
  const backend = createServer((request, response) => request.resume().once('end', () => response.end('ok')));
  const lb = loadBalancer({ engine: ${JSON.stringify(engine)}, backends: ['http://127.0.0.1:' + await listen(backend)] });
  const front = createServer((request, response) => lb(request, response));
  const url = 'http://127.0.0.1:' + await listen(front);
  for (const method of ['GET', 'POST', 'DELETE']) {
    const body = method === 'GET' ? undefined : 'body';
    process.stdout.write(await (await fetch(url, { method, body })).text());
  }
  await lb.close();
  front.close();
  front.closeAllConnections();
  backend.close();
`;

describe.each(engineNames)('engine %s: the process', (engine) => {
  test('no deprecated call is made, and nothing keeps the process alive', async () => {
    const child = spawn(
      process.execPath,
      ['--throw-deprecation', '--pending-deprecation', '--input-type=module', '-'],
      {
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
    child.stdin.end(program(engine));
    const [out, errors, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise((resolve) => child.once('exit', resolve)),
    ]);
    expect(errors).toBe('');
    expect(out).toBe('okokok');
    expect(code).toBe(0);
  });
});
