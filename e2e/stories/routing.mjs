// Which connection collects what, at the console.

import { strict as assert } from 'node:assert';
import { shows } from '../visitor.mjs';

const names = (page) => page.locator('section', { has: page.getByRole('heading', { name: 'Rules' }) }).locator('ol.items b');

export default {
  async 'a rule is written, tried out, moved and removed, by keyboard alone'({ house, clerk, expects }) {
    expects(/status of 422/);
    const page = await clerk();
    await page.goto(`${house.url}/routing`);
    await page.getByRole('link', { name: 'Add a rule' }).focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Name').focus();
    await page.keyboard.type('Small');
    await page.getByLabel('Amount up to').focus();
    await page.keyboard.type('5.001');
    const share = page.getByLabel('PayPal (simulated)');
    await share.focus();
    await page.keyboard.type('all');
    await page.keyboard.press('Enter');
    // Everything that is wrong is said once on top and once beside its field, and what was typed stays.
    await page.getByRole('alert').getByText('2 things to correct').waitFor();
    await page.getByRole('link', { name: 'Type a whole number from 0 to 1000' }).focus();
    await page.keyboard.press('Enter');
    assert.match(await page.evaluate(() => location.hash), /^#share_conn_/);
    assert.equal(await page.getByLabel('Amount up to').inputValue(), '5.001');
    await page.getByLabel('Amount up to').fill('5');
    await share.fill('1');
    await share.press('Enter');
    await shows(page, 'Saved.', 'up to ₹5.00', 'PayPal (simulated) first');

    await page.goto(`${house.url}/routing/rule`);
    await page.getByLabel('Name').fill('Cards by night');
    await page.getByRole('checkbox', { name: 'Card' }).check();
    await page.getByLabel('From', { exact: true }).fill('22:00');
    await page.getByLabel('To', { exact: true }).fill('06:00');
    await page.getByLabel('Razorpay (simulated)').fill('1');
    await page.getByRole('button', { name: 'Add the rule' }).click();
    await shows(page, 'Card, in INR, 22:00 to 06:00');
    assert.deepEqual(await names(page).allInnerTexts(), ['Small', 'Cards by night']);
    await page.getByRole('button', { name: 'Earlier Cards by night' }).click();
    await shows(page, 'Saved.');
    assert.deepEqual(await names(page).allInnerTexts(), ['Cards by night', 'Small']);

    await page.getByLabel('Amount', { exact: true }).fill('3');
    await page.getByRole('button', { name: 'Show what would happen' }).click();
    await shows(page, '₹3.00, now', '“Small”, decides.', 'Is asked first.');

    for (const rule of ['Small', 'Cards by night']) {
      await page.getByText(`Remove ${rule}`).click();
      await page.getByRole('button', { name: 'Yes, remove it' }).locator('visible=true').click();
      await shows(page, 'Saved.');
    }
    await shows(page, 'No rules. Connections are asked in the order in which they were made');
  },

  async 'the policy for money that comes twice says what is open now, in rupees'({ house, clerk }) {
    const order = await house.api.order(45_600, { receipt: 'E2E-TWO-WAYS' });
    const first = await house.api.pay(order, { flow: 'script' });
    const second = await house.api.pay(order, { flow: 'redirect' });
    assert.notEqual(first.id, second.id);
    const page = await clerk();
    await page.goto(`${house.url}/routing`);
    await shows(page, /May be charged twice now ₹[\d,]+\.\d\d/);
    assert.doesNotMatch(await page.locator('dl.money').innerText(), /₹0\.00/);
    // Back to what it was, so that other stories find it.
    for (const [label, kept] of [['Accept it, and void the other', 'accept_and_void_other'], ['Give the later one back', 'refund_later']]) {
      await page.getByRole('radio', { name: label }).check();
      await page.getByRole('button', { name: 'Save the policy' }).click();
      await shows(page, 'It counts for orders created from now on.');
      assert.equal(await page.locator('input[name=late_success]:checked').inputValue(), kept);
    }
  },
};
