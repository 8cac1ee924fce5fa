// Made from the description of the API; don't change it by hand.
// HUNDI_UPDATE_DOCS=1 cargo test -p hundi-web openapi

import { ApiError, type Http, type Read, type Write } from "./core.js";
import type { Listing } from "./pages.js";

/** What this library does not know yet is still text. */
export type Other = string & Record<never, never>;

/** An ISO 4217 code. */
export type Currency = "AED" | "AFN" | "ALL" | "AMD" | "AOA" | "ARS" | "AUD" | "AWG" | "AZN" | "BAM" | "BBD" | "BDT" | "BMD" | "BND" | "BOB" | "BRL" | "BSD" | "BTN" | "BWP" | "BYN" | "BZD" | "CAD" | "CDF" | "CHF" | "CNY" | "COP" | "CRC" | "CUP" | "CVE" | "CZK" | "DKK" | "DOP" | "DZD" | "EGP" | "ERN" | "ETB" | "EUR" | "FJD" | "FKP" | "GBP" | "GEL" | "GHS" | "GIP" | "GMD" | "GTQ" | "GYD" | "HKD" | "HNL" | "HTG" | "HUF" | "IDR" | "ILS" | "INR" | "IRR" | "JMD" | "KES" | "KGS" | "KHR" | "KPW" | "KYD" | "KZT" | "LAK" | "LBP" | "LKR" | "LRD" | "LSL" | "MAD" | "MDL" | "MGA" | "MKD" | "MMK" | "MNT" | "MOP" | "MRU" | "MUR" | "MVR" | "MWK" | "MXN" | "MYR" | "MZN" | "NAD" | "NGN" | "NIO" | "NOK" | "NPR" | "NZD" | "PAB" | "PEN" | "PGK" | "PHP" | "PKR" | "PLN" | "QAR" | "RON" | "RSD" | "RUB" | "SAR" | "SBD" | "SCR" | "SDG" | "SEK" | "SGD" | "SHP" | "SLE" | "SOS" | "SRD" | "SSP" | "STN" | "SVC" | "SYP" | "SZL" | "THB" | "TJS" | "TMT" | "TOP" | "TRY" | "TTD" | "TWD" | "TZS" | "UAH" | "USD" | "UYU" | "UZS" | "VED" | "VES" | "WST" | "XCD" | "XCG" | "YER" | "ZAR" | "ZMW" | "ZWG" | "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" | "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND";

/** The shape that is described here. */
export const API_VERSION = "2026-11-01";

/** What a server proves itself by. */
export interface ApiKey {
  created_at: string;
  expires_at: string | null;
  /** Sent as `X-Api-Key`. */
  id: string;
  /** To the minute. */
  last_used_at: string | null;
  livemode: boolean;
  name: string;
  /** Where it may be used from. None: anywhere. */
  networks: string[];
  object: "api_key";
  /** The key that takes its place. */
  replaced_by: string | null;
  revoked_at: string | null;
  /** What it may do. */
  scopes: Array<"payments:read" | "payments:write" | "refunds:write" | "connections:read" | "connections:write" | "webhooks:read" | "webhooks:write" | "keys:write" | "books:read" | "exports:read" | "routing:write" | Other>;
  /** Once, in the answer that makes it. Sent as `X-Api-Secret`. */
  secret?: string;
  /** `replaced`: it still opens, until `expires_at`. */
  status: "enabled" | "replaced" | "expired" | "revoked" | Other;
}

/** One request to this API, and how it ended. */
export interface ApiRequest {
  created_at: string;
  /** Of a problem. */
  error_code: string | null;
  /** What the answer said in `X-Request-Id`. */
  id: string;
  /** The key that asked. */
  key_id: string;
  livemode: boolean;
  method: string;
  object: "request";
  /** Without what stood behind a `?`; `{id}` where something else than an id stood. */
  path: string;
  status: number;
  took_ms: number;
}

/** An account of the merchant's book. */
export interface Balance {
  /** `provider:conn_…` is what the provider still owes you. */
  account: string;
  /** Debits less credits, in minor units. */
  balance: number;
  credits: number;
  currency: string;
  debits: number;
  livemode: boolean;
  object: "balance";
}

/** A merchant's account at a provider. */
export interface Connection {
  amount_max: number | null;
  /** A limit of this connection, in minor units. */
  amount_min: number | null;
  created_at: string;
  /** What the account was switched on for. */
  features: string[];
  flows: Array<"script" | "redirect" | "upi_intent" | Other>;
  id: string;
  /** The end of the provider's key. No secret is ever shown. */
  key_hint: string;
  label: string;
  livemode: boolean;
  methods: Array<"card" | "upi" | "netbanking" | "wallet" | "emi" | "pay_later" | "bank_transfer" | "other" | Other>;
  object: "connection";
  provider: string;
  /** How long a payer has. */
  session_secs: number;
  status: "enabled" | "disabled" | Other;
  /** What the provider said when it was last tested. */
  test_result: string | null;
  tested_at: string | null;
  updated_at: string;
  webhook_secret_set: boolean;
  /** Where the provider sends its webhooks: paste it there. */
  webhook_url: string;
  /** How the provider's messages are doing. */
  webhooks: {
    /** When the last good one came. */
    last_at: string | null;
    /** Payments in a row of which no message told. */
    missed_in_a_row: number;
    refused_in_a_row: number;
    /** `silent`: money came, and no message told of it. `refused`: messages came that prove nothing. */
    status: "nothing_yet" | "well" | "unsteady" | "silent" | "refused" | Other;
  };
}

/** What a provider says stands on an account. */
export interface ConnectionBalance {
  /** When the provider counted, where it says so. */
  as_of: string | null;
  /** In minor units. */
  balances: Array<{
    /** What can be refunded from or paid out, where it is said. */
    available: number | null;
    currency: string;
    /** Below nought: overdrawn. */
    total: number;
    /** What the provider holds back, where it is said. */
    withheld: number | null;
  }>;
  connection_id: string;
  livemode: boolean;
  object: "connection_balance";
  provider: string;
}

/** What a connection can be paid with. */
export interface ConnectionMethods {
  connection_id: string;
  /** Instalment plans; those that fit the amount, where it was sent. */
  emi: Array<{
    amount_min: number;
    bank: string;
    /** The total less the amount. */
    interest_amount: number | null;
    /** Rounded half up to a minor unit; the bank's schedule decides. */
    monthly_amount: number | null;
    months: number;
    /** Hundredths of a percent a year. */
    rate_bps: number;
    /** Months times the monthly amount. */
    total_amount: number | null;
  }>;
  /** Otherwise it is what the provider generally offers. */
  listed_by_provider: boolean;
  livemode: boolean;
  methods: Array<{
    /** Banks or wallets to choose from. */
    banks: Array<{
      /** The provider's own. */
      code: string;
      /** For companies' accounts. `null` where the provider does not say. */
      corporate: boolean | null;
      name: string;
    }>;
    method: "card" | "upi" | "netbanking" | "wallet" | "emi" | "pay_later" | "bank_transfer" | "other" | Other;
  }>;
  object: "connection_methods";
}

/** A payer that a merchant knows. */
export interface Customer {
  created_at: string;
  /** Their personal data was erased. */
  deleted: boolean;
  email: string | null;
  id: string;
  livemode: boolean;
  metadata: Record<string, string>;
  name: string | null;
  object: "customer";
  phone: string | null;
  updated_at: string;
}

/** That it is gone. */
export interface DeletedEndpoint {
  deleted: boolean;
  id: string;
  object: "endpoint";
}

/** It is charged no more. */
export interface DeletedSavedMethod {
  deleted: boolean;
  id: string;
  object: "saved_method";
}

/** One event on its way to one endpoint. */
export interface Delivery {
  attempts: number;
  created_at: string;
  done_at: string | null;
  endpoint_id: string;
  event_id: string;
  event_type: "order.created" | "order.attempted" | "order.paid" | "order.expired" | "order.cancelled" | "payment.created" | "payment.pending" | "payment.try_failed" | "payment.authorized" | "payment.captured" | "payment.suspended" | "payment.failed" | "payment.expired" | "payment.cancelled" | "payment.in_doubt" | "payment.doubt_resolved" | "payment.doubt_escalated" | "refund.requested" | "refund.processing" | "refund.processed" | "refund.failed" | "discrepancy.opened" | "connection.webhooks_silent" | "connection.webhooks_refused" | "connection.webhooks_recovered" | "endpoint.disabled" | "endpoint.test" | Other;
  id: string;
  last_response_status: number | null;
  livemode: boolean;
  next_attempt_at: string | null;
  object: "delivery";
  /** `exhausted`: its schedule has ended. `disabled`: its endpoint was. */
  status: "scheduled" | "delivered" | "exhausted" | "disabled" | Other;
}

/** A delivery, and what was said at each try. */
export interface DeliveryWithTries {
  attempts: number;
  created_at: string;
  done_at: string | null;
  endpoint_id: string;
  event_id: string;
  event_type: "order.created" | "order.attempted" | "order.paid" | "order.expired" | "order.cancelled" | "payment.created" | "payment.pending" | "payment.try_failed" | "payment.authorized" | "payment.captured" | "payment.suspended" | "payment.failed" | "payment.expired" | "payment.cancelled" | "payment.in_doubt" | "payment.doubt_resolved" | "payment.doubt_escalated" | "refund.requested" | "refund.processing" | "refund.processed" | "refund.failed" | "discrepancy.opened" | "connection.webhooks_silent" | "connection.webhooks_refused" | "connection.webhooks_recovered" | "endpoint.disabled" | "endpoint.test" | Other;
  id: string;
  last_response_status: number | null;
  livemode: boolean;
  next_attempt_at: string | null;
  object: "delivery";
  /** What was sent each time: its first 16,384 characters. */
  request_body: string;
  /** `exhausted`: its schedule has ended. `disabled`: its endpoint was. */
  status: "scheduled" | "delivered" | "exhausted" | "disabled" | Other;
  tries: Array<{
    at: string;
    attempt: number;
    /** Why there was no answer. */
    error: string | null;
    /** `null`: nothing was sent. */
    request: {
      /** Without the signature. */
      headers: Record<string, unknown>;
      method: "POST";
      url: string;
    } | null;
    /** Its first kilobyte, without what it echoed of your keys. */
    response_body: string | null;
    response_status: number | null;
    took_ms: number;
  }>;
}

/** Money or words that do not agree, for a person to look at. */
export interface Discrepancy {
  amount: number | null;
  connection_id: string;
  currency: string | null;
  detail: string;
  id: string;
  /** What does not agree. */
  kind: string;
  livemode: boolean;
  object: "discrepancy";
  opened_at: string;
  order_id: string | null;
  payment_id: string | null;
  status: "open" | "resolved" | Other;
  subject: string;
}

/** Where a merchant hears of events. */
export interface Endpoint {
  created_at: string;
  description: string | null;
  disabled_reason: string | null;
  /** Types of events; `*` for all of them. */
  events: string[];
  /** Since when nothing has arrived there. */
  failing_since: string | null;
  /** Tries that failed since. */
  failures: number;
  id: string;
  livemode: boolean;
  object: "endpoint";
  ordered: boolean;
  /** Until then the key before this one signs as well. */
  previous_key_until: string | null;
  /** `whpk_…`: verifies what `ed25519` signed. */
  public_key: string | null;
  rate_per_sec: number | null;
  retries: "standard" | "first_five" | Other | number[];
  signature: "hmac" | "ed25519" | Other;
  status: "enabled" | "disabled" | Other;
  url: string;
  /** The shape of what it is told. */
  version: "2026-08-01" | "2026-11-01" | Other;
}

