import replyFrom from '@fastify/reply-from';
import fastify from 'fastify';

export const label = '@fastify/reply-from';

/** On a server of its own, Fastify's; bodies stream through it as its documentation has it. */
export async function serve(/** @type {string[]} */ backends) {
  const app = fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    '*',
    (/** @type {unknown} */ _request, /** @type {unknown} */ payload, /** @type {Function} */ done) => {
      done(null, payload);
    },
  );
  await app.register(replyFrom, { disableRequestLogging: true });
  let turn = 0;
  const getUpstream = () => {
    turn = (turn + 1) % backends.length;
    return backends[turn];
  };
  app.all('/*', (/** @type {unknown} */ _request, /** @type {any} */ reply) => reply.from(undefined, { getUpstream }));
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  return Number(new URL(address).port);
}
