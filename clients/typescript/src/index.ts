// The merchant API of hundi.

import { Http, type Options } from "./core.js";
import { API_VERSION, ERRORS, Resources } from "./generated.js";

export { type Answered, ApiError, ConnectionError, HundiError, type Options, type Read, type Write } from "./core.js";
export * from "./generated.js";
export { Listing, type Page } from "./pages.js";
export { verifyWebhook, WebhookError, type GivenHeaders, type Verification } from "./webhooks.js";

/** A client of one server, with one key. Make one and keep it. */
export class Hundi extends Resources {
  readonly #mode: string;

  constructor(options: Options | string) {
    const given = typeof options === "string" ? { key: options } : options;
    super(new Http(given, ERRORS, API_VERSION));
    this.#mode = given.key.startsWith("hk_live_") ? "live" : "test";
  }

  toJSON(): object {
    return { mode: this.#mode };
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `Hundi { mode: '${this.#mode}' }`;
  }
}
