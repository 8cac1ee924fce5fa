// Paytm's official Node packages take the sandbox for Paytm: the PG SDK for its calls, the checksum package for what the
// browser brings back.

'use strict';

const assert = require('node:assert/strict');
const Paytm = require('paytm-pg-node-sdk');
const PaytmChecksum = require('paytmchecksum');
const { account, pays, walk } = require('./shop');

const { LibraryConstants, MerchantProperties } = Paytm;

const said = (response) => response.getResponseObject().getBody();

walk('paytm node', async () => {
  MerchantProperties.initialize(
    LibraryConstants.STAGING_ENVIRONMENT, account.mid, account.merchant_key, account.website,
  );
  MerchantProperties.setCallbackUrl('http://127.0.0.1/back');
  const order = `js${Date.now()}`;
  const money = Paytm.Money.constructWithCurrencyAndValue(Paytm.EnumCurrency.INR, '499.00');
  const payer = new Paytm.UserInfo('payer-1');

  // A token to pay with.
  const detail = new Paytm.PaymentDetailBuilder(Paytm.EChannelId.WEB, order, money, payer).build();
  const token = said(await Paytm.Payment.createTxnToken(detail));
  assert.equal(token.getResultInfo().getResultStatus(), 'S', JSON.stringify(token));
  assert.ok(token.getTxnToken());

  // Paid: the form that the browser brings back is genuine, and nothing else is.
  const { callback } = await pays(order, { method: 'upi' });
  const { CHECKSUMHASH: checksum, ...fields } = callback;
  assert.ok(PaytmChecksum.verifySignature({ ...fields }, account.merchant_key, checksum));
  assert.ok(!PaytmChecksum.verifySignature({ ...fields, TXNAMOUNT: '1.00' }, account.merchant_key, checksum));
  const asked = new Paytm.PaymentStatusDetailBuilder(order).build();
  const status = said(await Paytm.Payment.getPaymentStatus(asked));
  assert.equal(status.getResultInfo().getResultStatus(), 'TXN_SUCCESS', JSON.stringify(status));
  assert.equal(status.getTxnAmount(), '499.00');

  // Given back in part.
  const refund = new Paytm.RefundDetailBuilder(order, `${order}r`, status.getTxnId(), 'REFUND', '99.00').build();
  const begun = said(await Paytm.Refund.initiateRefund(refund));
  assert.ok(['PENDING', 'TXN_SUCCESS'].includes(begun.getResultInfo().getResultStatus()), JSON.stringify(begun));
  const wanted = new Paytm.RefundStatusDetailBuilder(order, `${order}r`).build();
  const given = said(await Paytm.Refund.getRefundStatus(wanted));
  assert.equal(given.getRefId(), `${order}r`, JSON.stringify(given));

  // Signed by the package, understood by the sandbox; by another's key, refused.
  MerchantProperties.setMerchantKey('another&Key%00001'.slice(0, 16));
  const wrong = said(await Paytm.Payment.getPaymentStatus(asked));
  assert.notEqual(wrong.getResultInfo().getResultStatus(), 'TXN_SUCCESS');
});
