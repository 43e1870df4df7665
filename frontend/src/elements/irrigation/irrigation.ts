/** What waters a plant: how each irrigator is, water for some seconds, stop, and a way out of a block. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { ask } from "../../data/api.js";
import { freeValves } from "../../data/valves.js";
import { store, Watching } from "../../data/store.js";
import type { Irrigator, Plant, WateringCommand } from "../../data/types.js";
import { lines } from "../../look/lines.js";
import { moods, shared } from "../../look/shared.js";
import { ago, moment, number, volume } from "../../words/format.js";
import { words } from "../../words/irrigation.js";
import { written } from "../../words/locale.js";
import { Tap } from "../tap.js";
import { tell } from "../told.js";

import "../dialog.js";
import "./irrigator-form.js";
import "./water-form.js";

const MOOD_OF = { idle: "fine", starting: "thirsty", running: "thirsty", blocked: "alarm", off: "unknown" } as const;
/** Seconds that are offered at first, where the irrigator allows them. */
const USUAL = 10;

type Question =
  | { readonly asks: "water"; readonly irrigator: Irrigator; readonly seconds: number }
  | { readonly asks: "change" | "remove"; readonly irrigator: Irrigator }
  | { readonly asks: "add" };

@customElement("plantops-irrigation")
export class Irrigation extends LitElement {
  @property({ attribute: false }) plant!: Plant;
  @state() private question: Question | undefined;
  private readonly tap = new Tap(this);

  static override styles = [
    shared,
    moods,
    lines,
    css`
      section {
        margin-bottom: 1rem;
      }
      label {
        display: flex;
        gap: 0.5rem;
        align-items: center;
        font-weight: 600;
      }
      input {
        width: 5.5rem;
      }
      .acts {
        margin-top: 0.7rem;
      }
      .small {
        margin-top: 0.3rem;
      }
    `,
  ];

  constructor() {
    super();
    new Watching(this);
  }

  override render() {
    const irrigators = [...(store.garden?.irrigators.values() ?? [])].filter((one) =>
      one.plant_ids.includes(this.plant.id),
    );
    const addable = store.may("garden") && store.garden !== undefined && freeValves(store.garden).length > 0;
    if (irrigators.length === 0 && !addable && !this.question) return nothing;
    return html`<section class="card" aria-labelledby="heading">
        <h2 id="heading">${words.title}</h2>
        ${irrigators.length === 0 ? nothing : this.all(irrigators)}
        ${addable ? html`<button @click=${() => (this.question = { asks: "add" })}>${words.add}</button>` : nothing}
      </section>
      <div @closed=${() => (this.question = undefined)}>${this.asked()}</div>`;
  }

  private all(irrigators: readonly Irrigator[]) {
    return html`<ul class="lines">
      ${repeat(
        irrigators,
        (one) => one.id,
        (one) => html`<li>${this.irrigator(one)}</li>`,
      )}
    </ul>`;
  }

  private irrigator(one: Irrigator) {
    return html`<div class=${MOOD_OF[one.state]}>
        <strong>${one.name}</strong> · <span class="mood" role="status">${words.states[one.state]}</span>
      </div>
      ${one.block ? html`<p lang=${written}>${one.block.words}</p>` : nothing}
      ${one.last_command ? last(one.last_command) : html`<div class="soft small">${words.never}</div>`}
      ${one.automatic ? html`<div class="soft small">${byItself(one.automatic)}</div>` : nothing}
      ${store.may("care") ? this.care(one) : nothing} ${store.may("garden") ? this.garden(one) : nothing}`;
  }

  /** Stop is there also where nothing is known to flow: nobody shall look for it then. */
  private care(one: Irrigator) {
    const flows = one.state === "starting" || one.state === "running";
    return html`<form class="acts" @submit=${(event: SubmitEvent) => this.wants(event, one)}>
      ${
        flows || one.state === "off"
          ? nothing
          : html`<label
                >${words.seconds}<input
                  name="seconds"
                  type="number"
                  required
                  min="1"
                  max=${one.max_seconds}
                  step="1"
                  .value=${String(Math.min(USUAL, one.max_seconds))}
              /></label>
              <button class="main" ?disabled=${this.tap.busy}>${words.water}</button>`
      }
      <button
        type="button"
        class=${flows ? "main" : ""}
        ?disabled=${this.tap.busy}
        @click=${() => void this.act(one, "stop", words.stopped)}
      >
        ${words.stop}
      </button>
    </form>`;
  }

  private garden(one: Irrigator) {
    return html`<div class="acts">
      ${
        one.block
          ? html`<button
              ?disabled=${this.tap.busy}
              @click=${() => void this.act(one, "clear", words.cleared(one.name))}
            >
              ${words.clear}
            </button>`
          : nothing
      }
      <button
        aria-label="${words.edit}: ${one.name}"
        @click=${() => (this.question = { asks: "change", irrigator: one })}
      >
        ${words.edit}
      </button>
      <button
        aria-label="${words.remove}: ${one.name}"
        @click=${() => (this.question = { asks: "remove", irrigator: one })}
      >
        ${words.remove}
      </button>
    </div>`;
  }

  private asked() {
    const { question, plant } = this;
    switch (question?.asks) {
      case "water":
        return html`<plantops-water-form
          .plant=${plant}
          .irrigator=${question.irrigator}
          .seconds=${question.seconds}
        ></plantops-water-form>`;
      case "add":
        return html`<plantops-irrigator-form .plant=${plant}></plantops-irrigator-form>`;
      case "change":
        return html`<plantops-irrigator-form
          .plant=${plant}
          .irrigator=${question.irrigator}
        ></plantops-irrigator-form>`;
      case "remove":
        return html`<plantops-dialog
          heading=${words.remove}
          does=${words.remove}
          grave
          .work=${() => removed(question.irrigator)}
        >
          <p>${words.removeSure(question.irrigator.name)}</p>
        </plantops-dialog>`;
      default:
        return nothing;
    }
  }

  private wants(event: SubmitEvent, irrigator: Irrigator): void {
    event.preventDefault();
    const seconds = (event.target as HTMLFormElement).querySelector("input")?.valueAsNumber ?? USUAL;
    this.question = { asks: "water", irrigator, seconds };
  }

  private act(one: Irrigator, what: "stop" | "clear", said: string): Promise<void> {
    return this.tap.do(async () => {
      await ask("POST", `irrigators/${one.id}/${what}`);
      tell(said);
    });
  }
}

function last(command: WateringCommand) {
  const amount = command.litres ? ` · ${volume(command.litres)}` : "";
  const ran = words.ran(number(command.ran_seconds ?? command.seconds));
  const soil = command.state === "done" ? words.soil[command.soil] : undefined;
  return html`<div class="soft small" title=${moment(command.sent_at)}>
    ${words.last(`${ran}${amount}, ${words.results[command.state]}`, ago(command.sent_at, Date.now()))}
    ${soil ? html`· ${soil}` : nothing}
    ${command.detail && command.state !== "done" ? html`<span lang=${written}>· ${command.detail}</span>` : nothing}
  </div>`;
}

function byItself(automatic: NonNullable<Irrigator["automatic"]>): string {
  return words.self(number(automatic.seconds), automatic.from.slice(0, 5), automatic.until.slice(0, 5));
}

async function removed(irrigator: Irrigator): Promise<void> {
  await ask("DELETE", `irrigators/${irrigator.id}`);
  tell(words.removed(irrigator.name));
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-irrigation": Irrigation;
  }
}
