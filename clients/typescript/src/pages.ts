// Lists: one page by `await`, all of it by `for await`.

/** A page of a list, newest first. */
export interface Page<T> {
  object: "list";
  data: T[];
  /** Whether there are more in this direction. */
  has_more: boolean;
  /** Where the older page begins. */
  next: string | null;
}

/** Reads a page; the parameters say from where. */
export type Fetched<T> = (from: { starting_after?: string; ending_before?: string }) => Promise<Page<T>>;

/** `await` it for one page; `for await` over it for every object, page by page, from the newest to the oldest. */
export class Listing<T> implements PromiseLike<Page<T>>, AsyncIterable<T> {
  readonly #fetched: Fetched<T>;
  readonly #upward: boolean;

  constructor(fetched: Fetched<T>, upward: boolean) {
    this.#fetched = fetched;
    this.#upward = upward;
  }

  then<A = Page<T>, B = never>(
    done?: ((page: Page<T>) => A | PromiseLike<A>) | null,
    failed?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#fetched({}).then(done, failed);
  }

  /** With `ending_before` it goes upward instead: what came after that object, oldest first. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    let page = await this.#fetched({});
    for (;;) {
      const data = this.#upward ? [...page.data].reverse() : page.data;
      yield* data;
      const last = data.at(-1) as { id?: string } | undefined;
      if (!page.has_more || last?.id === undefined) return;
      page = await this.#fetched(this.#upward ? { ending_before: last.id } : { starting_after: last.id });
    }
  }
}
