// Giving money back at the console.

import { strict as assert } from 'node:assert';
import { isMarked } from '../deeds.mjs';
import { shows, until } from '../visitor.mjs';

async function paid(house, amount, receipt) {
  const order = await house.api.order(amount, { receipt });
  const payment = await house.api.pay(order);
  await house.sim.pays({ order_id: payment.provider_order });
  return until('the payment is paid', async () => {
    const now = await house.api.readPayment(payment.id);
    return now.status === 'captured' && now;
  });
}

export default {
  async 'a part is refunded: asked for, looked at once more, done'({ house, clerk }) {
    const payment = await paid(house, 149_900, 'E2E-REFUND');
    const page = await clerk();
    await page.goto(`${house.url}/payments/${payment.id}`);
    await page.getByRole('link', { name: 'Refund', exact: true }).click();
    await page.getByLabel('Amount in rupees').fill('500.50');
    await page.getByRole('button', { name: 'Review the refund' }).click();
    await page.getByRole('heading', { level: 1, name: 'Refund ₹500.50?' }).waitFor();
    await shows(page, '₹998.50 is left to refund afterwards.');
    assert.equal((await house.api.refundsOf(payment)).length, 0, 'looking is not doing');

    await page.getByRole('button', { name: 'Refund ₹500.50' }).click();
    await shows(page, 'Refund asked for.');
    const [refund] = await house.api.refundsOf(payment);
    assert.equal(refund.amount, 50_050);
    await until('the provider sends it', async () => {
      await page.goto(`${house.url}/payments/${payment.id}`);
      return /Refunded/.test(await page.locator('ol.time').innerText());
    });
    await isMarked(page, 'Part refunded');
    assert.match(await page.locator('dl.money').innerText(), /−₹500\.50[\s\S]*₹998\.50/);
  },

  async 'more than was paid is refused, with the amount that can be given back'({ house, clerk, expects }) {
    expects(/status of 422/);
    const payment = await paid(house, 64_000, 'E2E-TOO-MUCH');
    const page = await clerk();
    await page.goto(`${house.url}/payments/${payment.id}/refund`);
    for (const wrong of ['640.01', '0', 'all of it']) {
      await page.getByLabel('Amount in rupees').fill(wrong);
      await page.getByRole('button', { name: 'Review the refund' }).click();
      await page.getByRole('link', { name: 'Type an amount up to ₹640.00' }).waitFor();
      assert.equal(await page.getByLabel('Amount in rupees').inputValue(), wrong, 'what was typed is kept');
    }
    assert.equal((await house.api.refundsOf(payment)).length, 0);
  },

  async 'two windows that ask for the whole amount give it back once'({ house, clerk, expects }) {
    expects(/status of 4\d\d/);
    const payment = await paid(house, 18_500, 'E2E-TWICE');
    const first = await clerk();
    const second = await first.context().newPage();
    for (const page of [first, second]) {
      await page.goto(`${house.url}/payments/${payment.id}/refund`);
      await page.getByRole('button', { name: 'Review the refund' }).click();
    }
    await first.getByRole('button', { name: 'Refund ₹185.00' }).click();
    await shows(first, 'Refund asked for.');
    await second.getByRole('button', { name: 'Refund ₹185.00' }).click();
    await shows(second, 'At most ₹0.00 can still be refunded.');
    assert.equal((await house.api.refundsOf(payment)).length, 1);
  },
};
