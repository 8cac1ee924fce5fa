// A browser with JavaScript switched off.

import { strict as assert } from 'node:assert';
import { continuesWith, isMarked } from '../deeds.mjs';
import { shows } from '../visitor.mjs';

const OFF = { javaScriptEnabled: false };

export default {
  async 'an order is paid without JavaScript, on the provider’s own page'({ house, payer }) {
    const order = await house.api.order(749_000, { receipt: 'E2E-PLAIN' });
    const page = await payer(OFF);
    await page.goto(order.checkout_url);
    await shows(page, '₹7,490.00', 'Razorpay’s payment page');
    await continuesWith(page, /payment page/);
    await page.waitForURL(`${house.sandbox}/**`);
    await page.getByRole('button', { name: 'Pay', exact: true }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(`${house.url}/**`);
    await shows(page, '₹7,490.00 paid');
  },

  async 'the provider’s window says that it needs JavaScript, and offers its page instead'({ house, payer }) {
    const order = await house.api.order(18_500);
    const page = await payer(OFF);
    await page.goto(order.checkout_url);
    await continuesWith(page, /Card/);
    await shows(page, 'The payment window needs JavaScript, which is switched off here.');
    await page.getByRole('button', { name: 'Pay on its own page instead' }).click();
    await page.waitForURL(`${house.sandbox}/**`);
    await page.getByRole('button', { name: 'Pay', exact: true }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await shows(page, '₹185.00 paid');
  },

  async 'a page that waits looks again by itself without JavaScript'({ house, payer }) {
    const order = await house.api.order(23_900);
    const page = await payer(OFF);
    await page.goto(order.checkout_url);
    await continuesWith(page, /UPI/);
    await shows(page, 'This page looks for your payment every few seconds.');
    const [payment] = await house.api.paymentsOf(order);
    await house.sim.pays({ order_id: payment.provider_order, method: 'upi' });
    await shows(page, '₹239.00 paid');
  },

  async 'the console is read and used without JavaScript'({ house, clerk }) {
    const page = await clerk(OFF);
    await page.goto(house.url);
    await page.getByRole('link', { name: 'All payments' }).click();
    await page.getByRole('heading', { level: 1, name: 'Payments' }).waitFor();
    const first = page.locator('main .list tbody tr').filter({ hasText: 'Paid' }).first();
    await first.getByRole('link').click();
    await isMarked(page, 'Paid');
    await shows(page, 'What happened', 'Books', 'Exchanges with Razorpay');
    await page.locator('#x tbody a').first().click();
    assert.match(await page.locator('#xr').innerText(), /^(GET|POST) http/);
    for (const place of ['Connections', 'Webhooks in', 'Endpoints', 'Deliveries']) {
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: place, exact: true }).click();
      await page.getByRole('heading', { level: 1, name: place }).waitFor();
    }
    const dead = await page.locator('[data-copy]:visible, [data-reveal]:visible').count();
    assert.equal(dead, 0, 'no button stands there that can do nothing');
  },
};
