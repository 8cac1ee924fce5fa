// Requests: one address, one key, retries that can't do anything twice. No resource is named here.

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Listing, type Fetched } from "./pages.js";

/** A little longer than the server itself takes before it says that it took too long. */
const TIMEOUT_MS = 35_000;
const RETRIES_MAX = 4;
const BACKOFF_MS = 500;
const BACKOFF_MS_MAX = 8_000;
/** However long a server asks us to wait, we don't sit through more. */
const RETRY_AFTER_MS_MAX = 30_000;
/** A request whose process was stopped in the middle holds its key for 45 seconds. */
const IN_FLIGHT_MS_MAX = 60_000;
const ANSWER_BYTES_MAX = 16 << 20;
/** Statuses that say: nothing came of it just now, or nobody knows. */
const AGAIN = new Set([408, 429, 500, 502, 503, 504]);
/** Codes beneath these statuses that say: surely nothing was done, and repeating changes nothing. */
const NOT_AGAIN = new Set(["provider_refused"]);

/** How the client is made. */
export interface Options {
  /** `hk_test_…:hs_test_…`: the key's id, a colon, its secret. */
  key: string;
  /** Where hundi listens. `http://127.0.0.1:8080` when left out. */
  baseUrl?: string;
  /** For one attempt. */
  timeoutMs?: number;
  /** Attempts after the first. */
  retries?: number;
  /** Plain http to another machine: the key would travel in the clear. */
  allowHttp?: boolean;
  /** The shape of what is answered, whatever the key is pinned to: the one that these types describe, when left out. */
  version?: string;
  /** Told of every answer, also of those that are tried again: for your log, your metrics, or to see a limit come near. */
  onAnswer?: (answer: Answered) => void;
  /** In place of the global one. */
  fetch?: typeof fetch;
}

/** An answer of the server, without what it says. */
export interface Answered {
  method: string;
  /** Without the query. */
  path: string;
  status: number;
  /** Quote it when you report something. */
  requestId: string | undefined;
  /** The shape of the answer. */
  version: string | undefined;
  /** It is the first answer once more: nothing was done again. */
  replayed: boolean;
  /** How the key's limit stands. */
  rateLimit: { limit: number; remaining: number; resetSecs: number } | undefined;
}

/** For one call that reads. */
export interface Read {
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** For one call that does something. */
export interface Write extends Read {
  /** Made by the library when left out. Give your own to go on after a restart of yours. */
  idempotencyKey?: string;
  /** `Hundi-Test-…`, in test mode. */
  headers?: Record<string, string>;
}

/** What every refusal says. */
export interface Problem {
  status: number;
  code: string;
  message: string;
  param?: string | null;
  retryable?: boolean;
  request_id?: string;
  doc_url?: string;
}

/** Anything that this library throws of itself. */
export class HundiError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** No answer, or one that nobody can read. What was asked may have been done: repeat it under its key. */
export class ConnectionError extends HundiError {
  /** Under which it can be repeated. */
  readonly idempotencyKey: string | undefined;

  constructor(message: string, idempotencyKey?: string, cause?: unknown) {
    super(message, { cause });
    this.idempotencyKey = idempotencyKey;
  }
}

/** The server refused. Each code has a class of its own. */
export class ApiError extends HundiError {
  readonly status: number;
  /** Stable: program against it. */
  readonly code: string;
  /** The field that is at fault. */
  readonly param: string | null;
  /** The same request, under the same key, may succeed later. */
  readonly retryable: boolean;
  readonly requestId: string | undefined;
  readonly docUrl: string | undefined;
  readonly idempotencyKey: string | undefined;

  constructor(problem: Problem, idempotencyKey?: string) {
    super(`${problem.message} (${problem.code})`);
    this.status = problem.status;
    this.code = problem.code;
    this.param = problem.param ?? null;
    this.retryable = problem.retryable ?? false;
    this.requestId = problem.request_id;
    this.docUrl = problem.doc_url;
    this.idempotencyKey = idempotencyKey;
  }
}

/** The class of each code that this version knows. */
export type Classes = Readonly<Record<string, typeof ApiError>>;

type Query = object | undefined;

interface Asked {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string | undefined;
  key: string | undefined;
}

/** The way to one server with one key. It shows neither when it is printed. */
export class Http {
  readonly #authorization: string;
  readonly #base: string;
  readonly #timeoutMs: number;
  readonly #retries: number;
  readonly #fetch: typeof fetch;
  readonly #classes: Classes;
  readonly #version: string;
  readonly #onAnswer: ((answer: Answered) => void) | undefined;

