// What payers do, in the words of the stories.

import { strict as assert } from 'node:assert';
import { until } from './visitor.mjs';

/// Chooses among the ways to pay by the name it goes by, and goes on with it.
export async function continuesWith(page, way) {
  const choice = page.locator('details.m').filter({ has: page.locator('summary b', { hasText: way }) });
  if (!(await choice.evaluate((details) => details.open))) await choice.locator('summary').click();
  await choice.getByRole('button').click();
}

/// At the provider's own page, which must be the provider's.
export async function atProvider(page, house) {
  await page.waitForURL(`${house.sandbox}/**`);
  await page.getByText('Simulated Razorpay. No money moves.').waitFor();
}

export async function paysAtProvider(page, house) {
  await atProvider(page, house);
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
  await page.waitForURL(`${house.url}/**`);
}

export async function isDeclinedAtProvider(page, house, reason) {
  await atProvider(page, house);
  await page.getByText('Other endings').click();
  await page.getByLabel('Reason').selectOption(reason);
  await page.getByRole('button', { name: 'Fail', exact: true }).click();
  await page.waitForURL(`${house.url}/**`);
}

/// The badge beside a console page's heading.
export async function isMarked(page, word) {
  const badge = page.locator('main .head .st');
  await badge.first().waitFor();
  assert.equal((await badge.first().innerText()).trim(), word);
}

/// A payment that is held and of which a part can be taken: not every provider takes one.
export async function heldInDollars(house, amount, receipt) {
  const paypal = (await house.api.connections()).find((one) => one.provider === 'paypal');
  const order = await house.api.order(amount, { currency: 'USD', receipt, capture: 'manual' });
  const payment = await house.api.pay(order, { connection_id: paypal.id });
  await house.simulatorAt(new URL(payment.next_step.url).origin).pays({ order_id: payment.provider_order });
  await until('it is held', async () => {
    await house.api.check(payment);
    return (await house.api.readPayment(payment.id)).status === 'authorized';
  });
  return payment;
}
