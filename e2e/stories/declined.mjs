// A bank says no first.

import { strict as assert } from 'node:assert';
import { atProvider, continuesWith, isDeclinedAtProvider, paysAtProvider } from '../deeds.mjs';
import { shows } from '../visitor.mjs';

export default {
  async 'a declined payer learns why, that nothing was taken, and pays at the second try'({ house, payer, clerk }) {
    const order = await house.api.order(64_000, { receipt: 'E2E-DECLINED' });
    const page = await payer();
    await page.goto(order.checkout_url);
    await continuesWith(page, /Card/);
    await isDeclinedAtProvider(page, house, 'insufficient_funds');
    await page.getByRole('heading', { level: 1, name: 'The payment did not go through' }).waitFor();
    await shows(page, 'Not enough balance', 'No money was taken.', 'Pay from another account or by another method.');

    await page.getByRole('button', { name: 'Try the same way again' }).click();
    await paysAtProvider(page, house);
    await shows(page, '₹640.00 paid');
    assert.equal((await house.api.paymentsOf(order)).length, 1, 'a second try is no second payment');

    const desk = await clerk();
    await desk.goto(`${house.url}/payments?q=E2E-DECLINED`);
    await desk.getByRole('link', { name: '₹640.00' }).click();
    await shows(desk, 'A try failed', 'Not enough balance');
  },

  async 'the browser’s Back button leads back to the choice, and not again to the provider'({ house, payer }) {
    const order = await house.api.order(18_500);
    const page = await payer();
    await page.goto(order.checkout_url);
    await continuesWith(page, /Card/);
    await atProvider(page, house);
    await page.goBack();
    await page.getByRole('button', { name: 'Open the payment window' }).waitFor();
    await page.getByRole('link', { name: 'Pay another way' }).click();
    await continuesWith(page, /UPI/);
    await page.getByRole('img', { name: /^UPI QR code/ }).first().waitFor();
  },

  async 'who leaves without paying is not told that nothing was taken, and can choose again'({ house, payer }) {
    const order = await house.api.order(23_900);
    const page = await payer();
    await page.goto(order.checkout_url);
    await continuesWith(page, /Card/);
    await page.getByRole('button', { name: 'Leave without paying' }).click();
    await page.waitForURL(`${house.url}/**`);
    await page.getByRole('heading', { level: 1, name: 'The payment did not go through' }).waitFor();
    const text = await page.locator('main').innerText();
    assert.match(text, /Cancelled by the payer/);
    assert.doesNotMatch(text, /No money was taken/, 'nobody has proved it');
    await page.getByRole('link', { name: 'Pay another way' }).click();
    await continuesWith(page, /payment page/);
    await paysAtProvider(page, house);
    await shows(page, '₹239.00 paid');
  },
};
