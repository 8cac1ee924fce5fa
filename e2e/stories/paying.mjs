// The main job: an order, its payment page, the provider's page, and back; seen by the payer, by the clerk and by the
// shop's own server.

import { strict as assert } from 'node:assert';
import { shows, until } from '../visitor.mjs';
import { continuesWith, paysAtProvider } from '../deeds.mjs';

export default {
  async 'an order is paid on the provider’s page, and everybody hears of it once'({ house, payer, clerk }) {
    const order = await house.api.order(149_900, { receipt: 'E2E-PAID', description: 'Birthday cake, 1 kg' });
    const page = await payer();
    await page.goto(order.checkout_url);
    await shows(page, '₹1,499.00', 'Birthday cake, 1 kg', 'Order E2E-PAID', 'Test mode. No real money moves.');

    await continuesWith(page, /Card/);
    await paysAtProvider(page, house);
    await page.getByRole('heading', { level: 1, name: '₹1,499.00 paid' }).waitFor();
    assert.match(await page.locator('main dl').innerText(), /E2E-PAID/);
    const [payment] = await house.api.paymentsOf(order);
    await shows(page, payment.our_ref);
    await page.reload();
    await page.getByRole('heading', { level: 1, name: '₹1,499.00 paid' }).waitFor();

    const desk = await clerk();
    await desk.goto(`${house.url}/payments?q=E2E-PAID`);
    await desk.getByRole('link', { name: '₹1,499.00' }).click();
    await shows(desk, 'Order E2E-PAID', payment.our_ref);
    assert.equal(await desk.locator('main .head').getByText('Paid', { exact: true }).count(), 1);
    const paid = desk.locator('ol.time li').filter({ has: desk.locator('b', { hasText: /^Paid/ }) });
    assert.match(await paid.locator('.tag').innerText(), /^(Return|Webhook|Poll)$/, 'who said so');
    await paid.getByRole('link', { name: 'Evidence' }).click();
    await shows(desk, /"?razorpay|order_|"status"/);
    assert.match(await desk.locator('pre').first().innerText(), /\S{20}/, 'the bytes are there');

    const heard = await until('the shop hears of its order', async () => {
      const { data } = await (await fetch(`${house.receiver}/deliveries`)).json();
      const ours = data.filter((one) => one.type === 'order.paid' && one.object_id === order.id);
      return ours.length > 0 && ours;
    });
    assert.deepEqual(heard.map((one) => [one.verified, one.answered]), [[true, 200]]);
    const shop = await payer();
    await shop.goto(house.receiver);
    const row = shop.locator('tr', { hasText: order.id }).filter({ hasText: 'order.paid' });
    assert.match(await row.innerText(), /verified/);
  },

  async 'a paid order takes no second payment'({ house, payer }) {
    const order = await house.api.order(18_500);
    const page = await payer();
    await page.goto(order.checkout_url);
    const second = await page.context().newPage();
    await second.goto(order.checkout_url);
    await continuesWith(page, /Card/);
    await paysAtProvider(page, house);
    await shows(page, '₹185.00 paid');
    // The other window still shows the choices.
    await second.getByRole('button', { name: 'Pay by UPI' }).click();
    await shows(second, '₹185.00 paid');
    assert.equal((await house.api.paymentsOf(order)).length, 1);
  },

  async 'a link that nobody made leads nowhere, and says so'({ house, payer, expects }) {
    expects(/status of 404/);
    const page = await payer();
    await page.goto(`${house.url}/pay/nothing-of-ours`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    assert.doesNotMatch(await page.locator('body').innerText(), /undefined|null|error/i);
  },
};
