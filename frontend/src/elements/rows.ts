/** Keeps the place in a list whose rows go: done, known, or over. Who was on one is on the next, not at the page's beginning. */
import type { LitElement, ReactiveController } from "lit";

import type { Tap } from "./tap.js";

type Row = LitElement & { readonly tap: Tap };

export class Rows implements ReactiveController {
  #row: Row | undefined;
  #at = 0;

  /** `rows` selects the rows, in the order of the page; `heading` stands for the list where none is left. */
  constructor(
    private readonly host: LitElement,
    private readonly rows: string,
    private readonly heading: string,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.host.addEventListener("focusin", this.#enter);
    this.host.addEventListener("settled", this.#settle);
    addEventListener("pointerdown", this.#enter);
  }

  hostDisconnected(): void {
    this.host.removeEventListener("focusin", this.#enter);
    this.host.removeEventListener("settled", this.#settle);
    removeEventListener("pointerdown", this.#enter);
    this.#row = undefined;
  }

  hostUpdate(): void {
    if (this.#row?.isConnected) this.#at = this.#all.indexOf(this.#row);
  }

  hostUpdated(): void {
    this.#settle();
  }

  readonly #settle = (): void => {
    if (this.#row) void this.#mend();
  };

  get #all(): Row[] {
    return [...this.host.renderRoot.querySelectorAll<Row>(this.rows)];
  }

  readonly #enter = (event: Event): void => {
    const path = event.composedPath();
    this.#row = this.#all.find((row) => path.includes(row));
  };

  /** A row, not its button, is gone to: who holds a key down must not do the next thing too. */
  async #mend(): Promise<void> {
    await Promise.all(this.#all.map((row) => row.updateComplete));
    const row = this.#row;
    const lost = document.hasFocus() && document.activeElement === document.body;
    if (!row || !lost || (row.isConnected && row.tap.busy)) return;
    const all = this.#all;
    const next =
      all[Math.min(this.#at, all.length - 1)] ?? this.host.renderRoot.querySelector<HTMLElement>(this.heading);
    if (!next) return;
    next.tabIndex = -1;
    next.focus();
  }
}