/** An endpoint with its new secret, if it has one. */
export interface EndpointWithSecret {
  created_at: string;
  description: string | null;
  disabled_reason: string | null;
  /** Types of events; `*` for all of them. */
  events: string[];
  /** Since when nothing has arrived there. */
  failing_since: string | null;
  /** Tries that failed since. */
  failures: number;
  id: string;
  livemode: boolean;
  object: "endpoint";
  ordered: boolean;
  /** Until then the key before this one signs as well. */
  previous_key_until: string | null;
  /** `whpk_…`: verifies what `ed25519` signed. */
  public_key: string | null;
  rate_per_sec: number | null;
  retries: "standard" | "first_five" | Other | number[];
  /** Verifies what arrives. Shown this once, and with `ed25519` not at all. */
  secret?: string;
  signature: "hmac" | "ed25519" | Other;
  status: "enabled" | "disabled" | Other;
  url: string;
  /** The shape of what it is told. */
  version: "2026-08-01" | "2026-11-01" | Other;
}

/** A fact. */
export interface Event {
  created_at: string;
  data: {
    /** The object as it was then. */
    object: Order | Payment | Refund | Endpoint | Discrepancy | Connection;
  };
  /** With `expand[]=deliveries`: what became of it on its way to each endpoint. */
  deliveries?: {
    /** Newest first. */
    data: Delivery[];
    /** Whether there are more in this direction. */
    has_more: boolean;
    /** Pass it as starting_after for the older page. */
    next: string | null;
    object: "list";
  };
  id: string;
  livemode: boolean;
  object: "event";
  object_id: string;
  /** Counts the events of one object from 1 without a gap. */
  seq: number;
  /** New types may come in time: ignore those you don't know. */
  type: "order.created" | "order.attempted" | "order.paid" | "order.expired" | "order.cancelled" | "payment.created" | "payment.pending" | "payment.try_failed" | "payment.authorized" | "payment.captured" | "payment.suspended" | "payment.failed" | "payment.expired" | "payment.cancelled" | "payment.in_doubt" | "payment.doubt_resolved" | "payment.doubt_escalated" | "refund.requested" | "refund.processing" | "refund.processed" | "refund.failed" | "discrepancy.opened" | "connection.webhooks_silent" | "connection.webhooks_refused" | "connection.webhooks_recovered" | "endpoint.disabled" | "endpoint.test" | Other;
}

/** One request to a provider, and its answer. */
export interface Exchange {
  connection_id: string;
  created_at: string;
  id: string;
  livemode: boolean;
  object: "exchange";
  /** The payment or refund that it is about. */
  object_id: string;
  /** `answered`, or why not. */
  outcome: string;
  purpose: string;
  /** Method and address. */
  request: string;
  /** `null`: there was no answer. */
  response_status: number | null;
  took_ms: number;
}

/** A connection of the platform's, offered to a merchant. */
export interface Fallback {
  accepted_at: string | null;
  /** The platform's. */
  connection_id: string;
  ended_at: string | null;
  ended_by: "platform" | "merchant" | Other | null;
  id: string;
  livemode: boolean;
  /** To whom it is offered. */
  merchant_id: string;
  object: "fallback";
  offered_at: string;
  status: "offered" | "accepted" | "ended" | Other;
}

/** How a merchant's jobs stand. */
export interface JobsStatus {
  /** By the process that answers, since it started. */
  completed: number;
  /** Given up. */
  failed: number;
  livemode: boolean;
  object: "jobs_status";
  /** Not begun. What is due later counts. */
  pending: number;
  processing: number;
  /** `behind`: something has been due for ten seconds, and nobody took it. */
  worker_status: "idle" | "working" | "behind" | Other;
}

/** What is owed. */
export interface Order {
  /** What is owed, in minor units. */
  amount: number;
  /** 0 once it is paid. */
  amount_due: number;
  /** Less than `amount` where you captured a part of what was held. */
  amount_paid: number;
  capture: "automatic" | "manual" | Other;
  /** The payer's page. Whoever has the link may pay. */
  checkout_url: string;
  created_at: string;
  currency: string;
  customer: {
    email: string | null;
    name: string | null;
    phone: string | null;
  };
  customer_id: string | null;
  description: string | null;
  /** What the payer might be charged above `amount`, should every payment that is open or in doubt succeed. What comes twice goes back by itself. */
  double_charge_exposure: number;
  expires_at: string | null;
  id: string;
  /** Whether it is of live mode. */
  livemode: boolean;
  metadata: Record<string, string>;
  object: "order";
  offer_saved_methods: boolean;
  /** With `expand[]=payments`: its newest payments. */
  payments?: {
    /** Newest first. */
    data: Payment[];
    /** Whether there are more in this direction. */
    has_more: boolean;
    /** Pass it as starting_after for the older page. */
    next: string | null;
    object: "list";
  };
  receipt: string | null;
  return_url: string | null;
  /** `attempted`: a payment was begun. `paid` is for ever. */
  status: "created" | "attempted" | "paid" | "expired" | "cancelled" | Other;
  updated_at: string;
}

/** One engagement of one connection. */
export interface Payment {
  /** The payment of the same order that it follows. */
  after: string | null;
  /** What was asked for, in minor units. */
  amount: number;
  /** What the bank holds and you can still take. */
  amount_capturable: number;
  /** What moved. Less than `amount` where you captured a part. */
  amount_captured: number;
  /** What went back. */
  amount_refunded: number;
  /** How much you last asked to take of what is held. */
  amount_to_capture: number | null;
  /** With `expand[]=connection`, where it is your own. */
  connection?: Connection;
  connection_id: string;
  created_at: string;
  currency: string;
  expires_at: string;
  /** Why it is over without money. */
  failure: {
    /** For the payer. */
    advice: string;
    message: string;
    reason: "insufficient_funds" | "authentication_failed" | "user_cancelled" | "bank_down" | "limit_exceeded" | "declined_by_bank" | "instrument_invalid" | "instrument_expired" | "instrument_blocked" | "not_enabled" | "risk_refused" | "timed_out" | "provider_error" | "provider_refused" | "unrecognised" | Other;
  } | null;
  /** `saved`: a saved method was charged. */
  flow: "script" | "redirect" | "upi_intent" | "saved" | Other;
  id: string;
  in_doubt_since: string | null;
  livemode: boolean;
  method: "card" | "upi" | "netbanking" | "wallet" | "emi" | "pay_later" | "bank_transfer" | "other" | Other | null;
  /** When we ask the provider again. */
  next_check_at: string | null;
  /** What your page does now, while the payment is `pending`. */
  next_step: unknown;
  object: "payment";
  /** With `expand[]=order`. */
  order?: Order;
  order_id: string;
  /** What the provider knows it by. */
  our_ref: string;
  /** `unknown` while the result of a call to the provider is not known. */
  outcome: "known" | "unknown" | Other;
  /** The provider's own id of it. */
  provider_order: string | null;
  /** With `expand[]=refunds`: its newest refunds. */
  refunds?: {
    /** Newest first. */
    data: Refund[];
    /** Whether there are more in this direction. */
    has_more: boolean;
    /** Pass it as starting_after for the older page. */
    next: string | null;
    object: "list";
  };
  status: "created" | "pending" | "authorized" | "captured" | "failed" | "expired" | "cancelled" | "partially_refunded" | "refunded" | Other;
  /** What the payer tried inside it. A failed try does not end a payment. */
  tries: Array<{
    /** RRN, UTR or the bank's own number. */
    bank_ref: string | null;
    created_at: string;
    /** Why it failed. */
    failure: {
      /** For people. */
      message: string;
      /** For programs. */
      reason: "insufficient_funds" | "authentication_failed" | "user_cancelled" | "bank_down" | "limit_exceeded" | "declined_by_bank" | "instrument_invalid" | "instrument_expired" | "instrument_blocked" | "not_enabled" | "risk_refused" | "timed_out" | "provider_error" | "provider_refused" | "unrecognised" | Other;
    } | null;
    /** Masked. */
    instrument: string | null;
    method: "card" | "upi" | "netbanking" | "wallet" | "emi" | "pay_later" | "bank_transfer" | "other" | Other | null;
    /** The provider's own id of it. */
    provider_payment: string;
    /** The provider's fee as it said so, tax included; the settlement decides. */
    quoted_fee: number | null;
    /** The tax within that fee. */
    quoted_tax: number | null;
    status: "started" | "authorized" | "captured" | "released" | "failed" | Other;
  }>;
  updated_at: string;
  /** Whose connection it is: your own, or the platform's, which then owes you the money. */
  via: "own" | "platform" | Other;
}

/** A refusal (RFC 9457). */
export interface Problem {
  /** Stable: program against it. All of them stand at /docs/errors. */
  code: string;
  /** The same as type. */
  doc_url?: string;
  /** For people. It never repeats what was sent. */
  message: string;
  /** The field, parameter or header that is at fault. */
  param?: string | null;
  /** Quote it when you report something. It finds the log line. */
  request_id?: string;
  /** The same request, with the same Idempotency-Key, may succeed later. */
  retryable: boolean;
  /** The HTTP status. */
  status: number;
  /** The status in words. */
  title: string;
  /** Where the code is explained, on this server. */
  type: string;
}

/** Money given back, in whole or in part. */
export interface Refund {
  amount: number;
  /** The bank's own number, for the payer to look for. */
  bank_ref: string | null;
  /** With `expand[]=connection`, where it is your own. */
  connection?: Connection;
  created_at: string;
  currency: string;
  /** Why it failed. */
  failure: {
    /** For people. */
    message: string;
    /** For programs. */
    reason: "insufficient_funds" | "authentication_failed" | "user_cancelled" | "bank_down" | "limit_exceeded" | "declined_by_bank" | "instrument_invalid" | "instrument_expired" | "instrument_blocked" | "not_enabled" | "risk_refused" | "timed_out" | "provider_error" | "provider_refused" | "unrecognised" | Other;
  } | null;
  id: string;
  in_doubt_since: string | null;
  livemode: boolean;
  metadata: Record<string, string>;
  next_check_at: string | null;
  note: string | null;
  object: "refund";
  /** With `expand[]=order`. */
  order?: Order;
  order_id: string;
  /** `provider`: made in the provider's own dashboard. */
  origin: "ours" | "provider" | Other;
  our_ref: string;
  /** As of payments. */
  outcome: "known" | "unknown" | Other;
  /** With `expand[]=payment`. */
  payment?: Payment;
  payment_id: string;
  provider_refund: string | null;
  reason: string | null;
  status: "requested" | "processing" | "processed" | "failed" | Other;
  updated_at: string;
}

/** Events of a stretch of time, sent to an endpoint again. */
export interface Replay {
  created_at: string;
  done_at: string | null;
  endpoint_id: string;
  /** Deliveries so far. */
  enqueued: number;
  id: string;
  livemode: boolean;
  object: "replay";
  since: string;
  /** `stopped`: the endpoint was disabled. */
  status: "running" | "done" | "stopped" | Other;
  /** `*`: all that the endpoint wants. */
  types: string[];
  until: string;
}

/** An event that is sent again. */
export interface Resend {
  asked_by: string;
  created_at: string;
  /** To so many endpoints. */
  deliveries: number;
  event_id: string;
  id: string;
  livemode: boolean;
  object: "resend";
}

/** A merchant's routing rules. */
export interface Routing {
  livemode: boolean;
  object: "routing";
  rules: Array<{
    name: string;
    to: Array<{
      connection: string;
      /** Among the others; 0 is a last resort. 1 when left out. */
      weight?: number;
    }>;
    /** Everything, when left out. */
    when?: {
      amount_max?: number | null;
      /** In minor units, this one included. */
      amount_min?: number | null;
      currency?: Currency | null;
      /** Of the merchant's own week. */
      days?: Array<"mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun" | Other>;
      /** On the merchant's own clock; with `to`. Past midnight if later than it. */
      from?: string | null;
      /** As far as the method is known before the payer chose. */
      methods?: Array<"card" | "upi" | "netbanking" | "wallet" | "emi" | "pay_later" | "bank_transfer" | "other" | Other>;
      to?: string | null;
    };
  }>;
  updated_at: string | null;
  /** Counts the changes. */
  version: number;
}