  constructor(options: Options, classes: Classes, version: string) {
    const [id, secret, ...rest] = (options.key ?? "").split(":");
    if (!id || !secret || rest.length > 0) {
      throw new HundiError("key must be the key's id, a colon, and its secret: hk_test_…:hs_test_…");
    }
    this.#authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
    this.#base = base(options.baseUrl ?? "http://127.0.0.1:8080", options.allowHttp ?? false);
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.#retries = options.retries ?? RETRIES_MAX;
    this.#fetch = options.fetch ?? fetch;
    this.#classes = classes;
    this.#version = options.version ?? version;
    this.#onAnswer = options.onAnswer;
  }

  /** A GET. */
  async read<T>(path: string, query: Query, options: Read): Promise<T> {
    return parsed<T>(await this.#ask(this.#asked("GET", path, query, undefined, {}), options));
  }

  /** A page of a list, or all of it. */
  list<T>(path: string, query: Query, options: Read): Listing<T> {
    const fetched: Fetched<T> = (from) => this.read(path, { ...query, ...from }, options);
    return new Listing<T>(fetched, query !== undefined && "ending_before" in query);
  }

  /** Anything else. A POST always carries a key. */
  async write<T>(method: string, path: string, body: Query, options: Write): Promise<T> {
    return parsed<T>(await this.#ask(this.#asked(method, path, undefined, body, options), options));
  }

  /** What is no JSON. */
  async bytes(method: string, path: string, given: Query, options: Write): Promise<Uint8Array> {
    const [query, body] = method === "GET" ? [given, undefined] : [undefined, given];
    return this.#ask(this.#asked(method, path, query, body, options, "*/*"), options);
  }

  #asked(method: string, path: string, query: Query, body: Query, options: Write, accept = "application/json"): Asked {
    const headers: Record<string, string> = { "hundi-version": this.#version };
    for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = value;
    headers["accept"] = accept;
    // Once for all attempts: the server tells them by it from a new request.
    const key = method === "POST" ? (options.idempotencyKey ?? randomUUID()) : undefined;
    if (key !== undefined) headers["idempotency-key"] = key;
    if (body !== undefined) headers["content-type"] = "application/json";
    headers["authorization"] = this.#authorization;
    const asked = new URLSearchParams(pairs(query ?? {})).toString();
    const search = asked === "" ? "" : `?${asked}`;
    const text = body === undefined ? undefined : JSON.stringify(body);
    return { method, url: `${this.#base}/api/v1${path}${search}`, headers, body: text, key };
  }

  async #ask(asked: Asked, options: Read): Promise<Uint8Array> {
    const began = Date.now();
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await this.#attempt(asked, options);
      if (outcome instanceof Uint8Array) return outcome;
      const { error, afterMs } = outcome;
      const inFlight = error instanceof ApiError && error.code === "idempotency_key_in_flight";
      const more = inFlight ? Date.now() - began < IN_FLIGHT_MS_MAX : attempt < this.#retries;
      if (!more || !again(error) || options.signal?.aborted) throw error;
      const doubled = Math.min(BACKOFF_MS * 2 ** attempt, BACKOFF_MS_MAX);
      const wait = Math.max(doubled * (0.5 + Math.random() / 2), Math.min(afterMs ?? 0, RETRY_AFTER_MS_MAX));
      await sleep(wait, undefined, options.signal ? { signal: options.signal } : {});
    }
  }

