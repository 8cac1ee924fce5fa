// A merchant's account at a provider.

import { strict as assert } from 'node:assert';
import { shows } from '../visitor.mjs';

export default {
  async 'the keys are tested with a real call, and the set-up is green by real events'({ house, clerk }) {
    const page = await clerk();
    await page.goto(`${house.url}/connections`);
    await page.locator('main .list tbody th a').click();
    await page.getByRole('button', { name: /^Test (now|again)$/ }).click();
    await shows(page, 'Tested with a real call.', 'Razorpay accepted the keys');
    const steps = page.getByRole('complementary', { name: 'Set-up' }).locator('li');
    for (const title of ['Keys saved', 'Keys work', 'Webhook secret in place', 'A signed webhook arrived', 'First payment taken']) {
      const mark = steps.filter({ hasText: title }).locator('.mark');
      assert.match(await mark.getAttribute('class'), /\bok\b/, title);
    }
    await shows(page, 'Healthy');
    const secret = page.getByLabel('Key secret', { exact: false }).first();
    assert.equal(await secret.inputValue(), '', 'a saved secret never comes back');
    assert.doesNotMatch(await page.content(), /demo-key-secret|demo-webhook-secret/);
  },

  async 'a wrong key is refused with a sentence, and nothing is saved'({ house, clerk, expects }) {
    expects(/status of 422/);
    const page = await clerk();
    await page.goto(`${house.url}/connections`);
    await page.getByRole('link', { name: 'Connect Razorpay' }).click();
    await page.getByLabel('Key ID', { exact: false }).first().fill('rzp_test_WrongKey000001');
    await page.locator('input[name="c_key_secret"]').fill('a-secret-of-nobody');
    await page.getByRole('button', { name: 'Save and test' }).click();
    const said = page.getByRole('alert');
    await said.waitFor();
    assert.match(await said.innerText(), /One thing to correct\s+\S+ .*(key|accept)/i);
    assert.equal(await page.getByLabel('Key ID', { exact: false }).first().inputValue(), 'rzp_test_WrongKey000001');
    assert.doesNotMatch(await page.content(), /a-secret-of-nobody/, 'a secret never goes back to the browser');
    await page.goto(`${house.url}/connections`);
    assert.equal(await page.locator('main .list tbody tr').count(), 1);
  },

  async 'a webhook secret of our making is shown once'({ house, clerk }) {
    const page = await clerk();
    await page.goto(`${house.url}/endpoints`);
    await page.getByRole('heading', { level: 1, name: 'Endpoints' }).waitFor();
    await page.goto(`${house.url}/endpoints/new`);
    await page.locator('input[name="url"]').fill(`${house.receiver}/second`);
    await page.getByRole('button').filter({ hasText: /endpoint|Create|Add/i }).last().click();
    const secret = page.locator('input[value^="whsec_"]');
    await secret.waitFor({ state: 'attached' });
    await page.goto(page.url());
    assert.doesNotMatch(await page.content(), /whsec_/);
  },
};