/** Whether the platform's account is a merchant's last resort. */
export interface RoutingFallback {
  accepted_at: string | null;
  livemode: boolean;
  object: "routing_fallback";
  offered_at: string | null;
  /** Payments fall back where it is `accepted`. */
  status: "none" | "offered" | "accepted" | Other;
}

/** What you decided about payments beside others. */
export interface RoutingPolicy {
  late_success: "refund_later" | "accept_and_void_other" | Other;
  livemode: boolean;
  object: "routing_policy";
  updated_at: string | null;
  /** Counts the changes; 0 while your default counts. */
  version: number;
}

/** What would happen to a payment now. */
export interface RoutingPreview {
  object: "routing_preview";
  passed_over: Array<{
    connection: string;
    label: string;
    provider: string;
    reason: "disabled" | "currency_not_offered" | "amount_outside_limits" | "flow_not_offered" | "down" | "recovering" | Other;
    /** When one that is down is tried again. */
    until: string | null;
    /** `platform`: the last resort, which is not yours. */
    via: "own" | "platform" | Other;
  }>;
  /** The one that decides. */
  rule: {
    name: string;
    /** From 0. */
    position: number;
  } | null;
  /** In the order in which they would be asked, each only where the one before surely did nothing. Of your own, three are asked at most; the platform's account comes last, and where all of your own were asked. */
  tries: Array<{
    connection: string;
    label: string;
    provider: string;
    /** `platform`: the last resort, which is not yours. */
    via: "own" | "platform" | Other;
  }>;
}

/** What a provider keeps for a customer. */
export interface SavedMethod {
  /** Where it is kept, and the only one that can charge it. */
  connection_id: string;
  /** What the payer agreed to, and when. */
  consent: {
    given_at: string;
    /** Of the text. */
    version: string;
  };
  created_at: string;
  customer_id: string;
  default: boolean;
  expiry_month: number | null;
  expiry_year: number | null;
  /** Send it as a payment's `method` to charge it. */
  id: string;
  /** Masked, where it is no card. */
  label: string | null;
  last4: string | null;
  livemode: boolean;
  method: "card" | "upi" | "netbanking" | "wallet" | "emi" | "pay_later" | "bank_transfer" | "other" | Other;
  network: string | null;
  object: "saved_method";
  /** `gone`: the provider no longer knows it. */
  status: "active" | "forgetting" | "deleted" | "gone" | Other;
}

/** A reading of a provider's own lists over a connection. */
export interface Sweep {
  /** That were news: money found, a payment moved. */
  applied: number;
  cause: "schedule" | "asked" | Other;
  connection_id: string;
  created_at: string;
  ended_at: string | null;
  /** What the provider's last failure was, while it is asked again or given up. */
  error: string | null;
  /** Of the provider's time, this moment included. */
  from: string;
  id: string;
  /** Payments and refunds on them. */
  items: number;
  livemode: boolean;
  object: "sweep";
  /** Read so far. */
  pages: number;
  /** That belong to nobody here: another shop on the same account, perhaps. */
  parked: number;
  /** That named one of your payments and something that is not its own. */
  questioned: number;
  status: "running" | "done" | "failed" | Other;
  /** And up to this one. */
  to: string;
}

/** What the payers of a test key do. */
export interface TestSettings {
  clock_ms: number | null;
  delay_ms: number | null;
  livemode: boolean;
  method: "upi" | "card" | "netbanking" | "wallet" | Other | null;
  object: "test_settings";
  outcome: "pay" | "authorize" | "decline" | "insufficient_funds" | "leave" | "silent" | "doubt" | "random" | Other | null;
  seed: number | null;
}

export interface ListConnectionsQuery {
  /** Made later. */
  "created[gt]"?: string;
  /** Made at this time or later: RFC 3339, or Unix seconds. */
  "created[gte]"?: string;
  /** Made earlier. */
  "created[lt]"?: string;
  /** Made at this time or earlier. */
  "created[lte]"?: string;
  /** The newer page: the first id of the one before. */
  ending_before?: string;
  /** How many on a page. */
  limit?: number;
  /** The older page: the `next` of the one before. */
  starting_after?: string;
}

export interface CreateConnectionBody {
  /** The largest. */
  amount_max?: number | null;
  /** The smallest payment, in minor units. */
  amount_min?: number | null;
  /** By the names that `docs/api.md` lists for each provider. Never shown again. */
  credentials: Record<string, string>;
  /** What the account was switched on for at the provider. */
  features?: Array<"upi_intent" | "saved_methods"> | null;
  /** Ways to pay, of those that the provider offers. */
  flows?: Array<"script" | "redirect" | "upi_intent"> | null;
  /** `Main`, when left out. */
  label?: string | null;
  provider: "razorpay" | "hdfc" | "paypal" | "paytm" | "phonepe" | "cashfree";
  /** How long a payer has. */
  session_secs?: number | null;
  /** Signs the provider's webhooks, where it has one. Changed, the one before verifies for two more days. */
  webhook_secret?: string | null;
}

export interface UpdateConnectionBody {
  /** The largest. */
  amount_max?: number | null;
  /** The smallest payment, in minor units. */
  amount_min?: number | null;
  /** All of them, of the same account. The provider has to accept them first. */
  credentials?: Record<string, string> | null;
  /** What the account was switched on for at the provider. */
  features?: Array<"upi_intent" | "saved_methods"> | null;
  /** Ways to pay, of those that the provider offers. */
  flows?: Array<"script" | "redirect" | "upi_intent"> | null;
  label?: string | null;
  /** How long a payer has. */
  session_secs?: number | null;
  /** `disabled`: it begins no payments. */
  status?: "enabled" | "disabled" | null;
  /** Signs the provider's webhooks, where it has one. Changed, the one before verifies for two more days. */
  webhook_secret?: string | null;
}

export interface ListConnectionMethodsQuery {
  /** Instalments of so much, in minor units. */
  amount?: number | string;
  /** Of the amount. INR, when left out. */
  currency?: Currency;
}

export interface SweepConnectionBody {
  /** How far back at least. As far as was never read, unless said. */
  days?: number | null;
}

export interface ListCustomersQuery {
  /** Made later. */
  "created[gt]"?: string;
  /** Made at this time or later: RFC 3339, or Unix seconds. */
  "created[gte]"?: string;
  /** Made earlier. */
  "created[lt]"?: string;
  /** Made at this time or earlier. */
  "created[lte]"?: string;
  /** Only with this address. */
  email?: string;
  /** The newer page: the first id of the one before. */
  ending_before?: string;
  /** How many on a page. */
  limit?: number;
  /** Only with this number. */
  phone?: string;
  /** The older page: the `next` of the one before. */
  starting_after?: string;
}

export interface CreateCustomerBody {
  email?: string | null;
  /** Pairs of text of your own. */
  metadata?: Record<string, string> | null;
  name?: string | null;
  /** A plus, the country code and digits. */
  phone?: string | null;
}

export interface UpdateCustomerBody {
  email?: string | null;
  /** All of it anew. */
  metadata?: Record<string, string> | null;
  /** `null` takes it away. */
  name?: string | null;
  phone?: string | null;
}

export interface ListEndpointsQuery {
  /** Made later. */
  "created[gt]"?: string;
  /** Made at this time or later: RFC 3339, or Unix seconds. */
  "created[gte]"?: string;
  /** Made earlier. */
  "created[lt]"?: string;
  /** Made at this time or earlier. */
  "created[lte]"?: string;
  /** The newer page: the first id of the one before. */
  ending_before?: string;
  /** How many on a page. */
  limit?: number;
  /** The older page: the `next` of the one before. */
  starting_after?: string;
}

export interface CreateEndpointBody {
  description?: string | null;
  /** Types of events, or `["*"]` for all of them. */
  events?: Array<"order.created" | "order.attempted" | "order.paid" | "order.expired" | "order.cancelled" | "payment.created" | "payment.pending" | "payment.try_failed" | "payment.authorized" | "payment.captured" | "payment.suspended" | "payment.failed" | "payment.expired" | "payment.cancelled" | "payment.in_doubt" | "payment.doubt_resolved" | "payment.doubt_escalated" | "refund.requested" | "refund.processing" | "refund.processed" | "refund.failed" | "discrepancy.opened" | "connection.webhooks_silent" | "connection.webhooks_refused" | "connection.webhooks_recovered" | "endpoint.disabled" | "endpoint.test"> | "*"[] | null;
  /** An event waits while an earlier one of the same object is undelivered. */
  ordered?: boolean | null;
  /** Deliveries per second, at most. `null`: as quickly as it answers. */
  rate_per_sec?: number | null;
  /** `standard`: for five days. `first_five`: so many tries. Or the gaps between them, in seconds. */
  retries?: "standard" | "first_five" | number[] | null;
  /** `hmac`: with a secret. `ed25519`: with a private key of ours, verified by its `public_key`. */
  signature?: "hmac" | "ed25519" | null;
  /** A public https address; in test mode also one that the server's operator allows. */
  url: string;
  /** The shape of what it is told, by its date. As this key has it, unless said. */
  version?: "2026-08-01" | "2026-11-01" | null;
}

export interface UpdateEndpointBody {
  description?: string | null;
  /** Types of events, or `["*"]` for all of them. */
  events?: Array<"order.created" | "order.attempted" | "order.paid" | "order.expired" | "order.cancelled" | "payment.created" | "payment.pending" | "payment.try_failed" | "payment.authorized" | "payment.captured" | "payment.suspended" | "payment.failed" | "payment.expired" | "payment.cancelled" | "payment.in_doubt" | "payment.doubt_resolved" | "payment.doubt_escalated" | "refund.requested" | "refund.processing" | "refund.processed" | "refund.failed" | "discrepancy.opened" | "connection.webhooks_silent" | "connection.webhooks_refused" | "connection.webhooks_recovered" | "endpoint.disabled" | "endpoint.test"> | "*"[] | null;
  /** An event waits while an earlier one of the same object is undelivered. */
  ordered?: boolean | null;
  /** Deliveries per second, at most. `null`: as quickly as it answers. */
  rate_per_sec?: number | null;
  /** `standard`: for five days. `first_five`: so many tries. Or the gaps between them, in seconds. */
  retries?: "standard" | "first_five" | number[] | null;
  status?: "enabled" | "disabled" | null;
  /** A public https address; in test mode also one that the server's operator allows. */
  url?: string | null;
  /** The shape of what it is told, by its date. As this key has it, unless said. */
  version?: "2026-08-01" | "2026-11-01" | null;
}

export interface ListDeliveriesQuery {
  /** Made later. */
  "created[gt]"?: string;
  /** Made at this time or later: RFC 3339, or Unix seconds. */
  "created[gte]"?: string;
  /** Made earlier. */
  "created[lt]"?: string;
  /** Made at this time or earlier. */
  "created[lte]"?: string;
  /** The newer page: the first id of the one before. */
  ending_before?: string;
  /** How many on a page. */
  limit?: number;
  /** The older page: the `next` of the one before. */
  starting_after?: string;
  /** Only deliveries in this state. */
  status?: "scheduled" | "delivered" | "exhausted" | "disabled";
}

