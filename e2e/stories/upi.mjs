// UPI: a code to scan, or an app to open; the result comes by itself.

import { strict as assert } from 'node:assert';
import { continuesWith } from '../deeds.mjs';
import { shows } from '../visitor.mjs';

export default {
  async 'a scanned code is paid in the app, and the page notices by itself'({ house, payer }) {
    const order = await house.api.order(138_000);
    const page = await payer();
    await page.goto(order.checkout_url);
    await continuesWith(page, /UPI/);
    const code = page.getByRole('img', { name: /^UPI QR code for ₹1,380.00/ });
    await code.first().waitFor();
    assert.ok((await code.first().locator('path').getAttribute('d')).length > 500, 'the code has modules');
    await shows(page, 'Scan with any UPI app', /This code works for \d+:\d\d/);

    const link = await page.locator('a[href^="upi://pay?"]').getAttribute('href');
    const asked = new URL(link).searchParams;
    assert.deepEqual([asked.get('am'), asked.get('cu')], ['1380.00', 'INR'], 'amount and currency are filled in');

    const [payment] = await house.api.paymentsOf(order);
    assert.equal(payment.status, 'pending');
    const began = page.url();
    await house.sim.pays({ order_id: payment.provider_order, method: 'upi' });
    await shows(page, '₹1,380.00 paid');
    assert.equal(page.url().split('?')[0], began.split('?')[0], 'on the page that waited');
  },

  async 'whoever tries it out pays at the simulator, beside the code that no app knows'({ house, payer }) {
    const order = await house.api.order(64_000);
    const page = await payer();
    await page.goto(order.checkout_url);
    await continuesWith(page, /UPI/);
    const link = page.getByRole('link', { name: 'Simulated: pay here' });
    const [app] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
    await shows(app, 'Simulated Razorpay. No money moves.', '₹640.00');
    await app.getByRole('button', { name: 'Pay', exact: true }).click();
    await shows(app, 'Paid');
    await shows(page, '₹640.00 paid');
  },

  async 'on a phone the app comes first and the code behind a link'({ house, payer }) {
    const order = await house.api.order(18_500);
    const page = await payer({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await page.goto(order.checkout_url);
    await continuesWith(page, /UPI/);
    const button = page.getByRole('link', { name: 'Pay ₹185.00 with a UPI app' });
    await button.waitFor();
    assert.ok((await button.boundingBox()).height >= 44, 'large enough for a thumb');
    await page.getByText('Pay from another phone instead').click();
    await page.getByRole('img', { name: /^UPI QR code/ }).first().waitFor();
  },
};
