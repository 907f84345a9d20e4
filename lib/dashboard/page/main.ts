import { api } from './browser/api.js';
import { BackendDialog } from './browser/backend-dialog.js';
import { BalancerView } from './browser/balancer.js';
import { el, show } from './browser/dom.js';
import { ExplainView } from './browser/explain.js';
import { Overview } from './browser/overview.js';
import { follow } from './browser/stream.js';
import { TimelineView } from './browser/timeline.js';
import { Model, traceOf } from './model.js';

/** From so many backends on there is something to look for. */
const MANY = 8;

let model = new Model();
const views: BalancerView[] = [];
const overview = new Overview(open);
const timeline = new TimelineView();
const explain = new ExplainView((question) => api.explain(question));
const dialog = new BackendDialog((balancer, backend, change) => api.act({ balancer, backend, ...change }));

const words = el('input', { attrs: { type: 'search', id: 'filter', placeholder: 'id, URL, zone, state' } });
const onlyProblems = el('input', { attrs: { type: 'checkbox', id: 'only-problems' } });
const filter = el(
  'search',
  { class: 'filter' },
  el('label', { text: 'Filter backends', attrs: { for: 'filter' } }),
  words,
  onlyProblems,
  el('label', { text: 'only problems', attrs: { for: 'only-problems' } }),
);
filter.hidden = true;
for (const control of [words, onlyProblems]) control.addEventListener('input', sift);

const balancers = el('div', { class: 'balancers' });
const below = el('div', { class: 'below' }, timeline.element, explain.element);
document.body.append(overview.element, el('main', {}, overview.problems, filter, balancers, below), dialog.element);

function sift(): void {
  for (const view of views) view.filter(words.value, onlyProblems.checked);
}

function open(balancer: number, id: string): void {
  const of = model.balancers[balancer];
  const row = of?.rows.get(id);
  if (of === undefined || row === undefined) return;
  dialog.open(balancer, of.head.name, row);
  if (!of.traces.has(id)) void recall(balancer, [id]);
  dialog.update(row, traceOf(of, id));
}

/** What was before this page came, for what has come on screen. */
async function recall(balancer: number, ids: readonly string[]): Promise<void> {
  const [total, ...histories] = await api.history(balancer, ids);
  const of = model.balancers[balancer];
  if (total !== undefined) of?.total.recall(total);
  for (const history of histories) if (of !== undefined) traceOf(of, history.id)?.recall(history);
}

function newView(i: number): BalancerView {
  const view = new BalancerView(i, { open: (id) => open(i, id), recall: (ids) => void recall(i, ids) });
  views[i] = view;
  balancers.append(view.element);
  return view;
}

function draw(): void {
  overview.update(model);
  for (const [i, balancer] of model.balancers.entries()) (views[i] ?? newView(i)).update(balancer);
  timeline.update(model.events, model.balancers.length > 1);
  explain.update(model);
  const { of } = dialog;
  if (of !== undefined) {
    const balancer = model.balancers[of.balancer];
    dialog.update(balancer?.rows.get(of.id), balancer && traceOf(balancer, of.id));
  }
  // All tables have the same columns: what stands below one another is read together.
  const sticky = model.balancers.some(({ rows }) => rows.values().next().value?.clients !== undefined);
  balancers.classList.toggle('sticky', sticky);
  const count = model.balancers.reduce((sum, { order }) => sum + order.length, 0);
  show(filter, count > MANY);
}

follow({
  hello: ({ actions }) => dialog.allow(actions),
  frame(frame) {
    // A server that was started anew may have fewer balancers than before.
    if (frame.balancers.length < model.balancers.length) {
      model = new Model();
      for (const view of views.splice(0)) view.element.remove();
    }
    model.apply(frame);
    draw();
  },
  running: (running) => overview.live(model.at, running),
});
