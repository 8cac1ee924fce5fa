// The browser and whoever sits before it. Every page they see is watched: nothing may be reported in the console, no
// policy broken, no other host asked, unless a story said beforehand that it would be.

import { strict as assert } from 'node:assert';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const WAIT_MS_MAX = 15_000;
const ARGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--no-proxy-server',
  // A page that asks for any other machine finds none.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

export async function openBrowser(house) {
  const browser = await chromium.launch({ executablePath: executable(), headless: true, args: ARGS });
  // Signed in once; whoever works at the console starts from it.
  let session;
  return {
    forStory: () => visitors(browser, house, async () => (session ??= await signIn(browser, house))),
    close: () => browser.close(),
  };
}

function executable() {
  const names = ['chromium', 'google-chrome', 'google-chrome-stable'];
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of names) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch { /* not in this folder */ }
    }
  }
  throw new Error(`none of ${names.join(', ')} is on the PATH`);
}

async function signIn(browser, house) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${house.url}/signin`);
  await page.getByLabel('E-mail').fill(house.email);
  await page.getByLabel('Password', { exact: true }).fill(house.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
  const state = await context.storageState();
  await context.close();
  return state;
}

function visitors(browser, house, session) {
  const contexts = [], wrong = [], expected = [];
  const hosts = new Set(house.hosts);
  const report = (what) => { if (!expected.some((pattern) => pattern.test(what))) wrong.push(what); };

  async function page(options) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    context.setDefaultTimeout(WAIT_MS_MAX);
    contexts.push(context);
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', (e) => {
        console.error(`policy broken: ${e.violatedDirective} ${e.blockedURI}`);
      });
    });
    context.on('page', (page) => watch(page));
    return context.newPage();
  }

  function watch(page) {
    page.on('console', (message) => {
      // A browser asks for this of itself, wherever it is.
      if (message.location().url.endsWith('/favicon.ico')) return;
      if (['error', 'warning'].includes(message.type())) report(`${page.url()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => report(`${page.url()}: ${error.message}`));
    page.on('request', (request) => {
      const url = new URL(request.url());
      const ours = hosts.has(url.host) || ['data:', 'blob:'].includes(url.protocol);
      if (!ours) report(`${page.url()}: asked ${url.origin}`);
    });
  }

  return {
    /// Somebody with the link of an order.
    payer: (options) => page(options),
    /// Somebody at the console, signed in.
    clerk: async (options) => page({ storageState: await session(), ...options }),
    /// What the browser is going to complain of, and rightly.
    expects: (pattern) => { expected.push(pattern); },
    /// Another place on the web that a story brings along.
    knows: (host) => { hosts.add(host); },
    sawNothingWrong: () => assert.deepEqual(wrong, [], 'the browser complained'),
    async whereTheyAre(picture) {
      const told = [];
      for (const [n, page] of contexts.flatMap((context) => context.pages()).entries()) {
        const text = await page.locator('body').innerText({ timeout: 1_000 }).catch(() => '');
        told.push(`at ${page.url()}: ${text.replace(/\s+/g, ' ').slice(0, 800)}`);
        if (picture) await page.screenshot({ path: `${picture}-${n}.png` }).catch(() => {});
      }
      return [...told, ...wrong].join('\n');
    },
    leave: () => Promise.all(contexts.map((context) => context.close())),
  };
}

/// Looks until it holds: for what happens behind the page.
export async function until(what, look, ms = WAIT_MS_MAX) {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    assert.ok(Date.now() < end, `not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/// A reader finds each of these words or patterns on the page. What is hidden from them does not count.
export async function shows(page, ...texts) {
  let read = '';
  const found = (text) => (text instanceof RegExp ? text.test(read) : read.includes(text));
  for (const text of texts) {
    await until(`the page shows ${text}`, async () => {
      read = await textOf(page);
      return found(text);
    });
  }
}

/// What is to be read there, spaces made plain; nothing while the page is on its way to another.
export async function textOf(page) {
  const text = await page.locator('body').innerText().catch(() => '');
  return text.replace(/\s+/g, ' ');
}
