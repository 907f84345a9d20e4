import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { RunningBackend } from './backends.js';

const ws = createRequire(import.meta.url).resolve('ws');
const folder = fileURLToPath(new URL('..', import.meta.url));

/** What is printed at the start: commands for a second terminal, each indented by four under what it shows. */
export function thingsToTry(host: string, backends: readonly RunningBackend[], cookieJar: string): string {
  const app = `http://${host}`;
  const [first] = backends;
  if (first === undefined) throw new Error('no backends');
  const json = `-H 'content-type: application/json' -d`;
  const basket = `curl -c ${cookieJar} -b ${cookieJar} ${app}/shop/basket`;
  const script = `new (require('${ws}'))('ws://${host}/live').on('open', function () { this.send('ahoy') })`;
  const things = [
    ["What there is, with helmet's headers", `curl -i ${app}/`],
    ['One of the backends', `curl ${app}/api/`],
    ['A body that express.json() has read gets through', `curl ${app}/api/ ${json} '{"hello":"world"}'`],
    ['Six at once: two for each backend', `for i in 1 2 3 4 5 6; do curl -s '${app}/api/sleep?ms=500' & done; wait`],
    ['A WebSocket', `node -e "${script}.on('message', function (data) { console.log(String(data)); this.close() })"`],
    [`A basket, in ${first.id}'s memory: round robin begins there`, `${basket} ${json} '{"item":"rope"}'`],
    ['It stays there', basket],
    [
      `${first.id} takes no new clients`,
      `curl ${app}/admin/shop/backends/${first.id}/state ${json} '{"state":"drain"}'`,
    ],
    ['but keeps you', basket],
    ['A new client goes elsewhere', `curl ${app}/shop/basket`],
    [`${first.id} dies`, `kill -9 ${first.pid}`],
    ['Its basket is lost; a new, empty one is kept elsewhere', basket],
    ['What the balancers counted', `curl ${app}/stats/api; echo; curl ${app}/stats/shop; echo`],
    ['The same for Prometheus', `curl -s ${app}/metrics | grep ^fairlead_requests_total`],
    ['Traffic: under least connections the busy one gets less', `npm run traffic --prefix ${folder} -- ${app}`],
  ];
  return [
    `The example app listens on ${app}; Ctrl-C ends it.`,
    `Backends: ${backends.map(({ id, url, pid }) => `${id} (${url}, pid ${pid})`).join(', ')}.`,
    `How they are, live, for a browser: ${app}/balancer/`,
    'To paste into a second terminal, in this order:',
    ...things.map(([shows, command]) => `\n  # ${shows}\n    ${command}`),
    '\nThe access log:',
  ].join('\n');
}
