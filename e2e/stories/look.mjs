// Every kind of page, as it is seen: on a desk, on a phone, on the narrowest phone, by day and by night, and by
// whoever can't see it.

import { strict as assert } from 'node:assert';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { tour } from '../tour.mjs';

const WIDTHS = [390, 320];
const shots = process.env.HUNDI_E2E_SHOTS;
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let made;
const places = (house) => (made ??= tour(house));

/// Opens each page of the tour in turn and gathers what is wrong with it.
async function each({ house, payer, clerk, expects }, look) {
  expects(/status of 4\d\d/);
  const sitting = { payer: await payer(), clerk: await clerk() };
  const wrong = [];
  for (const place of await places(house)) {
    const page = sitting[place.of];
    await page.goto(`${house.url}${place.path}`);
    if (place.through) {
      await page.locator(place.through).first().click();
      await page.waitForURL((url) => `${url.pathname}${url.search}` !== place.path);
      await page.waitForLoadState();
    }
    for (const line of await look(page, place.name)) wrong.push(`${place.name}: ${line}`);
  }
  assert.deepEqual(wrong, []);
}

export default {
  'no page scrolls sideways on a phone, with everything open': (story) => each(story, async (page) => {
    await page.evaluate(() => document.querySelectorAll('details').forEach((one) => {
      // Menus that lie over the page are opened one at a time.
      if (!one.matches('[data-pop],[name]')) one.open = true;
    }));
    const wrong = [];
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      const seen = await page.evaluate(() => {
        const wide = document.documentElement.scrollWidth - innerWidth;
        const scrolls = (one) => one.parentElement?.closest('.tabs,pre,.vh,.side');
        const over = [...document.querySelectorAll('body *')].filter((one) => {
          const box = one.getBoundingClientRect();
          return box.width > 0 && box.right > innerWidth && !scrolls(one);
        });
        return { wide, over: over.slice(0, 3).map((one) => one.outerHTML.slice(0, 120)) };
      });
      if (seen.wide > 0) wrong.push(`${seen.wide} px too wide at ${width}: ${seen.over.join(' | ')}`);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    return wrong;
  }),

  'no page has a fault that axe knows, by day or by night': (story) => each(story, async (page) => {
    const wrong = [];
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.evaluate(axe);
      // What does not depend on colours is the same by night.
      const only = colorScheme === 'dark' ? { runOnly: ['color-contrast'] } : {};
      const faults = await page.evaluate((only) => axe.run(document, { resultTypes: ['violations'], ...only }), only);
      for (const { id, nodes } of faults.violations) {
        const first = nodes.slice(0, 2).map((node) => `${node.target} ${node.failureSummary}`);
        wrong.push(`${colorScheme}: ${id}: ${first.join(' | ').replace(/\s+/g, ' ')}`);
      }
    }
    await page.emulateMedia({ colorScheme: 'light' });
    return wrong;
  }),

  'every page says what it is, and looks different at night': (story) => each(story, async (page, name) => {
    const wrong = [];
    const said = await page.evaluate(() => ({
      title: document.title, lang: document.documentElement.lang, h1: document.querySelectorAll('h1').length,
    }));
    if (!said.title || said.lang !== 'en' || said.h1 !== 1) wrong.push(JSON.stringify(said));
    const picture = {};
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      picture[colorScheme] = await page.screenshot();
      if (shots) await pictures(page, `${name}-${colorScheme}`);
    }
    if (picture.light.equals(picture.dark)) wrong.push('the same by day and by night');
    await page.emulateMedia({ colorScheme: 'light' });
    return wrong;
  }),
};

async function pictures(page, name) {
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: join(shots, `${name}-${width}.png`), fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}
