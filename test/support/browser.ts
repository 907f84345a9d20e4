import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { hasProgram } from './needs.js';

const PROGRAM = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const hasBrowser = hasProgram(PROGRAM, 'chromium');

export function launch(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
  const more = ['--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'];
  return chromium.launch({ executablePath: PROGRAM, args: [...args, ...more] });
}

/** A page, and whatever its browser has complained of: nothing may be in there. */
export interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: readonly string[];
}

export async function open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  // Below the test's own, so that a failure says what was waited for.
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`a script said ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(url);
  return { page, context, complaints };
}
