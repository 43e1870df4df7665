/** What an element asks for itself: it says that it looks, what it found, or why it found nothing and how to ask again. */
import { html, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from "lit";

import { store } from "../data/store.js";
import { words } from "../words/index.js";
import { inWords } from "./told.js";

export class Asked<Answer> implements ReactiveController {
  answer: Answer | undefined;
  #problem = "";
  /** The interruption after which it was asked last. */
  #met = store.met;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly question: () => Promise<Answer>,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    store.watch(this.host);
    void this.again();
  }

  hostDisconnected(): void {
    store.unwatch(this.host);
  }

  /** What could not be had while PlantOps was away is asked for when it is back. */
  hostUpdate(): void {
    if (this.#problem && this.#met !== store.met) void this.again();
  }

  /** Ask anew; what was known stays until there is an answer. */
  async again(): Promise<void> {
    this.#met = store.met;
    try {
      this.answer = await this.question();
      this.#problem = "";
    } catch (error) {
      this.#problem = inWords(error);
    }
    this.host.requestUpdate();
  }

  /** Take an answer that came another way, such as that of a change. */
  is(answer: Answer): void {
    this.answer = answer;
    this.host.requestUpdate();
  }

  show(drawn: (answer: Answer) => TemplateResult): TemplateResult {
    if (this.#problem) {
      return html`<p role="alert">${this.#problem}</p>
        <button @click=${() => void this.again()}>${words.ask.again}</button>`;
    }
    return this.answer === undefined
      ? html`<p class="soft" role="status">${words.ask.looking}</p>`
      : drawn(this.answer);
  }
}
