// Tells the stories and says how they went. The last line is read by `cargo xtask test`.
//
// A file's stories are told one after the other; files are told side by side, since most of a story is waiting.

import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openHouse } from './house.mjs';
import { openBrowser } from './visitor.mjs';

const STORY_MS_MAX = 120_000;
const FILES_AT_ONCE = 3;
const shots = process.env.HUNDI_E2E_SHOTS;

const files = await chosen(process.argv.slice(2).map((word) => word.toLowerCase()));
let passed = 0, failed = files.length === 0 ? 1 : 0;
if (shots) await mkdir(shots, { recursive: true });

const house = await openHouse();
try {
  const browser = await openBrowser(house);
  try {
    const rest = [...files];
    const teller = async () => {
      for (let file = rest.shift(); file; file = rest.shift()) {
        for (const [name, story] of file.stories) await tell(`${file.name}: ${name}`, story, browser);
      }
    };
    await Promise.all(Array.from({ length: FILES_AT_ONCE }, teller));
  } finally {
    await browser.close();
  }
  await tell('the books hold after all stories', () => house.verify());
} catch (error) {
  failed += 1;
  console.log(`FAILED\n${indented(error.stack ?? String(error))}`);
} finally {
  await house.close();
}
console.log(`stories: ${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

async function tell(name, story, browser) {
  const began = Date.now();
  const visitors = browser?.forStory();
  let timer;
  const tooLong = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not over after ${STORY_MS_MAX} ms`)), STORY_MS_MAX);
  });
  try {
    await Promise.race([story({ house, ...visitors }), tooLong]);
    visitors?.sawNothingWrong();
    passed += 1;
    console.log(`ok     ${name} (${Date.now() - began} ms)`);
  } catch (error) {
    failed += 1;
    const picture = shots && join(shots, `broken-${name.replace(/\W+/g, '-')}`);
    const where = await visitors?.whereTheyAre(picture);
    console.log([`FAILED ${name}`, indented(error.stack ?? String(error)), indented(where ?? '')].join('\n'));
  } finally {
    clearTimeout(timer);
    await visitors?.leave();
  }
}

/// The files with the stories whose names contain one of the words; all of them without words.
async function chosen(words) {
  const folder = new URL('stories/', import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.mjs')).sort();
  const files = await Promise.all(names.map(async (name) => {
    const told = Object.entries((await import(new URL(name, folder))).default);
    const fits = ([story]) => words.length === 0 || words.some((word) => `${name} ${story}`.toLowerCase().includes(word));
    return { name: name.replace('.mjs', ''), stories: told.filter(fits) };
  }));
  return files.filter((file) => file.stories.length > 0);
}

function indented(text) {
  return text.split('\n').slice(0, 40).map((line) => `    ${line}`).join('\n');
}
