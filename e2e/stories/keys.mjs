// What the shop's own server signs in with.

import { strict as assert } from 'node:assert';
import { shows } from '../visitor.mjs';

export default {
  async 'a key may do what was ticked, and nothing else'({ house, clerk, expects }) {
    expects(/status of 422/);
    const page = await clerk();
    await page.goto(`${house.url}/keys`);
    await page.getByLabel('Name').fill('Kitchen display');
    for (const box of await page.getByRole('checkbox').all()) await box.uncheck();
    await page.getByRole('button', { name: 'Make the key' }).click();
    await shows(page, 'Name at least one scope.');
    assert.equal(await page.getByLabel('Name').inputValue(), 'Kitchen display', 'what was typed stays');
    await page.getByRole('checkbox', { name: /^See payments/ }).check();
    await page.getByRole('button', { name: 'Make the key' }).click();
    await shows(page, 'Copy it now. It is not shown again.');
    const [id, secret] = [await page.getByLabel('Key id').inputValue(), await page.locator('#ks').inputValue()];
    const asks = async (method, path) => {
      const answer = await fetch(`${house.url}/api/v1${path}`, {
        method, headers: { authorization: `Bearer ${id}:${secret}`, 'content-type': 'application/json' },
        ...(method === 'POST' && { body: JSON.stringify({ amount: 100, currency: 'INR' }) }),
      });
      return answer.status;
    };
    assert.equal(await asks('GET', '/orders'), 200);
    assert.equal(await asks('POST', '/orders'), 403);
    await page.goto(`${house.url}/keys`);
    const row = page.getByRole('row', { name: /Kitchen display/ });
    await row.getByText('1 of 11').click();
    assert.match(await row.innerText(), /See payments/);
    assert.doesNotMatch(await page.content(), new RegExp(secret));
  },
};