export interface ReplayEndpointBody {
  /** Events of this moment and later. */
  since: string;
  /** Of what the endpoint wants, these alone. */
  types?: Array<"order.created" | "order.attempted" | "order.paid" | "order.expired" | "order.cancelled" | "payment.created" | "payment.pending" | "payment.try_failed" | "payment.authorized" | "payment.captured" | "payment.suspended" | "payment.failed" | "payment.expired" | "payment.cancelled" | "payment.in_doubt" | "payment.doubt_resolved" | "payment.doubt_escalated" | "refund.requested" | "refund.processing" | "refund.processed" | "refund.failed" | "discrepancy.opened" | "connection.webhooks_silent" | "connection.webhooks_refused" | "connection.webhooks_recovered" | "endpoint.disabled" | "endpoint.test"> | "*"[] | null;
  /** Events before this moment. Until now, unless said. */
  until?: string | null;
}

export interface RotateEndpointSecretBody {
  /** To change the kind of signature. As it was, unless said. */
  signature?: "hmac" | "ed25519" | null;
}

export interface ListEventsQuery {
  /** Made later. */
  "created[gt]"?: string;
  /** Made at this time or later: RFC 3339, or Unix seconds. */
  "created[gte]"?: string;
  /** Made earlier. */
  "created[lt]"?: string;
  /** Made at this time or earlier. */
  "created[lte]"?: string;
  /** The newer page: the first id of the one before. */
  ending_before?: string;
  /** Puts what the object names beside the name. It may come several times. */
  "expand[]"?: "deliveries"[];
  /** How many on a page. */
  limit?: number;
  /** Only events of this object. */
  object_id?: string;
  /** The older page: the `next` of the one before. */
  starting_after?: string;
  /** Only events of this type. */
  type?: "order.created" | "order.attempted" | "order.paid" | "order.expired" | "order.cancelled" | "payment.created" | "payment.pending" | "payment.try_failed" | "payment.authorized" | "payment.captured" | "payment.suspended" | "payment.failed" | "payment.expired" | "payment.cancelled" | "payment.in_doubt" | "payment.doubt_resolved" | "payment.doubt_escalated" | "refund.requested" | "refund.processing" | "refund.processed" | "refund.failed" | "discrepancy.opened" | "connection.webhooks_silent" | "connection.webhooks_refused" | "connection.webhooks_recovered" | "endpoint.disabled" | "endpoint.test";
}

export interface GetEventQuery {
  /** Puts what the object names beside the name. It may come several times. */
  "expand[]"?: "deliveries"[];
}

export interface ListExchangesQuery {
  /** Made later. */
  "created[gt]"?: string;
  /** Made at this time or later: RFC 3339, or Unix seconds. */
  "created[gte]"?: string;
  /** Made earlier. */
  "created[lt]"?: string;
  /** Made at this time or earlier. */
  "created[lte]"?: string;
  /** The newer page: the first id of the one before. */
  ending_before?: string;
  /** How many on a page. */
  limit?: number;
  /** Only about this object. */
  object_id?: string;
  /** The older page: the `next` of the one before. */
  starting_after?: string;
}

export interface ListFallbacksQuery {
  /** Made later. */
  "created[gt]"?: string;
  /** Made at this time or later: RFC 3339, or Unix seconds. */
  "created[gte]"?: string;
  /** Made earlier. */
  "created[lt]"?: string;
  /** Made at this time or earlier. */
  "created[lte]"?: string;
  /** The newer page: the first id of the one before. */
  ending_before?: string;
  /** How many on a page. */
  limit?: number;
  /** The older page: the `next` of the one before. */
  starting_after?: string;
}

export interface OfferFallbackBody {
  /** One of yours, of the same mode. */
  connection_id: string;
  /** Who may fall back to it, once it accepts. */
  merchant_id: string;
}

export interface ListKeysQuery {
  /** Made later. */
  "created[gt]"?: string;
  /** Made at this time or later: RFC 3339, or Unix seconds. */
  "created[gte]"?: string;
  /** Made earlier. */
  "created[lt]"?: string;
  /** Made at this time or earlier. */
  "created[lte]"?: string;
  /** The newer page: the first id of the one before. */
  ending_before?: string;
  /** How many on a page. */
  limit?: number;
  /** The older page: the `next` of the one before. */
  starting_after?: string;
}

export interface CreateKeyBody {
  /** RFC 3339. Never, when left out. */
  expires_at?: string | null;
  name: string;
  /** Where it may be used from. Anywhere, when left out. */
  networks?: string[] | null;
  /** What it may do: no more than the key that makes it. All but `connections:write` and `keys:write`, when left out. */
  scopes?: Array<"payments:read" | "payments:write" | "refunds:write" | "connections:read" | "connections:write" | "webhooks:read" | "webhooks:write" | "keys:write" | "books:read" | "exports:read" | "routing:write"> | null;
}

export interface RotateKeyBody {
  /** How long the old one goes on: a day, when left out. */
  overlap_secs?: number | null;
}

export interface ListOrdersQuery {
  /** Only of this amount, in minor units. */
  amount?: number | string;
  /** Of more. */
  "amount[gt]"?: number | string;
  /** Of this amount or more. */
  "amount[gte]"?: number | string;
  /** Of less. */
  "amount[lt]"?: number | string;
  /** Of this amount or less. */
  "amount[lte]"?: number | string;
  /** Made later. */
  "created[gt]"?: string;
  /** Made at this time or later: RFC 3339, or Unix seconds. */
  "created[gte]"?: string;
  /** Made earlier. */
  "created[lt]"?: string;
  /** Made at this time or earlier. */
  "created[lte]"?: string;
  /** Only orders in this currency. */
  currency?: Currency;
  /** The newer page: the first id of the one before. */
  ending_before?: string;
  /** Puts what the object names beside the name. It may come several times. */
  "expand[]"?: Array<"payments" | "payments.connection" | "payments.refunds">;
  /** How many on a page. */
  limit?: number;
  /** Only orders with these pairs of metadata: `metadata[table]=4`. */
  metadata?: Record<string, string>;
  /** Only the one with this number of yours. */
  receipt?: string;
  /** Its id, receipt or payer's e-mail address, or a payment of it by its id or `our_ref`, whole. */
  reference?: string;
  /** The older page: the `next` of the one before. */
  starting_after?: string;
  /** Only orders in this state. */
  status?: "created" | "attempted" | "paid" | "expired" | "cancelled";
}

export interface CreateOrderBody {
  /** What is owed, in minor units: up to 10,000,000,000 major ones. */
  amount: number;
  /** `manual`: the bank holds the money until you capture it. */
  capture?: "automatic" | "manual" | null;
  /** An ISO 4217 code in capitals. */
  currency: Currency;
  /** Who pays. */
  customer?: {
    email?: string | null;
    name?: string | null;
    /** A plus, the country code and digits. */
    phone?: string | null;
  } | null;
  /** Whose order it is. What `customer` leaves out is taken from them. */
  customer_id?: string | null;
  /** What the payer reads. */
  description?: string | null;
  /** RFC 3339, from one minute to one year ahead. Never, when left out. */
  expires_at?: string | null;
  /** Pairs of text of your own. */
  metadata?: Record<string, string> | null;
  /** The payer's page offers what the customer has saved. Whoever has its link can then charge it. */
  offer_saved_methods?: boolean | null;
  /** Your own number. Lists can be narrowed by it. */
  receipt?: string | null;
  /** Where the payer's page leads back to: https, without user name; in test mode also http://localhost. */
  return_url?: string | null;
}

export interface ExportOrdersQuery {
  /** Only of this amount, in minor units. */
  amount?: number | string;
  /** Of more. */
  "amount[gt]"?: number | string;
  /** Of this amount or more. */
  "amount[gte]"?: number | string;
  /** Of less. */
  "amount[lt]"?: number | string;
  /** Of this amount or less. */
  "amount[lte]"?: number | string;
  /** Made later. */
  "created[gt]"?: string;
  /** Made at this time or later: RFC 3339, or Unix seconds. */
  "created[gte]"?: string;
  /** Made earlier. */
  "created[lt]"?: string;
  /** Made at this time or earlier. */
  "created[lte]"?: string;
  /** Only orders in this currency. */
  currency?: Currency;
  /** `xlsx`: a workbook. */
  format: "csv" | "xlsx";
  /** Only orders with these pairs of metadata: `metadata[table]=4`. */
  metadata?: Record<string, string>;
  /** Only the one with this number of yours. */
  receipt?: string;
  /** Its id, receipt or payer's e-mail address, or a payment of it by its id or `our_ref`, whole. */
  reference?: string;
  /** Only orders in this state. */
  status?: "created" | "attempted" | "paid" | "expired" | "cancelled";
}

export interface GetOrderQuery {
  /** Puts what the object names beside the name. It may come several times. */
  "expand[]"?: Array<"payments" | "payments.connection" | "payments.refunds">;
}

export interface ListOrderPaymentsQuery {
  /** Only of this amount, in minor units. */
  amount?: number | string;
  /** Of more. */
  "amount[gt]"?: number | string;
  /** Of this amount or more. */
  "amount[gte]"?: number | string;
  /** Of less. */
  "amount[lt]"?: number | string;
  /** Of this amount or less. */
  "amount[lte]"?: number | string;
  /** Only payments through this connection. */
  connection_id?: string;
  /** Made later. */
  "created[gt]"?: string;
  /** Made at this time or later: RFC 3339, or Unix seconds. */
  "created[gte]"?: string;
  /** Made earlier. */
  "created[lt]"?: string;
  /** Made at this time or earlier. */
  "created[lte]"?: string;
  /** Only payments in this currency. */
  currency?: Currency;
  /** The newer page: the first id of the one before. */
  ending_before?: string;
  /** Puts what the object names beside the name. It may come several times. */
  "expand[]"?: Array<"connection" | "order" | "refunds">;
  /** How many on a page. */
  limit?: number;
  /** Only payments of orders with these pairs of metadata: `metadata[table]=4`. */
  metadata?: Record<string, string>;
  /** How the payer paid. */
  method?: "card" | "upi" | "netbanking" | "wallet" | "emi" | "pay_later" | "bank_transfer" | "other";
  /** Only those in doubt. */
  outcome?: "unknown";
  /** Only payments through connections of this provider. */
  provider?: "razorpay" | "hdfc" | "paypal" | "paytm" | "phonepe" | "cashfree";
  /** A payment's or order's id, `our_ref`, the provider's order or payment, the bank's own number, the order's receipt or its payer's e-mail address, whole. */
  reference?: string;
  /** The older page: the `next` of the one before. */
  starting_after?: string;
  /** Only payments in this state. Refunded ones are `captured`. */
  status?: "created" | "pending" | "authorized" | "captured" | "failed" | "expired" | "cancelled";
}

export interface ListPaymentsQuery {
  /** Only of this amount, in minor units. */
  amount?: number | string;
  /** Of more. */
  "amount[gt]"?: number | string;
  /** Of this amount or more. */
  "amount[gte]"?: number | string;
  /** Of less. */
  "amount[lt]"?: number | string;
  /** Of this amount or less. */
  "amount[lte]"?: number | string;
  /** Only payments through this connection. */
  connection_id?: string;
  /** Made later. */
  "created[gt]"?: string;
  /** Made at this time or later: RFC 3339, or Unix seconds. */
  "created[gte]"?: string;
  /** Made earlier. */
  "created[lt]"?: string;
  /** Made at this time or earlier. */
  "created[lte]"?: string;
  /** Only payments in this currency. */
  currency?: Currency;
  /** The newer page: the first id of the one before. */
  ending_before?: string;
  /** Puts what the object names beside the name. It may come several times. */
  "expand[]"?: Array<"connection" | "order" | "refunds">;
  /** How many on a page. */
  limit?: number;
  /** Only payments of orders with these pairs of metadata: `metadata[table]=4`. */
  metadata?: Record<string, string>;
  /** How the payer paid. */
  method?: "card" | "upi" | "netbanking" | "wallet" | "emi" | "pay_later" | "bank_transfer" | "other";
  /** Only payments of this order. */
  order_id?: string;
  /** Only those in doubt. */
  outcome?: "unknown";
  /** Only payments through connections of this provider. */
  provider?: "razorpay" | "hdfc" | "paypal" | "paytm" | "phonepe" | "cashfree";
  /** A payment's or order's id, `our_ref`, the provider's order or payment, the bank's own number, the order's receipt or its payer's e-mail address, whole. */
  reference?: string;
  /** The older page: the `next` of the one before. */
  starting_after?: string;
  /** Only payments in this state. Refunded ones are `captured`. */
  status?: "created" | "pending" | "authorized" | "captured" | "failed" | "expired" | "cancelled";
}

