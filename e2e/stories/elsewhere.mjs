// Pages of other places that try their luck.

import { strict as assert } from 'node:assert';
import { createServer } from 'node:http';
import { continuesWith, atProvider } from '../deeds.mjs';
import { shows } from '../visitor.mjs';

/// A site of somebody else: one page with one form, which sends itself.
async function elsewhere(action, fields) {
  const inputs = Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`);
  const html = `<!doctype html><html lang="en"><title>Win a phone</title><link rel="icon" href="data:,">
    <form method="post" action="${action}">${inputs.join('')}<button>Claim</button></form></html>`;
  const server = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end(html));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  // By its other name, so that it is another site and not only another port.
  const host = `localhost:${server.address().port}`;
  return { host, url: `http://${host}/`, close: () => server.close() };
}

export default {
  async 'a forged return moves nothing'({ house, payer, knows }) {
    const order = await house.api.order(749_000);
    const page = await payer();
    await page.goto(order.checkout_url);
    await continuesWith(page, /Card/);
    await atProvider(page, house);
    const [payment] = await house.api.paymentsOf(order);
    const site = await elsewhere(`${order.checkout_url}/return/${payment.id}`, {
      razorpay_payment_id: 'pay_ForgedForged01',
      razorpay_order_id: payment.provider_order,
      razorpay_signature: 'f'.repeat(64),
    });
    knows(site.host);
    try {
      await page.goto(site.url);
      await page.getByRole('button', { name: 'Claim' }).click();
      await page.waitForURL(`${house.url}/pay/**`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      assert.doesNotMatch(await page.locator('body').innerText(), /paid/i);
      assert.equal((await house.api.readPayment(payment.id)).status, 'pending');
      assert.equal((await house.api.readOrder(order.id)).status, 'attempted');
      assert.match(house.complaints(), /a return with a bad signature/, 'it was written down');
    } finally {
      site.close();
    }
  },

  async 'a form from another site does nothing at the console'({ house, clerk, expects, knows }) {
    expects(/status of 403/);
    const order = await house.api.order(18_500);
    const payment = await house.api.pay(order);
    await house.sim.pays({ order_id: payment.provider_order });
    const site = await elsewhere(`${house.url}/payments/${payment.id}/refund`, {
      amount: '185.00', reason: 'customer_request', key: 'k'.repeat(32),
    });
    knows(site.host);
    try {
      const page = await clerk();
      await page.goto(site.url);
      const answer = page.waitForResponse((response) => response.request().method() === 'POST');
      await page.getByRole('button', { name: 'Claim' }).click();
      assert.equal((await answer).status(), 403);
      await shows(page, 'This form was not sent from our own page, so nothing was done.');
      assert.equal((await house.api.refundsOf(payment)).length, 0);

      // Nor can it be drawn into a frame of theirs.
      const headers = (await page.request.get(`${house.url}/signin`)).headers();
      assert.match(headers['content-security-policy'], /frame-ancestors 'none'/);
      assert.match(headers['content-security-policy'], /default-src 'none'/);
      assert.doesNotMatch(headers['content-security-policy'], /unsafe/);
    } finally {
      site.close();
    }
  },
};
