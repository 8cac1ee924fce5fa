//! The stand-in for `checkout.js`: the same constructor, events and endings, over the simulator's own page.

use serde_json::json;

/// A value as a JavaScript literal that cannot end its script element.
pub(super) fn literal(value: &serde_json::Value) -> String {
    value.to_string().replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// The script, for a simulator that is reached at `base_url`.
pub(super) fn checkout(base_url: &str) -> String {
    SCRIPT.replace("BASE_URL", &literal(&json!(base_url)))
}

const SCRIPT: &str = r"(function () {
  'use strict';
  var base = BASE_URL;

  function Razorpay(options) {
    if (!(this instanceof Razorpay)) return new Razorpay(options);
    if (!options || !options.key) throw new Error('No key passed');
    this.options = options;
    this.listeners = {};
    this.frame = null;
    this.onmessage = this.onmessage.bind(this);
  }

  Razorpay.prototype.on = function (name, listener) {
    (this.listeners[name] = this.listeners[name] || []).push(listener);
    return this;
  };

  Razorpay.prototype.open = function () {
    var o = this.options;
    var prefill = o.prefill || {};
    var query = new URLSearchParams({ order_id: o.order_id || '', key: o.key });
    ['email', 'contact', 'method'].forEach(function (name) {
      if (prefill[name]) query.set(name, prefill[name]);
    });
    if (o.callback_url && o.redirect) {
      query.set('callback_url', o.callback_url);
      var url = base + '/sim/pay?' + query;
      try { window.top.location.href = url; } catch (e) { window.location.href = url; }
      return;
    }
    if (this.frame) return;
    query.set('origin', window.location.origin);
    var frame = document.createElement('iframe');
    frame.className = 'razorpay-checkout-frame';
    frame.title = 'Razorpay Checkout (simulated)';
    frame.allow = 'payment';
    frame.src = base + '/sim/pay?' + query;
    frame.style.cssText =
      'position:fixed;inset:0;width:100%;height:100%;border:0;z-index:2147483647;background:rgba(15,23,42,.6)';
    this.frame = frame;
    window.addEventListener('message', this.onmessage);
    document.body.appendChild(frame);
  };

  Razorpay.prototype.close = function () {
    if (!this.frame) return;
    window.removeEventListener('message', this.onmessage);
    this.frame.remove();
    this.frame = null;
  };

  Razorpay.prototype.onmessage = function (message) {
    if (!this.frame || message.source !== this.frame.contentWindow) return;
    if (message.origin !== new URL(base, window.location.href).origin) return;
    var said = message.data || {};
    if (said.from !== 'razorpay-simulator') return;
    var o = this.options;
    if (said.event === 'success') {
      this.close();
      if (typeof o.handler === 'function') o.handler(said.data);
    } else if (said.event === 'failed') {
      (this.listeners['payment.failed'] || []).forEach(function (listener) { listener(said.data); });
    } else if (said.event === 'dismissed') {
      this.close();
      if (o.modal && typeof o.modal.ondismiss === 'function') o.modal.ondismiss();
    }
  };

  window.Razorpay = Razorpay;
})();
";