export interface CreatePaymentBody {
  /** Your routing rules decide, when left out. */
  connection_id?: string | null;
  /** How the payer gets to the provider. The connection's first, when left out. */
  flow?: "script" | "redirect" | "upi_intent" | null;
  /** Routes the payment, if you know it. A saved method's id charges it, at once and with nobody at a screen. */
  method?: unknown;
  order_id: string;
  payer?: {
    /** Kept as evidence. */
    ip?: string | null;
    /** Kept as evidence. */
    user_agent?: string | null;
  } | null;
  /** The payer agreed that what they pay with is saved for the order's customer: the version of your text. */
  save_consent?: string | null;
}

export interface ExportPaymentsQuery {
  /** Only of this amount, in minor units. */
  amount?: number | string;
  /** Of more. */
  "amount[gt]"?: number | string;
  /** Of this amount or more. */
  "amount[gte]"?: number | string;
  /** Of less. */
  "amount[lt]"?: number | string;
  /** Of this amount or less. */
  "amount[lte]"?: number | string;
  /** Only payments through this connection. */
  connection_id?: string;
  /** Made later. */
  "created[gt]"?: string;
  /** Made at this time or later: RFC 3339, or Unix seconds. */
  "created[gte]"?: string;
  /** Made earlier. */
  "created[lt]"?: string;
  /** Made at this time or earlier. */
  "created[lte]"?: string;
  /** Only payments in this currency. */
  currency?: Currency;
  /** `xlsx`: a workbook. */
  format: "csv" | "xlsx";
  /** Only payments of orders with these pairs of metadata: `metadata[table]=4`. */
  metadata?: Record<string, string>;
  /** How the payer paid. */
  method?: "card" | "upi" | "netbanking" | "wallet" | "emi" | "pay_later" | "bank_transfer" | "other";
  /** Only payments of this order. */
  order_id?: string;
  /** Only those in doubt. */
  outcome?: "unknown";
  /** Only payments through connections of this provider. */
  provider?: "razorpay" | "hdfc" | "paypal" | "paytm" | "phonepe" | "cashfree";
  /** A payment's or order's id, `our_ref`, the provider's order or payment, the bank's own number, the order's receipt or its payer's e-mail address, whole. */
  reference?: string;
  /** Only payments in this state. Refunded ones are `captured`. */
  status?: "created" | "pending" | "authorized" | "captured" | "failed" | "expired" | "cancelled";
}

export interface GetPaymentQuery {
  /** Puts what the object names beside the name. It may come several times. */
  "expand[]"?: Array<"connection" | "order" | "refunds">;
}

export interface CapturePaymentBody {
  /** In minor units. All that is held, when left out. */
  amount?: number;
}

export interface ListPaymentRefundsQuery {
  /** Only of this amount, in minor units. */
  amount?: number | string;
  /** Of more. */
  "amount[gt]"?: number | string;
  /** Of this amount or more. */
  "amount[gte]"?: number | string;
  /** Of less. */
  "amount[lt]"?: number | string;
  /** Of this amount or less. */
  "amount[lte]"?: number | string;
  /** Only refunds through this connection. */
  connection_id?: string;
  /** Made later. */
  "created[gt]"?: string;
  /** Made at this time or later: RFC 3339, or Unix seconds. */
  "created[gte]"?: string;
  /** Made earlier. */
  "created[lt]"?: string;
  /** Made at this time or earlier. */
  "created[lte]"?: string;
  /** The newer page: the first id of the one before. */
  ending_before?: string;
  /** Puts what the object names beside the name. It may come several times. */
  "expand[]"?: Array<"connection" | "order" | "payment" | "payment.connection">;
  /** How many on a page. */
  limit?: number;
  /** Only refunds with these pairs of metadata: `metadata[till]=2`. */
  metadata?: Record<string, string>;
  /** Only refunds of this order. */
  order_id?: string;
  /** Only refunds through connections of this provider. */
  provider?: "razorpay" | "hdfc" | "paypal" | "paytm" | "phonepe" | "cashfree";
  /** Only refunds for this reason. */
  reason?: "customer_request" | "dispute" | "damaged" | "not_delivered" | "delayed" | "late_success" | "other";
  /** A refund's id, `our_ref`, the provider's refund or the bank's own number; or the payment's or order's id, or the provider's payment, whole. */
  reference?: string;
  /** The older page: the `next` of the one before. */
  starting_after?: string;
  /** Only refunds in this state. */
  status?: "requested" | "processing" | "processed" | "failed";
}

export interface CreatePaymentRefundBody {
  /** In minor units. All that is left, when left out. */
  amount?: number;
  metadata?: Record<string, string> | null;
  note?: string | null;
  /** `other`, when left out. */
  reason?: "customer_request" | "dispute" | "damaged" | "not_delivered" | "delayed" | "other" | null;
}

export interface RetryPaymentBody {
  /** Your routing rules decide, when left out. */
  connection_id?: string | null;
  /** The same as before, when left out. */
  flow?: "script" | "redirect" | "upi_intent" | null;
  /** Routes the payment, if you know it. */
  method?: "card" | "upi" | "netbanking" | "wallet" | "emi" | "pay_later" | "bank_transfer" | "other" | null;
  payer?: {
    /** Kept as evidence. */
    ip?: string | null;
    /** Kept as evidence. */
    user_agent?: string | null;
  } | null;
}

export interface ListRefundsQuery {
  /** Only of this amount, in minor units. */
  amount?: number | string;
  /** Of more. */
  "amount[gt]"?: number | string;
  /** Of this amount or more. */
  "amount[gte]"?: number | string;
  /** Of less. */
  "amount[lt]"?: number | string;
  /** Of this amount or less. */
  "amount[lte]"?: number | string;
  /** Only refunds through this connection. */
  connection_id?: string;
  /** Made later. */
  "created[gt]"?: string;
  /** Made at this time or later: RFC 3339, or Unix seconds. */
  "created[gte]"?: string;
  /** Made earlier. */
  "created[lt]"?: string;
  /** Made at this time or earlier. */
  "created[lte]"?: string;
  /** The newer page: the first id of the one before. */
  ending_before?: string;
  /** Puts what the object names beside the name. It may come several times. */
  "expand[]"?: Array<"connection" | "order" | "payment" | "payment.connection">;
  /** How many on a page. */
  limit?: number;
  /** Only refunds with these pairs of metadata: `metadata[till]=2`. */
  metadata?: Record<string, string>;
  /** Only refunds of this order. */
  order_id?: string;
  /** Only refunds of this payment. */
  payment_id?: string;
  /** Only refunds through connections of this provider. */
  provider?: "razorpay" | "hdfc" | "paypal" | "paytm" | "phonepe" | "cashfree";
  /** Only refunds for this reason. */
  reason?: "customer_request" | "dispute" | "damaged" | "not_delivered" | "delayed" | "late_success" | "other";
  /** A refund's id, `our_ref`, the provider's refund or the bank's own number; or the payment's or order's id, or the provider's payment, whole. */
  reference?: string;
  /** The older page: the `next` of the one before. */
  starting_after?: string;
  /** Only refunds in this state. */
  status?: "requested" | "processing" | "processed" | "failed";
}

export interface CreateRefundBody {
  /** In minor units. All that is left, when left out. */
  amount?: number;
  metadata?: Record<string, string> | null;
  note?: string | null;
  payment_id: string;
  /** `other`, when left out. */
  reason?: "customer_request" | "dispute" | "damaged" | "not_delivered" | "delayed" | "other" | null;
}

export interface ExportRefundsQuery {
  /** Only of this amount, in minor units. */
  amount?: number | string;
  /** Of more. */
  "amount[gt]"?: number | string;
  /** Of this amount or more. */
  "amount[gte]"?: number | string;
  /** Of less. */
  "amount[lt]"?: number | string;
  /** Of this amount or less. */
  "amount[lte]"?: number | string;
  /** Only refunds through this connection. */
  connection_id?: string;
  /** Made later. */
  "created[gt]"?: string;
  /** Made at this time or later: RFC 3339, or Unix seconds. */
  "created[gte]"?: string;
  /** Made earlier. */
  "created[lt]"?: string;
  /** Made at this time or earlier. */
  "created[lte]"?: string;
  /** `xlsx`: a workbook. */
  format: "csv" | "xlsx";
  /** Only refunds with these pairs of metadata: `metadata[till]=2`. */
  metadata?: Record<string, string>;
  /** Only refunds of this order. */
  order_id?: string;
  /** Only refunds of this payment. */
  payment_id?: string;
  /** Only refunds through connections of this provider. */
  provider?: "razorpay" | "hdfc" | "paypal" | "paytm" | "phonepe" | "cashfree";
  /** Only refunds for this reason. */
  reason?: "customer_request" | "dispute" | "damaged" | "not_delivered" | "delayed" | "late_success" | "other";
  /** A refund's id, `our_ref`, the provider's refund or the bank's own number; or the payment's or order's id, or the provider's payment, whole. */
  reference?: string;
  /** Only refunds in this state. */
  status?: "requested" | "processing" | "processed" | "failed";
}

export interface GetRefundQuery {
  /** Puts what the object names beside the name. It may come several times. */
  "expand[]"?: Array<"connection" | "order" | "payment" | "payment.connection">;
}

export interface ListRequestsQuery {
  /** Made later. */
  "created[gt]"?: string;
  /** Made at this time or later: RFC 3339, or Unix seconds. */
  "created[gte]"?: string;
  /** Made earlier. */
  "created[lt]"?: string;
  /** Made at this time or earlier. */
  "created[lte]"?: string;
  /** The newer page: the first id of the one before. */
  ending_before?: string;
  /** How many on a page. */
  limit?: number;
  /** The older page: the `next` of the one before. */
  starting_after?: string;
}

export interface ListResendsQuery {
  /** Made later. */
  "created[gt]"?: string;
  /** Made at this time or later: RFC 3339, or Unix seconds. */
  "created[gte]"?: string;
  /** Made earlier. */
  "created[lt]"?: string;
  /** Made at this time or earlier. */
  "created[lte]"?: string;
  /** The newer page: the first id of the one before. */
  ending_before?: string;
  /** How many on a page. */
  limit?: number;
  /** The older page: the `next` of the one before. */
  starting_after?: string;
}

export interface SetRoutingBody {
  /** First match first. None takes your connections in their order. */
  rules: Array<{
    name: string;
    to: Array<{
      connection: string;
      /** Among the others; 0 is a last resort. 1 when left out. */
      weight?: number;
    }>;
    /** Everything, when left out. */
    when?: {
      amount_max?: number | null;
      /** In minor units, this one included. */
      amount_min?: number | null;
      currency?: Currency | null;
      /** Of the merchant's own week. */
      days?: Array<"mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun">;
      /** On the merchant's own clock; with `to`. Past midnight if later than it. */
      from?: string | null;
      /** As far as the method is known before the payer chose. */
      methods?: Array<"card" | "upi" | "netbanking" | "wallet" | "emi" | "pay_later" | "bank_transfer" | "other">;
      to?: string | null;
    };
  }>;
}

