// Tells the stories, one after the other, and says how they went. The last line is read by `cargo xtask test`.

import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openHouse } from './house.mjs';
import { openBrowser } from './visitor.mjs';

const STORY_MS_MAX = 40_000;
const shots = process.env.HUNDI_E2E_SHOTS;
const wanted = process.argv.slice(2).map((word) => word.toLowerCase());

const folder = new URL('stories/', import.meta.url);
const stories = [];
for (const file of (await readdir(folder)).filter((name) => name.endsWith('.mjs')).sort()) {
  const told = await import(new URL(file, folder));
  for (const [name, story] of Object.entries(told.default)) stories.push({ file, name, story });
}
const chosen = stories.filter(({ file, name }) => {
  const text = `${file} ${name}`.toLowerCase();
  return wanted.length === 0 || wanted.some((word) => text.includes(word));
});

let passed = 0, failed = 0;
if (shots) await mkdir(shots, { recursive: true });
const house = await openHouse();
try {
  const browser = await openBrowser(house);
  try {
    for (const one of chosen) {
      if (await tell(one, browser)) passed += 1; else failed += 1;
    }
  } finally {
    await browser.close();
  }
} finally {
  await house.close();
}
if (chosen.length === 0) failed += 1;
console.log(`stories: ${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

async function tell({ file, name, story }, browser) {
  const began = Date.now();
  const visitors = browser.forStory();
  let timer;
  const tooLong = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not over after ${STORY_MS_MAX} ms`)), STORY_MS_MAX);
  });
  try {
    await Promise.race([story({ house, ...visitors }), tooLong]);
    visitors.sawNothingWrong();
    console.log(`ok    ${name} (${Date.now() - began} ms)`);
    return true;
  } catch (error) {
    console.log(`FAILED ${file}: ${name}\n${indented(error.stack ?? String(error))}`);
    console.log(indented(await visitors.whereTheyAre(shots && join(shots, `broken-${file}`))));
    return false;
  } finally {
    clearTimeout(timer);
    await visitors.leave();
    await house.sim.clearDials();
  }
}

function indented(text) {
  return text.split('\n').slice(0, 40).map((line) => `    ${line}`).join('\n');
}
