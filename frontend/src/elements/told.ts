/** One line at the edge of the page that tells what became of something, also to those who don't see it. */
import { css, html, LitElement } from "lit";
import { customElement, state } from "lit/decorators.js";

import { Problem } from "../data/api.js";
import { words } from "../words/index.js";
import { refused } from "../words/refusals.js";

/** Milliseconds that a line stays. */
const STAYS = 6_000;

@customElement("plantops-told")
export class Told extends LitElement {
  @state() private text = "";
  @state() private bad = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  static override styles = css`
    div {
      position: fixed;
      inset: auto 1rem 1rem;
      width: fit-content;
      max-width: min(34rem, calc(100vw - 2rem));
      margin-inline: auto;
      padding: 0.7rem 1.1rem;
      border-radius: 0.7rem;
      background: var(--ink);
      color: var(--ground);
      z-index: 10;
    }
    .bad {
      background: var(--alarm);
    }
    div:empty {
      display: none;
    }
    @media (max-width: 40rem) {
      div {
        bottom: 4.75rem;
      }
    }
  `;

  say(text: string, bad = false): void {
    this.text = text;
    this.bad = bad;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.text = ""), STAYS);
  }

  override render() {
    return html`<div role="status" class=${this.bad ? "bad" : ""}>${this.text}</div>`;
  }
}

/** Tell people something. */
export function tell(text: string): void {
  line().say(text);
}

/** Tell people what went wrong; what is no {@link Problem} is a fault of ours and goes on to the console. */
export function tellProblem(error: unknown): void {
  line().say(inWords(error), true);
  if (!(error instanceof Problem)) throw error;
}

export function inWords(error: unknown): string {
  if (error instanceof Problem) {
    if (error.code === "unreachable") return words.link.unreachable;
    if (error.status) return words.link.failed(refused(error.code, error.message));
  }
  return words.link.failed(error instanceof Error ? error.message : String(error));
}

function line(): Told {
  const there = document.querySelector<Told>("plantops-told");
  if (there) return there;
  return document.body.appendChild(document.createElement("plantops-told"));
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-told": Told;
  }
}