export interface SetRoutingFallbackBody {
  /** `false` declines the offer, or ends what stands. */
  accepted: boolean;
}

export interface SetRoutingPolicyBody {
  late_success: "refund_later" | "accept_and_void_other";
}

export interface PreviewRoutingQuery {
  /** In minor units. */
  amount: number;
  currency: Currency;
  flow?: "script" | "redirect" | "upi_intent";
  method?: "card" | "upi" | "netbanking" | "wallet" | "emi" | "pay_later" | "bank_transfer" | "other";
}

export interface SetTestSettingsBody {
  /** How far the simulators' clock is moved on afterwards. */
  clock_ms?: number | null;
  /** How long the payer takes. */
  delay_ms?: number | null;
  /** How the payer pays. */
  method?: "upi" | "card" | "netbanking" | "wallet" | null;
  /** What the payer does. `doubt`: the provider takes the payment on and answers nothing. `random`: drawn from the seed and the order's receipt. */
  outcome?: "pay" | "authorize" | "decline" | "insufficient_funds" | "leave" | "silent" | "doubt" | "random" | null;
  /** What `random` is drawn from. */
  seed?: number | null;
}

export class BalancesResource {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** Read your book, by account. All of them on one page. */
  list(options: Read = {}): Listing<Balance> {
    return this.#http.list(`/balances`, undefined, options);
  }
}

export class ConnectionsResource {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** List connections. Newest first. */
  list(query: ListConnectionsQuery = {}, options: Read = {}): Listing<Connection> {
    return this.#http.list(`/connections`, query, options);
  }

  /** Connect an account. The provider is asked whether it accepts the credentials; if not, nothing is kept. Then paste `webhook_url` at the provider. */
  create(body: CreateConnectionBody, options: Write = {}): Promise<Connection> {
    return this.#http.write("POST", `/connections`, body, options);
  }

  /** Read a connection. */
  get(id: string, options: Read = {}): Promise<Connection> {
    return this.#http.read(`/connections/${encodeURIComponent(id)}`, undefined, options);
  }

  /** Change a connection. What is left out stays as it is. Payments under way go on being watched. */
  update(id: string, body: UpdateConnectionBody = {}, options: Write = {}): Promise<Connection> {
    return this.#http.write("PATCH", `/connections/${encodeURIComponent(id)}`, body, options);
  }

  /** Ask a provider what stands on the account. What was collected and not yet paid out, in each currency, told by the provider itself at each call, which may be hours late. Where no document of a provider's confirms such a balance, the answer is `balance_not_offered`. Your own book is `/balances`. */
  getBalance(id: string, options: Read = {}): Promise<ConnectionBalance> {
    return this.#http.read(`/connections/${encodeURIComponent(id)}/balance`, undefined, options);
  }

  /** Read what a connection can be paid with. Banks, wallets and instalment plans, as its provider lists them; kept for a quarter of an hour. Where the provider lists nothing, what it generally offers. */
  listMethods(id: string, options: Read & { query?: ListConnectionMethodsQuery } = {}): Promise<ConnectionMethods> {
    return this.#http.read(`/connections/${encodeURIComponent(id)}/methods`, options.query, options);
  }

  /** Read the provider's own lists. Finds money that no webhook told of and no question found. Done daily by itself. One sweep at a time: asked for again meanwhile, it answers with the one that is under way. What a list lacks is not touched. */
  sweep(id: string, body: SweepConnectionBody = {}, options: Write = {}): Promise<Sweep> {
    return this.#http.write("POST", `/connections/${encodeURIComponent(id)}/sweep`, body, options);
  }

  /** Test a connection. A real call with its credentials; no money moves. What the provider said stands in `test_result`. */
  test(id: string, options: Write = {}): Promise<Connection> {
    return this.#http.write("POST", `/connections/${encodeURIComponent(id)}/test`, {}, options);
  }
}

export class CustomersResource {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** List customers. Newest first. */
  list(query: ListCustomersQuery = {}, options: Read = {}): Listing<Customer> {
    return this.#http.list(`/customers`, query, options);
  }

  /** Create a customer. Name it in orders (`customer_id`), so that what the payer agrees to save is saved for them. */
  create(body: CreateCustomerBody = {}, options: Write = {}): Promise<Customer> {
    return this.#http.write("POST", `/customers`, body, options);
  }

  /** Erase a customer. Name, address, number and metadata go, from their orders and payments too, and providers are told to forget what they keep for them. The id, the orders and the money stay. */
  delete(id: string, options: Write = {}): Promise<Customer> {
    return this.#http.write("DELETE", `/customers/${encodeURIComponent(id)}`, undefined, options);
  }

  /** Read a customer. */
  get(id: string, options: Read = {}): Promise<Customer> {
    return this.#http.read(`/customers/${encodeURIComponent(id)}`, undefined, options);
  }

  /** Change a customer. What is left out stays. Orders keep what they were made with. */
  update(id: string, body: UpdateCustomerBody = {}, options: Write = {}): Promise<Customer> {
    return this.#http.write("POST", `/customers/${encodeURIComponent(id)}`, body, options);
  }

  /** List a customer's saved methods. Those that can be charged, the default one first, on one page. */
  listMethods(id: string, options: Read = {}): Listing<SavedMethod> {
    return this.#http.list(`/customers/${encodeURIComponent(id)}/methods`, undefined, options);
  }
}

export class DeliveriesResource {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** Read a delivery. With what was sent and what came back, try by try. */
  get(id: string, options: Read = {}): Promise<DeliveryWithTries> {
    return this.#http.read(`/deliveries/${encodeURIComponent(id)}`, undefined, options);
  }

  /** Send a delivery again. Whatever became of it. */
  retry(id: string, options: Write = {}): Promise<DeliveryWithTries> {
    return this.#http.write("POST", `/deliveries/${encodeURIComponent(id)}/retry`, {}, options);
  }
}

export class EndpointsResource {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** List endpoints. */
  list(query: ListEndpointsQuery = {}, options: Read = {}): Listing<Endpoint> {
    return this.#http.list(`/endpoints`, query, options);
  }

  /** Register an endpoint. The signing `secret` is in this answer, this once. */
  create(body: CreateEndpointBody, options: Write = {}): Promise<EndpointWithSecret> {
    return this.#http.write("POST", `/endpoints`, body, options);
  }

  /** Delete an endpoint. */
  delete(id: string, options: Write = {}): Promise<DeletedEndpoint> {
    return this.#http.write("DELETE", `/endpoints/${encodeURIComponent(id)}`, undefined, options);
  }

  /** Read an endpoint. */
  get(id: string, options: Read = {}): Promise<Endpoint> {
    return this.#http.read(`/endpoints/${encodeURIComponent(id)}`, undefined, options);
  }

  /** Change an endpoint. What is left out stays as it is. */
  update(id: string, body: UpdateEndpointBody = {}, options: Write = {}): Promise<Endpoint> {
    return this.#http.write("PATCH", `/endpoints/${encodeURIComponent(id)}`, body, options);
  }

  /** List deliveries to an endpoint. Newest first, without their tries. */
  listDeliveries(id: string, query: ListDeliveriesQuery = {}, options: Read = {}): Listing<Delivery> {
    return this.#http.list(`/endpoints/${encodeURIComponent(id)}/deliveries`, query, options);
  }

  /** Send everything of a time again. What the endpoint wants of it, delivered before or not. */
  replay(id: string, body: ReplayEndpointBody, options: Write = {}): Promise<Replay> {
    return this.#http.write("POST", `/endpoints/${encodeURIComponent(id)}/replay`, body, options);
  }

  /** Make a new signing key. A secret is in this answer, this once. For a day the old key signs as well. */
  rotateSecret(id: string, body: RotateEndpointSecretBody = {}, options: Write = {}): Promise<EndpointWithSecret> {
    return this.#http.write("POST", `/endpoints/${encodeURIComponent(id)}/rotate_secret`, body, options);
  }

  /** Send a test event. A real one, signed: `endpoint.test`, to this endpoint and to those that listen to it. */
  test(id: string, options: Write = {}): Promise<Event> {
    return this.#http.write("POST", `/endpoints/${encodeURIComponent(id)}/test`, {}, options);
  }
}

export class EventsResource {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** List events. Ask for what came since the last one you know (`ending_before`), page by page, and none is missed. */
  list(query: ListEventsQuery = {}, options: Read = {}): Listing<Event> {
    return this.#http.list(`/events`, query, options);
  }

  /** Read an event. */
  get(id: string, options: Read & { query?: GetEventQuery } = {}): Promise<Event> {
    return this.#http.read(`/events/${encodeURIComponent(id)}`, options.query, options);
  }

  /** List deliveries of an event. One for each endpoint that it was promised to, on one page. */
  listDeliveries(id: string, options: Read = {}): Listing<Delivery> {
    return this.#http.list(`/events/${encodeURIComponent(id)}/deliveries`, undefined, options);
  }

  /** Send an event again. To every endpoint that it was promised to. */
  resend(id: string, options: Write = {}): Promise<Resend> {
    return this.#http.write("POST", `/events/${encodeURIComponent(id)}/resend`, {}, options);
  }
}

export class ExchangesResource {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** List exchanges with providers. Newest first; with `ending_before`, as they come. */
  list(query: ListExchangesQuery = {}, options: Read = {}): Listing<Exchange> {
    return this.#http.list(`/exchanges`, query, options);
  }
}

export class FallbacksResource {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** List what you offered. For the platform's own merchant. Newest first. */
  list(query: ListFallbacksQuery = {}, options: Read = {}): Listing<Fallback> {
    return this.#http.list(`/fallbacks`, query, options);
  }

  /** Offer a connection to a merchant. For the platform's own merchant, which the operator names. */
  offer(body: OfferFallbackBody, options: Write = {}): Promise<Fallback> {
    return this.#http.write("POST", `/fallbacks`, body, options);
  }

  /** Take an offer back. Accepted or not. No payment begins on it from now on. */
  withdraw(id: string, options: Write = {}): Promise<Fallback> {
    return this.#http.write("POST", `/fallbacks/${encodeURIComponent(id)}/withdraw`, {}, options);
  }
}

export class KeysResource {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** List keys. Newest first. */
  list(query: ListKeysQuery = {}, options: Read = {}): Listing<ApiKey> {
    return this.#http.list(`/keys`, query, options);
  }

  /** Make a key. Its `secret` is in this answer and never again: a repeat of the request has the key without it. */
  create(body: CreateKeyBody, options: Write = {}): Promise<ApiKey> {
    return this.#http.write("POST", `/keys`, body, options);
  }

  /** Read a key. */
  get(id: string, options: Read = {}): Promise<ApiKey> {
    return this.#http.read(`/keys/${encodeURIComponent(id)}`, undefined, options);
  }

  /** Revoke a key. From now on it opens nothing. A key may revoke itself. */
  revoke(id: string, options: Write = {}): Promise<ApiKey> {
    return this.#http.write("POST", `/keys/${encodeURIComponent(id)}/revoke`, {}, options);
  }

  /** Put a new key in a key's place. It may do the same, from the same networks. Both open until the overlap has passed. */
  rotate(id: string, body: RotateKeyBody = {}, options: Write = {}): Promise<ApiKey> {
    return this.#http.write("POST", `/keys/${encodeURIComponent(id)}/rotate`, body, options);
  }
}

export class OrdersResource {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** List orders. Newest first. */
  list(query: ListOrdersQuery = {}, options: Read = {}): Listing<Order> {
    return this.#http.list(`/orders`, query, options);
  }

