// Coming in, and finding one's way.

import { strict as assert } from 'node:assert';
import { shows } from '../visitor.mjs';

export default {
  async 'a wrong password is refused with a plain sentence, and the right one opens the door'({ house, payer, expects }) {
    expects(/status of 401/);
    const page = await payer();
    await page.goto(`${house.url}/payments`);
    assert.equal(new URL(page.url()).pathname, '/signin', 'nobody reads payments without signing in');

    await page.getByLabel('E-mail').fill(house.email);
    await page.getByLabel('Password', { exact: true }).fill('not-the-password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    const said = page.getByRole('alert');
    await said.waitFor();
    assert.match(await said.innerText(), /^E-mail address or password is wrong/);
    assert.equal(await page.getByLabel('E-mail').inputValue(), house.email, 'what was typed is kept');
    assert.equal(await page.getByLabel('Password', { exact: true }).inputValue(), '');

    await page.getByLabel('Password', { exact: true }).fill(house.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Payments' }).waitFor();

    await page.getByLabel(/account of/).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    await page.goto(`${house.url}/`);
    assert.equal(new URL(page.url()).pathname, '/signin', 'signed out is out');
  },

  async 'the first page shows the week in figures'({ house, clerk }) {
    const page = await clerk();
    await page.goto(house.url);
    const figures = await page.locator('main dl.cells').innerText();
    assert.match(figures, /₹[\d,]+/, 'money in rupees');
    assert.match(figures, /\d+(\.\d)?%/, 'the success rate');
    await shows(page, 'Test mode. Nothing here moves real money.', 'Needs attention', 'Recent payments');
    const rows = page.locator('main .list tbody tr');
    assert.ok(await rows.count() >= 5, 'a week of payments is there');
    await page.getByText('Show as a table').click();
    assert.ok(await page.locator('main figure table tbody tr').count() >= 7, 'the chart can be read');
  },

  async 'the keyboard alone reaches every place of the menu'({ house, clerk }) {
    const page = await clerk();
    await page.goto(house.url);
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Skip to content');
    const reached = [];
    for (let presses = 0; presses < 15; presses += 1) {
      await page.keyboard.press('Tab');
      const inMenu = await page.evaluate(() => document.activeElement.closest('nav[aria-label="Main"]') !== null);
      if (inMenu) reached.push(await focused(page));
    }
    for (const place of ['Home', 'Payments', 'Connections', 'Webhooks in', 'Endpoints', 'Deliveries', 'API keys']) {
      assert.ok(reached.some((text) => text.startsWith(place)), `${place} among ${reached}`);
    }
    const ring = await page.getByRole('link', { name: 'Connections', exact: true }).first().evaluate((link) => {
      link.focus();
      return getComputedStyle(link).outlineStyle;
    });
    assert.notEqual(ring, 'none', 'the focus is seen');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Connections' }).waitFor();
    await page.keyboard.press('/');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'q', 'a slash leads to the search');
  },
};

const focused = (page) => page.evaluate(() => document.activeElement.innerText.trim());
