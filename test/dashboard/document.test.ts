import { describe, expect, it } from 'vitest';
import { Board } from '../../lib/dashboard/board.js';
import { documentOf, escaped } from '../../lib/dashboard/document.js';
import { Timeline } from '../../lib/dashboard/timeline.js';
import { balance } from '../support/balance.js';
import { FakeClock } from '../support/clock.js';

describe('documentOf', () => {
  it('has a table for who has no script, and links that hold under any path', () => {
    const clock = new FakeClock();
    const lb = balance({ name: 'api', backends: [{ id: '"><img/src=x>&', url: 'http://10.0.0.1:3000' }] });
    const page = documentOf('0a1b', [new Board(lb, new Timeline(clock), clock).picture()]);
    expect(page).toContain('<h2>api (p2c)</h2>');
    expect(page).toContain('<td>&quot;&gt;&lt;img/src=x&gt;&amp;</td>');
    expect(page).not.toContain('<img');
    const links = [...page.matchAll(/(?:src|href|data-\w+)="([^"]*)"/g)].map(([, link]) => link);
    expect(links.length).toBeGreaterThan(4);
    for (const link of links) expect(link).toMatch(/^assets\/0a1b\/[\w.-]+$/);
  });

  it('has nothing in line that its own policy would forbid', () => {
    const page = documentOf('0a1b', []);
    expect(page).not.toMatch(/ style=| on\w+=|<style|<script(?![^>]* src=)/);
  });
});

it('escapes what HTML would read', () => {
  expect(escaped(`<a href='x' title="y">&amp;`)).toBe('&lt;a href=&#39;x&#39; title=&quot;y&quot;&gt;&amp;amp;');
});