  /** Create an order. Send the payer to its `checkout_url`, and wait for `order.paid`. */
  create(body: CreateOrderBody, options: Write = {}): Promise<Order> {
    return this.#http.write("POST", `/orders`, body, options);
  }

  /** Export orders. Every order that the list would show with these filters, newest first, as a file. */
  export(query: ExportOrdersQuery, options: Read = {}): Promise<Uint8Array> {
    return this.#http.bytes("GET", `/orders/export`, query, options);
  }

  /** Read an order. */
  get(id: string, options: Read & { query?: GetOrderQuery } = {}): Promise<Order> {
    return this.#http.read(`/orders/${encodeURIComponent(id)}`, options.query, options);
  }

  /** Cancel an order. It can no longer be paid. Money that arrives all the same is recorded and, by the merchant's setting, given back or accepted. */
  cancel(id: string, options: Write = {}): Promise<Order> {
    return this.#http.write("POST", `/orders/${encodeURIComponent(id)}/cancel`, {}, options);
  }

  /** List an order's payments. Every engagement of a connection to collect it. */
  listPayments(id: string, query: ListOrderPaymentsQuery = {}, options: Read = {}): Listing<Payment> {
    return this.#http.list(`/orders/${encodeURIComponent(id)}/payments`, query, options);
  }
}

export class PaymentsResource {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** List payments. Newest first. */
  list(query: ListPaymentsQuery = {}, options: Read = {}): Listing<Payment> {
    return this.#http.list(`/payments`, query, options);
  }

  /** Begin a payment. The checkout page does it; do it yourself when you have a page of your own. `next_step` says what that page does now. A provider that refuses to open it answers with status `failed`. */
  create(body: CreatePaymentBody, options: Write = {}): Promise<Payment> {
    return this.#http.write("POST", `/payments`, body, options);
  }

  /** Export payments. Every payment that the list would show with these filters, newest first, as a file. */
  export(query: ExportPaymentsQuery, options: Read = {}): Promise<Uint8Array> {
    return this.#http.bytes("GET", `/payments/export`, query, options);
  }

  /** Read a payment. */
  get(id: string, options: Read & { query?: GetPaymentQuery } = {}): Promise<Payment> {
    return this.#http.read(`/payments/${encodeURIComponent(id)}`, options.query, options);
  }

  /** Cancel a payment. Lets an open or authorised payment go. Where the provider can be asked to release the hold, it is, at once: until it answers, the outcome is unknown. Elsewhere it releases the hold when its window ends. */
  cancel(id: string, options: Write = {}): Promise<Payment> {
    return this.#http.write("POST", `/payments/${encodeURIComponent(id)}/cancel`, {}, options);
  }

  /** Capture a payment. Takes what the bank holds for an order with `capture` `manual`, once. With an `amount` below that, it takes so much and lets the rest go: the order is then paid, and its `amount_paid` says how much was taken. Not every provider takes a part; docs/providers.md says which. */
  capture(id: string, body: CapturePaymentBody = {}, options: Write = {}): Promise<Payment> {
    return this.#http.write("POST", `/payments/${encodeURIComponent(id)}/capture`, body, options);
  }

  /** Ask the provider now. For a payment whose `outcome` is `unknown`. We ask by ourselves as well. */
  check(id: string, options: Write = {}): Promise<Payment> {
    return this.#http.write("POST", `/payments/${encodeURIComponent(id)}/check`, {}, options);
  }

  /** List a payment's refunds. Those made at the provider's own dashboard included. */
  listRefunds(id: string, query: ListPaymentRefundsQuery = {}, options: Read = {}): Listing<Refund> {
    return this.#http.list(`/payments/${encodeURIComponent(id)}/refunds`, query, options);
  }

  /** Refund a payment. Refunds under way count against what is left, so that two at once never pass it. */
  createRefund(id: string, body: CreatePaymentRefundBody = {}, options: Write = {}): Promise<Refund> {
    return this.#http.write("POST", `/payments/${encodeURIComponent(id)}/refunds`, body, options);
  }

  /** Try a failed payment again. Begins another payment of the same order, whose `after` is this one. For a payment that failed or expired. Tries that failed with the payer are counted: three may follow the first, within 24 hours of it, unless the operator has set other limits. `POST /payments` and the checkout page obey them too. */
  retry(id: string, body: RetryPaymentBody = {}, options: Write = {}): Promise<Payment> {
    return this.#http.write("POST", `/payments/${encodeURIComponent(id)}/retry`, body, options);
  }
}

export class RefundsResource {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** List refunds. Newest first. */
  list(query: ListRefundsQuery = {}, options: Read = {}): Listing<Refund> {
    return this.#http.list(`/refunds`, query, options);
  }

  /** Refund a payment that the body names. Refunds under way count against what is left, so that two at once never pass it. */
  create(body: CreateRefundBody, options: Write = {}): Promise<Refund> {
    return this.#http.write("POST", `/refunds`, body, options);
  }

  /** Export refunds. Every refund that the list would show with these filters, newest first, as a file. */
  export(query: ExportRefundsQuery, options: Read = {}): Promise<Uint8Array> {
    return this.#http.bytes("GET", `/refunds/export`, query, options);
  }

  /** Read a refund. */
  get(id: string, options: Read & { query?: GetRefundQuery } = {}): Promise<Refund> {
    return this.#http.read(`/refunds/${encodeURIComponent(id)}`, options.query, options);
  }

  /** Ask the provider now. For a refund whose `outcome` is `unknown`. */
  check(id: string, options: Write = {}): Promise<Refund> {
    return this.#http.write("POST", `/refunds/${encodeURIComponent(id)}/check`, {}, options);
  }
}

export class ReplaysResource {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** Read how far a replay has come. */
  get(id: string, options: Read = {}): Promise<Replay> {
    return this.#http.read(`/replays/${encodeURIComponent(id)}`, undefined, options);
  }
}

export class RequestsResource {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** List requests. Newest first: the last 200 that the node answered which you ask, from its memory. Nothing outlives a restart, and each of several nodes lists its own. A request with a wrong key is in no list, and neither is what was read here, or by `hundi listen` and `hundi logs tail`. */
  list(query: ListRequestsQuery = {}, options: Read = {}): Listing<ApiRequest> {
    return this.#http.list(`/requests`, query, options);
  }
}

export class ResendsResource {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** List what was sent again. Events, and single deliveries of them. Who reads events by a cursor looks here as well. */
  list(query: ListResendsQuery = {}, options: Read = {}): Listing<Resend> {
    return this.#http.list(`/resends`, query, options);
  }
}

export class RoutingResource {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** Read your routing rules. */
  get(options: Read = {}): Promise<Routing> {
    return this.#http.read(`/routing`, undefined, options);
  }

  /** Replace your routing rules. The whole list at once: doing it twice is doing it once. */
  set(body: SetRoutingBody, options: Write = {}): Promise<Routing> {
    return this.#http.write("PUT", `/routing`, body, options);
  }

  /** Read whether the platform's account stands behind yours. */
  getFallback(options: Read = {}): Promise<RoutingFallback> {
    return this.#http.read(`/routing/fallback`, undefined, options);
  }

  /** Accept the platform's account as a last resort, or end it. Needs the scope `connections:write`: it decides where your money goes. After `false` the platform has to offer anew. */
  setFallback(body: SetRoutingFallbackBody, options: Write = {}): Promise<RoutingFallback> {
    return this.#http.write("PUT", `/routing/fallback`, body, options);
  }

  /** Read your policy. */
  getPolicy(options: Read = {}): Promise<RoutingPolicy> {
    return this.#http.read(`/routing/policy`, undefined, options);
  }

  /** Decide about payments beside others. Counts for orders created from now on. `refund_later`: a payment may begin beside an open one, and what comes second, or for an order that is over, goes back by itself. `accept_and_void_other`: a payment that begins takes the place of the open one, which is called off; money for an order that is over pays it after all; once it is paid, what still stands open is called off and holds are let go. Under either, nothing begins while another payment is in doubt, and what was charged twice goes back. */
  setPolicy(body: SetRoutingPolicyBody, options: Write = {}): Promise<RoutingPolicy> {
    return this.#http.write("PUT", `/routing/policy`, body, options);
  }

  /** See what would happen to a payment now. Nothing is begun. */
  preview(query: PreviewRoutingQuery, options: Read = {}): Promise<RoutingPreview> {
    return this.#http.read(`/routing/preview`, query, options);
  }
}

export class SavedMethodsResource {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** Delete a saved method. It is charged no more from now on, and the provider is told to forget it. */
  delete(id: string, options: Write = {}): Promise<DeletedSavedMethod> {
    return this.#http.write("DELETE", `/saved_methods/${encodeURIComponent(id)}`, undefined, options);
  }

  /** Read a saved method. */
  get(id: string, options: Read = {}): Promise<SavedMethod> {
    return this.#http.read(`/saved_methods/${encodeURIComponent(id)}`, undefined, options);
  }

  /** Make a saved method the default. The payer's page offers it first. */
  setDefaultMethod(id: string, options: Write = {}): Promise<SavedMethod> {
    return this.#http.write("POST", `/saved_methods/${encodeURIComponent(id)}/default`, {}, options);
  }
}

export class SweepsResource {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** Read how far a sweep has come. */
  get(id: string, options: Read = {}): Promise<Sweep> {
    return this.#http.read(`/sweeps/${encodeURIComponent(id)}`, undefined, options);
  }
}

export class TestResource {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** Read how your jobs stand. Wait until nothing is pending that is due, then look. */
  getJobsStatus(options: Read = {}): Promise<JobsStatus> {
    return this.#http.read(`/test/jobs/status`, undefined, options);
  }

  /** Read what this key's payers do. */
  getSettings(options: Read = {}): Promise<TestSettings> {
    return this.#http.read(`/test/settings`, undefined, options);
  }

  /** Say what this key's payers do. With every payment that is begun by API with this key, unless the request's headers say otherwise. `{}` leaves it to them again. */
  setSettings(body: SetTestSettingsBody = {}, options: Write = {}): Promise<TestSettings> {
    return this.#http.write("PUT", `/test/settings`, body, options);
  }
}

/** Every resource of the API. */
export class Resources {
  readonly balances: BalancesResource;
  readonly connections: ConnectionsResource;
  readonly customers: CustomersResource;
  readonly deliveries: DeliveriesResource;
  readonly endpoints: EndpointsResource;
  readonly events: EventsResource;
  readonly exchanges: ExchangesResource;
  readonly fallbacks: FallbacksResource;
  readonly keys: KeysResource;
  readonly orders: OrdersResource;
  readonly payments: PaymentsResource;
  readonly refunds: RefundsResource;
  readonly replays: ReplaysResource;
  readonly requests: RequestsResource;
  readonly resends: ResendsResource;
  readonly routing: RoutingResource;
  readonly savedMethods: SavedMethodsResource;
  readonly sweeps: SweepsResource;
  readonly test: TestResource;

  constructor(http: Http) {
    this.balances = new BalancesResource(http);
    this.connections = new ConnectionsResource(http);
    this.customers = new CustomersResource(http);
    this.deliveries = new DeliveriesResource(http);
    this.endpoints = new EndpointsResource(http);
    this.events = new EventsResource(http);
    this.exchanges = new ExchangesResource(http);
    this.fallbacks = new FallbacksResource(http);
    this.keys = new KeysResource(http);
    this.orders = new OrdersResource(http);
    this.payments = new PaymentsResource(http);
    this.refunds = new RefundsResource(http);
    this.replays = new ReplaysResource(http);
    this.requests = new RequestsResource(http);
    this.resends = new ResendsResource(http);
    this.routing = new RoutingResource(http);
    this.savedMethods = new SavedMethodsResource(http);
    this.sweeps = new SweepsResource(http);
    this.test = new TestResource(http);
  }
}

