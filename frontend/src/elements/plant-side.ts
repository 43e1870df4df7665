/** Beside a plant's charts: what was done to it, what it is, and which devices speak for it; with what can be changed. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { devicesOf } from "../data/feeling.js";
import { store } from "../data/store.js";
import type { CareEvent, Plant } from "../data/types.js";
import { shared } from "../look/shared.js";
import { go } from "../router.js";
import { ago, moment, volume } from "../words/format.js";
import { words } from "../words/index.js";
import { tell } from "./told.js";

import "./assign-form.js";
import "./dialog.js";
import "./photos.js";
import "./plant-form.js";

/** What was done last, before somebody asks for all of it. */
const FEW = 8;

@customElement("plantops-plant-side")
export class PlantSide extends LitElement {
  @property({ attribute: false }) plant!: Plant;
  @property({ attribute: false }) care: readonly CareEvent[] | undefined;
  @state() private all = false;
  @state() private asks: "change" | "sensors" | "remove" | undefined;

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1rem;
      }
      section button {
        margin-top: 0.8rem;
      }
      ol {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        padding: 0.45rem 0;
        border-top: 1px solid var(--line);
      }
      li:first-child {
        border: 0;
      }
      section {
        min-width: 0;
        overflow-wrap: anywhere;
      }
    `,
  ];

  override render() {
    return html`<plantops-photos
        .plant=${this.plant}
        .turn=${store.garden?.cared.get(this.plant.id) ?? 0}
      ></plantops-photos>
      ${this.done()} ${this.facts()} ${this.devices()}
      <div @closed=${() => (this.asks = undefined)}>${this.question()}</div>`;
  }

  private question() {
    const { plant } = this;
    switch (this.asks) {
      case "change":
        return html`<plantops-plant-form .plant=${plant}></plantops-plant-form>`;
      case "sensors":
        return html`<plantops-assign-form .plant=${plant}></plantops-assign-form>`;
      case "remove":
        return html`<plantops-dialog
          heading=${words.ask.sure}
          does=${words.form.remove}
          grave
          .work=${() => remove(plant)}
        >
          <p>${words.form.removeSure(plant.name)}</p>
        </plantops-dialog>`;
      default:
        return nothing;
    }
  }

  private done() {
    const some = this.all ? this.care : this.care?.slice(0, FEW);
    return html`<section class="card">
      <h2>${words.plant.care}</h2>
      ${this.care?.length === 0 ? html`<p class="soft">${words.plant.noCare}</p>` : nothing}
      <ol>
        ${repeat(
          some ?? [],
          (event) => event.id,
          (event) =>
            html`<li>
              <strong>${words.care[event.kind] ?? event.kind}</strong>
              ${words.sources[event.source] ?? event.source} ${details(event)}
              ${event.note ? html`<div>${event.note}</div>` : nothing}
              <div class="soft small" title=${moment(event.at)}>${ago(event.at, Date.now())}</div>
            </li>`,
        )}
      </ol>
      ${
        (this.care?.length ?? 0) > FEW
          ? html`<button aria-expanded=${this.all} @click=${() => (this.all = !this.all)}>
              ${this.all ? words.plant.fewer : words.plant.all(this.care?.length ?? 0)}
            </button>`
          : nothing
      }
    </section>`;
  }

  private facts() {
    const { plant } = this;
    const facts: [string, string | null | undefined][] = [
      [words.plant.species, plant.species],
      [words.plant.place, plant.area],
      [words.plant.substrate, plant.substrate],
      [words.plant.pot, plant.pot_litres ? volume(plant.pot_litres) : null],
      [words.plant.lastWatered, plant.last_watered_at ? moment(plant.last_watered_at) : words.plant.neverWatered],
      [words.plant.notes, plant.notes],
    ];
    return html`<section class="card">
      <h2>${words.plant.facts}</h2>
      <dl>
        ${facts.map(([name, fact]) =>
          fact
            ? html`<dt>${name}</dt>
                <dd>${fact}</dd>`
            : nothing,
        )}
      </dl>
      ${
        store.may("garden")
          ? html`<button @click=${() => (this.asks = "change")}>${words.form.edit}</button>
              <button @click=${() => (this.asks = "remove")}>${words.form.remove}</button>`
          : nothing
      }
    </section>`;
  }

  private devices() {
    const devices = store.garden ? devicesOf(this.plant, store.garden) : [];
    return html`<section class="card">
      <h2>${words.plant.devices}</h2>
      ${devices.length === 0 ? html`<p class="soft">${words.plant.noDevice}</p>` : nothing}
      <dl>
        ${devices.map(
          (device) =>
            html`<dt>${device.name}</dt>
              <dd>${words.devices[device.status]}</dd>`,
        )}
      </dl>
      ${
        store.may("garden")
          ? html`<button @click=${() => (this.asks = "sensors")}>${words.form.sensors}</button>`
          : nothing
      }
    </section>`;
  }
}

function details(event: CareEvent): string {
  const said = [
    event.litres ? volume(event.litres) : "",
    event.pot_litres ? volume(event.pot_litres) : "",
    event.substrate ?? "",
    event.area ?? "",
  ].filter(Boolean);
  return said.length > 0 ? `· ${said.join(" · ")}` : "";
}

async function remove(plant: Plant): Promise<void> {
  await store.removePlant(plant.id);
  tell(words.form.removed(plant.name));
  go("/");
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-plant-side": PlantSide;
  }
}