  async #attempt(asked: Asked, options: Read): Promise<Uint8Array | { error: Error; afterMs: number | undefined }> {
    const deadline = AbortSignal.timeout(options.timeoutMs ?? this.#timeoutMs);
    const stop = new AbortController();
    const stopped = (): void => stop.abort();
    deadline.addEventListener("abort", stopped);
    options.signal?.addEventListener("abort", stopped);
    if (options.signal?.aborted) stopped();
    try {
      const { method, url, headers, body } = asked;
      const init: RequestInit = { method, headers, redirect: "manual", signal: stop.signal };
      if (body !== undefined) init.body = body;
      const answer = await this.#fetch(url, init);
      const bytes = await whole(answer);
      this.#onAnswer?.(answered(method, url, answer));
      if (answer.ok) return bytes;
      return { error: this.#refused(answer, bytes, asked.key), afterMs: afterMs(answer) };
    } catch (cause) {
      if (options.signal?.aborted) throw options.signal.reason;
      const said = deadline.aborted ? "no answer in time" : "no answer";
      const what = `${asked.method} ${new URL(asked.url).pathname}: ${said}`;
      return { error: new ConnectionError(what, asked.key, cause), afterMs: undefined };
    } finally {
      deadline.removeEventListener("abort", stopped);
      options.signal?.removeEventListener("abort", stopped);
    }
  }

  #refused(answer: Response, bytes: Uint8Array, key: string | undefined): Error {
    const problem = asProblem(bytes);
    if (problem === undefined) {
      // A proxy's page, or a redirect: whether hundi ever saw the request is not known.
      const message = `the answer ${answer.status} is not hundi's`;
      return AGAIN.has(answer.status)
        ? new ConnectionError(message, key)
        : new HundiError(`${message}; is the address right?`);
    }
    const known = this.#classes[problem.code] ?? ApiError;
    return new known({ ...problem, status: answer.status }, key);
  }

  toJSON(): object {
    return {};
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "Http { *** }";
  }
}

function answered(method: string, url: string, answer: Response): Answered {
  const header = (name: string): string | undefined => answer.headers.get(name) ?? undefined;
  const [limit, remaining, resetSecs] = ["limit", "remaining", "reset"].map((name) =>
    Number(header(`ratelimit-${name}`) ?? Number.NaN),
  ) as [number, number, number];
  return {
    method,
    path: new URL(url).pathname,
    status: answer.status,
    requestId: header("x-request-id"),
    version: header("hundi-version"),
    replayed: header("idempotent-replayed") === "true",
    rateLimit: Number.isFinite(limit + remaining + resetSecs) ? { limit, remaining, resetSecs } : undefined,
  };
}

/** A list is a name several times; an object is `name[key]`. */
function pairs(query: object): Array<[string, string]> {
  const all: Array<[string, string]> = [];
  for (const [name, value] of Object.entries(query) as Array<[string, unknown]>) {
    if (value === undefined || value === null) continue;
    if (Array.isArray(value)) all.push(...value.map((one): [string, string] => [name, String(one)]));
    else if (typeof value === "object") {
      all.push(...Object.entries(value).map(([key, one]): [string, string] => [`${name}[${key}]`, String(one)]));
    } else all.push([name, String(value)]);
  }
  return all;
}

function base(text: string, allowHttp: boolean): string {
  const url = new URL(text);
  const here = ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname) || url.hostname.endsWith(".localhost");
  if (url.protocol !== "https:" && !(url.protocol === "http:" && (here || allowHttp))) {
    throw new HundiError("baseUrl must be https; allowHttp sends the key in the clear");
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new HundiError("baseUrl must be an address and nothing more");
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

function again(error: Error): boolean {
  if (error instanceof ConnectionError) return true;
  if (!(error instanceof ApiError)) return false;
  if (error.code === "idempotency_key_in_flight") return true;
  return AGAIN.has(error.status) && !NOT_AGAIN.has(error.code);
}

async function whole(answer: Response): Promise<Uint8Array> {
  if (answer.body === null) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of answer.body as unknown as AsyncIterable<Uint8Array>) {
    length += part.length;
    if (length > ANSWER_BYTES_MAX) throw new HundiError("the answer is too long");
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function parsed<T>(bytes: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}

function asProblem(bytes: Uint8Array): Problem | undefined {
  try {
    const said = parsed<Partial<Problem> | null>(bytes);
    const whole = typeof said?.code === "string" && typeof said.message === "string";
    return whole ? (said as Problem) : undefined;
  } catch {
    return undefined;
  }
}

/** `Retry-After`, in seconds. */
function afterMs(answer: Response): number | undefined {
  const seconds = Number(answer.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
