import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { backendFamilies } from '../../lib/observe/prometheus/backend-families.js';
import { balancerFamilies } from '../../lib/observe/prometheus/balancer-families.js';
import { hasPromtool, promtool } from '../support/promtool.js';
import { anchorsOf } from './markdown.js';
import { root, textOf } from './source.js';

const RULES = 'docs/alerts/fairlead.yml';
const DASHBOARD = 'docs/grafana/fairlead.json';

const families = [...balancerFamilies, ...backendFamilies];
const names = families.map(({ name }) => name);
const queried = new Set(
  families.flatMap(({ name, type }) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'].map((suffix) => name + suffix) : [name],
  ),
);
const metricsIn = (text: string): string[] => [...new Set(text.match(/\bfairlead_\w+/g))];

interface Panel {
  readonly targets: readonly { readonly expr: string }[];
}

const panels: readonly Panel[] = JSON.parse(textOf(DASHBOARD)).panels;
const rules = textOf(RULES);
/** As promtool wants them: without what Grafana fills in. */
const expressions = panels
  .flatMap(({ targets }) => targets.map(({ expr }) => expr))
  .map((expr) => expr.replaceAll('$__rate_interval', '5m').replaceAll('$balancer', '.*'));

describe.each([
  ['the dashboard for Grafana', textOf(DASHBOARD)],
  ['the alert rules', rules],
])('%s', (_what, text) => {
  it('asks for metrics that there are', () => {
    expect(metricsIn(text).length).toBeGreaterThan(5);
    expect(metricsIn(text).filter((name) => !queried.has(name))).toEqual([]);
  });
});

describe('the page on metrics', () => {
  it.each(names)('has %s', (name) => {
    expect(textOf('docs/prometheus.md')).toContain(`\`${name}\``);
  });

  it('has no others', () => {
    expect(metricsIn(textOf('docs/prometheus.md')).filter((name) => !names.includes(name))).toEqual([]);
  });
});

describe('the page on alerts', () => {
  it.each([...rules.matchAll(/alert: (\w+)/g)].map(([, name = '']) => name))('has a heading for %s', (name) => {
    expect(anchorsOf('docs/alerts.md')).toContain(name.toLowerCase());
  });
});

describe.skipIf(!hasPromtool)('promtool', () => {
  it('takes the alert rules', () => {
    expect(promtool(['check', 'rules', path.join(root, RULES)])).toMatchObject({ code: 0 });
  });

  it('takes the dashboard’s queries, as rules', async () => {
    const recorded = expressions.map((expr, i) => `{ record: 'panel_${i}', expr: '${expr}' }`);
    const file = `groups: [{ name: panels, rules: [${recorded.join(', ')}] }]`;
    expect(expressions.length).toBeGreaterThan(10);
    const folder = await mkdtemp(path.join(tmpdir(), 'fairlead-rules-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const rules = path.join(folder, 'panels.yml');
    await writeFile(rules, file);
    expect(promtool(['check', 'rules', rules])).toMatchObject({ code: 0 });
  });
});
