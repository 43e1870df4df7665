/** What came and could not be stored, and why; asked for anew now and then. */
import { html, LitElement } from "lit";
import { customElement } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { ask } from "../data/api.js";
import type { DeadLetter, Page } from "../data/types.js";
import { lines } from "../look/lines.js";
import { shared } from "../look/shared.js";
import { ago, moment } from "../words/format.js";
import { words } from "../words/index.js";
import { Asked } from "./asked.js";

/** Letters that are shown, the newest first. */
const FEW = 5;
/** Milliseconds between two looks. */
const EVERY = 30_000;

@customElement("plantops-letters")
export class Letters extends LitElement {
  private readonly asked = new Asked<Page<DeadLetter>>(this, () => ask("GET", `dead-letters?limit=${FEW}`));
  #timer: ReturnType<typeof setInterval> | undefined;

  static override styles = [shared, lines];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => void this.asked.again(), EVERY);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  override render() {
    return html`<section class="card">
      <h2>${words.system.letters}</h2>
      ${this.asked.show(({ items, next }) =>
        items.length === 0
          ? html`<p class="soft">${words.system.noLetters}</p>`
          : html`<ul class="lines">
                ${repeat(
                  items,
                  (letter) => letter.id,
                  (letter) => html`<li class="what">${told(letter)}</li>`,
                )}
              </ul>
              ${next ? html`<p class="soft small">${words.system.moreLetters}</p>` : ""}`,
      )}
    </section>`;
  }
}

/** The reason in words is English, as the backend gives it. */
function told(letter: DeadLetter) {
  return html`<strong>${letter.device_id ?? letter.topic}</strong> <span lang="en">${letter.detail}</span>
    <div class="soft small" title=${moment(letter.received_at)}>${ago(letter.received_at, Date.now())}</div>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-letters": Letters;
  }
}