/** `account_connected_twice`, 409. Use the connection that there is. */
export class AccountConnectedTwiceError extends ApiError {}

/** `address_too_long`, 414. The address is too long. */
export class AddressTooLongError extends ApiError {}

/** `amount_outside_limits`, 422. Change the connection's limits in the console, or the amount. */
export class AmountOutsideLimitsError extends ApiError {}

/** `balance_not_offered`, 422. Read your own book instead: GET /api/v1/balances says what the provider still owes you. */
export class BalanceNotOfferedError extends ApiError {}

/** `body_too_large`, 413. Send less. */
export class BodyTooLargeError extends ApiError {}

/** `body_too_slow`, 408. The body did not arrive in time. */
export class BodyTooSlowError extends ApiError {}

/** `capture_exceeds_held`, 422. Leave `amount` out to take all that is held, or send less. */
export class CaptureExceedsHeldError extends ApiError {}

/** `capture_not_whole`, 422. Leave `amount` out, capture, and refund what is too much. */
export class CaptureNotWholeError extends ApiError {}

/** `connection_disabled`, 422. Enable it in the console, or leave `connection_id` out. */
export class ConnectionDisabledError extends ApiError {}

/** `connection_test_failed`, 422. Check the credentials at the provider. */
export class ConnectionTestFailedError extends ApiError {}

/** `currency_not_offered`, 422. Use a connection of a provider that takes the currency. */
export class CurrencyNotOfferedError extends ApiError {}

/** `encoding_not_supported`, 415. Send the body as it is, without a Content-Encoding. */
export class EncodingNotSupportedError extends ApiError {}

/** `endpoint_address_refused`, 400. Use a public https address without user name; in test mode, one that the server's operator allows (`allow`). To hear of events on your own machine, run `hundi listen`. */
export class EndpointAddressRefusedError extends ApiError {}

/** `endpoint_disabled`, 422. `PATCH` it with `status` `enabled`, then send it again. */
export class EndpointDisabledError extends ApiError {}

/** `fallback_stands`, 409. Withdraw what stands, then offer another connection. */
export class FallbackStandsError extends ApiError {}

/** `idempotency_key_in_flight`, 409. Wait for `Retry-After` and repeat it unchanged: the first one's answer comes. */
export class IdempotencyKeyInFlightError extends ApiError {}

/** `idempotency_key_reused`, 422. Use a new key for each new request; repeat a request byte for byte. */
export class IdempotencyKeyReusedError extends ApiError {}

/** `internal_error`, 500. Report the `request_id`. It may have been done: look before you repeat it without an `Idempotency-Key`. */
export class InternalError extends ApiError {}

/** `invalid_field`, 400. Mend the field that `param` names; `message` says what would be right. */
export class InvalidFieldError extends ApiError {}

/** `key_ended`, 409. Rotate the key that took its place, or make another. */
export class KeyEndedError extends ApiError {}

/** `limit_reached`, 422. Delete what is no longer needed. */
export class LimitReachedError extends ApiError {}

/** `method_not_allowed`, 405. Use one of the methods in `Allow`. */
export class MethodNotAllowedError extends ApiError {}

/** `no_connection`, 422. Connect or enable a provider account, or ask for another `flow`. */
export class NoConnectionError extends ApiError {}

/** `not_found`, 404. Check the id, and that the key is of the same merchant and mode. */
export class NotFoundError extends ApiError {}

/** `not_simulated`, 422. Name a connection whose provider the operator put a simulator in place of, or leave the headers out. */
export class NotSimulatedError extends ApiError {}

/** `not_the_platform`, 403. Use a key of the platform's own merchant; the operator names it: `hundi fallback platform`. */
export class NotThePlatformError extends ApiError {}

/** `order_cannot_be_cancelled`, 409. Read the order. To give money back, refund its payment. */
export class OrderCannotBeCancelledError extends ApiError {}

/** `order_cannot_be_paid`, 409. Read the order. If it is paid, fulfil it; else create another. */
export class OrderCannotBePaidError extends ApiError {}

/** `outcome_unknown`, 503. It may have been done. Repeat it with the same `Idempotency-Key`; without one, look at the list first. */
export class OutcomeUnknownError extends ApiError {}

/** `payment_cannot_be_cancelled`, 409. Read the payment. Captured money goes back by a refund. */
export class PaymentCannotBeCancelledError extends ApiError {}

/** `payment_cannot_be_captured`, 409. Read the payment: it is captured already, released or over. */
export class PaymentCannotBeCapturedError extends ApiError {}

/** `payment_cannot_be_retried`, 409. Read the payment. One that is open is gone on with; one that was captured needs no other. */
export class PaymentCannotBeRetriedError extends ApiError {}

/** `payment_in_doubt`, 409. Don't charge again. Wait for `payment.doubt_resolved`, or `POST /payments/{id}/check`. */
export class PaymentInDoubtError extends ApiError {}

/** `payment_in_progress`, 409. Capture or cancel the payment that is held; one that is being opened is ready in a moment. */
export class PaymentInProgressError extends ApiError {}

/** `payment_not_refundable`, 422. Read the payment. Only captured money can be refunded; an authorised payment is cancelled. */
export class PaymentNotRefundableError extends ApiError {}

/** `provider_refused`, 502. Nothing was done. Look at the payment in the console, mend the cause, and send it again. */
export class ProviderRefusedError extends ApiError {}

/** `providers_down`, 503. Offer to pay later, or name a connection to try it all the same. */
export class ProvidersDownError extends ApiError {}

/** `rate_limited`, 429. Wait for `Retry-After`, then repeat it with the same `Idempotency-Key`: nothing was done. */
export class RateLimitedError extends ApiError {}

/** `refund_exceeds_captured`, 422. Refund less. Refunds that are under way count; so do disputes and those made at the provider. */
export class RefundExceedsCapturedError extends ApiError {}

/** `refund_window_passed`, 422. Pay the customer back another way. */
export class RefundWindowPassedError extends ApiError {}

/** `refunds_not_offered`, 422. Refund at the provider, or pay the customer back another way. */
export class RefundsNotOfferedError extends ApiError {}

/** `retries_used_up`, 422. Create another order. The operator sets the limits: `retries_max` and `retry_hours_max`. */
export class RetriesUsedUpError extends ApiError {}

/** `retry_window_passed`, 422. Create another order. The operator sets the limits: `retries_max` and `retry_hours_max`. */
export class RetryWindowPassedError extends ApiError {}

/** `saved_method_of_another`, 422. Create the order with the `customer_id` whose method it is. */
export class SavedMethodOfAnotherError extends ApiError {}

/** `saved_methods_not_offered`, 422. Use a connection whose provider keeps methods, and whose account it switched on for that. */
export class SavedMethodsNotOfferedError extends ApiError {}

/** `scope_missing`, 403. Use a key that has the scope, or have one made. */
export class ScopeMissingError extends ApiError {}

/** `sweep_not_offered`, 422. Check single payments instead: POST /api/v1/payments/{id}/check. */
export class SweepNotOfferedError extends ApiError {}

/** `temporarily_unavailable`, 503. Repeat the request after `Retry-After`, with the same `Idempotency-Key`. */
export class TemporarilyUnavailableError extends ApiError {}

/** `test_mode_only`, 422. Use a test key: in live mode payers decide for themselves. */
export class TestModeOnlyError extends ApiError {}

/** `timed_out`, 504. The request took too long. Its outcome is not known: ask again with the same Idempotency-Key. */
export class TimedOutError extends ApiError {}

/** `too_busy`, 503. Too many connections. Try again in a moment. */
export class TooBusyError extends ApiError {}

/** `too_many`, 429. Wait a moment. */
export class TooManyError extends ApiError {}

/** `unclear_host`, 400. Send exactly one Host header that matches the address. */
export class UnclearHostError extends ApiError {}

/** `unknown_host`, 421. This server does not answer for that name. */
export class UnknownHostError extends ApiError {}

/** `unknown_version`, 400. Send one of the dates in `message`, or leave it out. */
export class UnknownVersionError extends ApiError {}

/** `unreadable_request`, 400. Send one JSON object in UTF-8, or percent-encoded parameters. */
export class UnreadableRequestError extends ApiError {}

/** `unsupported_media_type`, 415. Send `Content-Type: application/json` and no `Content-Encoding`. */
export class UnsupportedMediaTypeError extends ApiError {}

/** `wrong_credentials`, 401. Send one credential in one form. Make a new key if this one is lost. */
export class WrongCredentialsError extends ApiError {}

/** The class of each code. */
export const ERRORS: Readonly<Record<string, typeof ApiError>> = {
  account_connected_twice: AccountConnectedTwiceError,
  address_too_long: AddressTooLongError,
  amount_outside_limits: AmountOutsideLimitsError,
  balance_not_offered: BalanceNotOfferedError,
  body_too_large: BodyTooLargeError,
  body_too_slow: BodyTooSlowError,
  capture_exceeds_held: CaptureExceedsHeldError,
  capture_not_whole: CaptureNotWholeError,
  connection_disabled: ConnectionDisabledError,
  connection_test_failed: ConnectionTestFailedError,
  currency_not_offered: CurrencyNotOfferedError,
  encoding_not_supported: EncodingNotSupportedError,
  endpoint_address_refused: EndpointAddressRefusedError,
  endpoint_disabled: EndpointDisabledError,
  fallback_stands: FallbackStandsError,
  idempotency_key_in_flight: IdempotencyKeyInFlightError,
  idempotency_key_reused: IdempotencyKeyReusedError,
  internal_error: InternalError,
  invalid_field: InvalidFieldError,
  key_ended: KeyEndedError,
  limit_reached: LimitReachedError,
  method_not_allowed: MethodNotAllowedError,
  no_connection: NoConnectionError,
  not_found: NotFoundError,
  not_simulated: NotSimulatedError,
  not_the_platform: NotThePlatformError,
  order_cannot_be_cancelled: OrderCannotBeCancelledError,
  order_cannot_be_paid: OrderCannotBePaidError,
  outcome_unknown: OutcomeUnknownError,
  payment_cannot_be_cancelled: PaymentCannotBeCancelledError,
  payment_cannot_be_captured: PaymentCannotBeCapturedError,
  payment_cannot_be_retried: PaymentCannotBeRetriedError,
  payment_in_doubt: PaymentInDoubtError,
  payment_in_progress: PaymentInProgressError,
  payment_not_refundable: PaymentNotRefundableError,
  provider_refused: ProviderRefusedError,
  providers_down: ProvidersDownError,
  rate_limited: RateLimitedError,
  refund_exceeds_captured: RefundExceedsCapturedError,
  refund_window_passed: RefundWindowPassedError,
  refunds_not_offered: RefundsNotOfferedError,
  retries_used_up: RetriesUsedUpError,
  retry_window_passed: RetryWindowPassedError,
  saved_method_of_another: SavedMethodOfAnotherError,
  saved_methods_not_offered: SavedMethodsNotOfferedError,
  scope_missing: ScopeMissingError,
  sweep_not_offered: SweepNotOfferedError,
  temporarily_unavailable: TemporarilyUnavailableError,
  test_mode_only: TestModeOnlyError,
  timed_out: TimedOutError,
  too_busy: TooBusyError,
  too_many: TooManyError,
  unclear_host: UnclearHostError,
  unknown_host: UnknownHostError,
  unknown_version: UnknownVersionError,
  unreadable_request: UnreadableRequestError,
  unsupported_media_type: UnsupportedMediaTypeError,
  wrong_credentials: WrongCredentialsError,
};
