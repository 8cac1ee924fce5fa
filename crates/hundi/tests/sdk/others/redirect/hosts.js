// Leads the providers' own names to the sandbox's TLS door. Only where a connection goes is changed: the SDKs are as
// published, and TLS is verified against the sandbox's authority under the provider's name.

'use strict';

const net = require('node:net');

const names = new Set(process.env.SANDBOX_NAMES.split(','));
const port = Number(process.env.SANDBOX_TLS_PORT);
const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function (...given) {
  const options = Array.isArray(given[0]) ? given[0][0] : given[0];
  if (options && names.has(options.host) && Number(options.port) === 443) {
    Object.assign(options, { host: '127.0.0.1', port });
  }
  return connect.apply(this, given);
};
