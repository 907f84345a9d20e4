import type { Received } from './backend.js';
import { isIntact, type Script, type Seen } from './client.js';
import { marksIn } from './marks.js';
import { answerText, filled, type Plan, type Request, requestText } from './messages.js';
import { type Answer, answersIn, valuesOf } from './wire.js';

/** Everything that is known of one client's connection after its end. */
export interface Evidence {
  readonly script: Script;
  /** What the backend was to do to each request. */
  readonly plans: readonly Plan[];
  readonly marks: readonly string[];
  readonly seen: Seen;
  readonly received: readonly Received[];
  /** Whether a request of the case ran into a timeout of ours. */
  readonly timedOut: boolean;
}

const isHonest = ({ mutations, cut, extra, early, end, interim }: Plan): boolean =>
  mutations.length === 0 && cut === undefined && extra === '' && !early && end !== 'reset' && interim.length < 32;

/** Made by us, or by Node before us. */
function isOwnError({ status, head }: Answer): boolean {
  if (valuesOf(head, 'proxy-status').some((value) => value.startsWith('fairlead'))) return true;
  return [400, 408, 413, 417, 431].includes(status) && valuesOf(head, 'x-tag').length === 0;
}

/** Answers carry no marks but those of this connection, in order; of an intact one each its own. */
function mixedUp({ script, marks, seen }: Evidence): string[] {
  let latest = 0;
  return seen.answers.list.flatMap((answer, i) => {
    const found = marksIn(answer.raw).map((mark) => marks.indexOf(mark));
    const wrong = found.find((number) => number < latest || (isIntact(script) && number !== i));
    latest = Math.max(latest, ...found);
    return wrong === undefined ? [] : [`answer ${i} carries the mark of ${wrong}: ${JSON.stringify(answer.raw)}`];
  });
}

/** A request that was sent whole arrives as it was sent, and one that was not, never. */
function arrivedOtherwise({ script, marks, received }: Evidence): string[] {
  if (script.mutations.some((list) => list.length > 0)) return [];
  const texts = script.requests.map((request, i) => requestText(request, marks[i] ?? ''));
  const total = texts.join('').length;
  const sent = script.cut === undefined ? total : Math.floor((script.cut * total) / 4096);
  return received.flatMap((got) => {
    const i = marks.indexOf(got.mark);
    const { method, target, body } = script.requests[i] ?? { method: '', target: '', body: '' };
    const end = texts.slice(0, i + 1).join('').length;
    if (sent < end) return [`request ${i} was cut and arrived whole: ${JSON.stringify(got)}`];
    const path = filled(target.replace(/^http:\/\/[^/]*/, ''), got.mark);
    const want = { method, target: path, body: filled(body, got.mark) };
    const same = got.method === want.method && got.target === want.target && got.body === want.body;
    const hop = valuesOf(got.head, 'x-hop').length > 0 ? ['a line that Connection named arrived'] : [];
    return same ? hop : [`request ${i} arrived otherwise: ${JSON.stringify(got).slice(0, 3000)}`];
  });
}

/** The answer the backend gave, where it gave it as HTTP wants. */
function wanted(plan: Plan, method: string, mark: string): Answer | undefined {
  return answersIn(answerText(plan, method, mark).text, [method], 'clean').list[0];
}

/** Whether nothing but a well-formed, whole answer can have come of this plan. */
function answeredOtherwise({ script, plans, marks, seen }: Evidence): string[] {
  return seen.answers.list.flatMap((answer, i) => {
    const [plan, method, mark] = [plans[i], script.requests[i]?.method, marks[i]];
    if (plan === undefined || method === undefined || mark === undefined || !isIntact(script)) return [];
    if (isOwnError(answer) || answer.status === 101) return [];
    const { cut } = answerText(plan, method, mark);
    const framed = plan.framing !== 'close' || method === 'HEAD' || plan.status === 204 || plan.status === 304;
    if (cut && answer.whole && framed) return [`cut answer ${i} looks whole: ${answer.raw}`];
    if (!isHonest(plan)) return [];
    const want = wanted(plan, method, mark);
    const named = ['x-l', 'set-cookie', 'x-tag'].map((name) =>
      [want, answer].map((one) => one && valuesOf(one.head, name)),
    );
    const kept = named.every(([before, after]) => before?.join() === after?.join());
    const same = want?.status === answer.status && (want.body === answer.body || !answer.whole) && kept;
    return same ? [] : [`answer ${i} is ${JSON.stringify(answer.raw.slice(0, 2000))}`];
  });
}

const isHandshake = (request: Request | undefined): boolean => request?.lines.includes('Upgrade: websocket') === true;

/** Nothing went wrong on either side: then every answer has to be there, and to be the backend's. */
function missing({ script, plans, seen, timedOut }: Evidence): string[] {
  const { requests, end } = script;
  // Node answers what comes behind a closing request with a 400, and a handshake behind a request that has no answer yet
  // ends the connection.
  const closing = requests.findIndex(
    ({ version, lines }) => version === '1.0' || lines.some((line) => /^(connection: close|upgrade)/i.test(line)),
  );
  const inTurn =
    closing === -1 || (closing === requests.length - 1 && (closing === 0 || !isHandshake(requests[closing])));
  if (!isIntact(script) || end !== 'wait' || !inTurn || !plans.every(isHonest)) return [];
  const { list, rest, switched } = seen.answers;
  // What a busy machine is too slow for is not wrong.
  if (timedOut || list.some(({ status }) => status === 408)) return [];
  const ours = list.find(isOwnError);
  if (ours !== undefined) return [`an honest exchange ended in ${JSON.stringify(ours.raw)}`];
  if (rest !== '' && !switched) return [`behind the answers comes ${JSON.stringify(rest)}`];
  if (list.length === requests.length && list.every(({ whole }) => whole)) return [];
  return [`${list.length} answers to ${requests.length} requests: ${JSON.stringify(seen.text.slice(0, 3000))}`];
}

export function clientProblems(evidence: Evidence): string[] {
  return [mixedUp, arrivedOtherwise, answeredOtherwise, missing].flatMap((check) => check(evidence));
}
