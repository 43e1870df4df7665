/** What was fetched is kept while it is new enough, and only a few things are fetched at a time. */

const AT_ONCE = 4;
/** Things that are kept at most; the oldest go first. */
const MOST = 600;

export class Kept<Answer> {
  readonly #kept = new Map<string, { readonly at: number; readonly answer: Promise<Answer> }>();
  readonly #waiting: (() => void)[] = [];
  #underway = 0;

  /** Take the milliseconds after which a thing is fetched anew. */
  constructor(private readonly fresh: number) {}

  /** Give the thing of this name, from `fetch` where it is not known or too old; what fails is not kept. */
  get(name: string, now: number, fetch: () => Promise<Answer>, fresh = this.fresh): Promise<Answer> {
    const known = this.#kept.get(name);
    if (known && now - known.at < fresh) return known.answer;
    const answer = this.#inTurn(fetch);
    this.#keep(name, { at: now, answer });
    answer.catch(() => this.#kept.delete(name));
    return answer;
  }

  /** Fetch everything anew from now on. */
  forget(): void {
    this.#kept.clear();
  }

  #keep(name: string, thing: { readonly at: number; readonly answer: Promise<Answer> }): void {
    this.#kept.delete(name);
    this.#kept.set(name, thing);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST && oldest !== undefined) this.#kept.delete(oldest);
  }

  async #inTurn(fetch: () => Promise<Answer>): Promise<Answer> {
    if (this.#underway >= AT_ONCE) await new Promise<void>((go) => this.#waiting.push(go));
    this.#underway += 1;
    try {
      return await fetch();
    } finally {
      this.#underway -= 1;
      this.#waiting.shift()?.();
    }
  }
}
