// What a bank holds, taken in part or let go; and trying again after a payment that failed.

import { strict as assert } from 'node:assert';
import { heldInDollars, isMarked } from '../deeds.mjs';
import { shows, until } from '../visitor.mjs';

const becomes = (house, payment, status) => until(`${payment.id} is ${status}`, async () => {
  return (await house.api.readPayment(payment.id)).status === status;
});

export default {
  async 'a part of a hold is taken: asked for, looked at once more, done'({ house, clerk, expects }) {
    expects(/status of 422/);
    const payment = await heldInDollars(house, 149_900, 'E2E-PART');
    const page = await clerk();
    await page.goto(`${house.url}/payments/${payment.id}`);
    await page.getByRole('link', { name: 'Take a part of it' }).click();
    await page.getByLabel('Amount in USD').fill('1499.01');
    await page.getByRole('button', { name: 'Review what is taken' }).click();
    await page.getByRole('link', { name: 'Type an amount up to USD 1,499.00' }).waitFor();
    assert.equal(await page.getByLabel('Amount in USD').inputValue(), '1499.01', 'what was typed is kept');
    await page.getByLabel('Amount in USD').fill('999');
    await page.getByRole('button', { name: 'Review what is taken' }).click();
    await shows(page, 'USD 999.00 of the USD 1,499.00 that the bank holds is taken.', 'USD 500.00 goes back to the customer');
    assert.equal((await house.api.readPayment(payment.id)).status, 'authorized', 'looking is not doing');
    await page.getByRole('button', { name: 'Take USD 999.00' }).click();
    await shows(page, 'The provider was asked to take the money.');
    await becomes(house, payment, 'captured');
    await page.goto(`${house.url}/payments/${payment.id}`);
    assert.match(await page.locator('dl.money').innerText(), /Taken\s+USD 999\.00/);
  },

  async 'a payment that nobody paid is called off, and one that failed is tried again'({ house, clerk }) {
    const page = await clerk();
    const open = await house.api.pay(await house.api.order(31_000), { flow: 'script' });
    await page.goto(`${house.url}/payments/${open.id}`);
    await page.getByText('Call this payment off').click();
    await page.getByRole('button', { name: 'Call off ₹310.00' }).click();
    await shows(page, 'Called off.');
    await isMarked(page, 'Cancelled');

    const order = await house.api.order(32_017);
    // The provider refuses to open it, and no other is to be asked.
    await house.sim.dial({ fault: 'status', status: 429, op: 'create_order', amount: 32_017, times: 1 });
    const failed = await house.api.pay(order, { flow: 'script', connection_id: open.connection_id });
    assert.equal(failed.status, 'failed');
    await page.goto(`${house.url}/payments/${failed.id}`);
    assert.equal(await page.getByLabel('Link to pay the order').inputValue(), order.checkout_url);
    await page.getByRole('button', { name: 'Begin another try' }).click();
    await shows(page, 'The payer goes on at their page, whose link is below.', 'The payment before this one');
    const [again] = (await house.api.paymentsOf(order)).filter((one) => one.after === failed.id);
    assert.ok(again, 'the new payment names the one before it');
  },
};
