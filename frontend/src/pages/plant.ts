/** One plant: how it is and why, how it went, what was done to it, and what serves it. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { ask } from "../data/api.js";
import { troubles } from "../data/happened.js";
import { bandOf, feelingOf, type Feeling, misfitOf, moistureFirst, valueOf } from "../data/feeling.js";
import { store, Watching } from "../data/store.js";
import type { Alert, CareEvent, Page, Plant } from "../data/types.js";
import { Rows } from "../elements/rows.js";
import { Tap } from "../elements/tap.js";
import { tell } from "../elements/told.js";
import { moods, shared } from "../look/shared.js";
import { ago, day, measure, moment } from "../words/format.js";
import { words } from "../words/index.js";
import { written } from "../words/locale.js";

import "../elements/alert-line.js";
import "../elements/care-form.js";
import "../elements/irrigation/irrigation.js";
import "../elements/plant-charts.js";
import "../elements/plant-side.js";
import "../elements/ring.js";
import "../elements/uncalibrated.js";

const NOTHING: readonly CareEvent[] = [];

@customElement("plantops-plant-page")
export class PlantPage extends LitElement {
  @property() plantId = "";
  @state() private care: readonly CareEvent[] | undefined;
  @state() private alerts: readonly Alert[] = [];
  private readonly tap = new Tap(this);
  @state() private asking = false;
  #known = "";
  #troubled = "";

  static override styles = [
    shared,
    moods,
    css`
      .top {
        display: grid;
        grid-template: "ring head acts" auto "ring why acts" auto / auto minmax(0, 1fr) auto;
        gap: 0 1.4rem;
        align-items: center;
        margin-bottom: 1.2rem;
      }
      plantops-ring {
        grid-area: ring;
      }
      .acts {
        grid-area: acts;
        display: flex;
        gap: 0.8rem;
      }
      .sides {
        display: grid;
        grid-template-columns: minmax(0, 2fr) minmax(16rem, 1fr);
        gap: 1rem;
        align-items: start;
      }
      h1,
      .kind {
        overflow-wrap: anywhere;
      }
      .why {
        grid-area: why;
        align-self: start;
        margin: 0.2rem 0 0;
      }
      .values {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr));
        gap: 0.8rem;
        margin-bottom: 1rem;
      }
      plantops-alert {
        margin-bottom: 1rem;
      }
      .values strong {
        display: block;
        font-size: 1.25rem;
      }
      .values .off {
        color: var(--warn);
      }
      @media (max-width: 40rem) {
        .top {
          grid-template: "ring head" auto "why why" auto "acts acts" auto / auto minmax(0, 1fr);
          gap: 0.6rem 1rem;
        }
      }
      @media (max-width: 56rem) {
        .sides {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  constructor() {
    super();
    new Watching(this);
    new Rows(this, "plantops-alert", "h1");
  }

  /** Care and alerts are fetched for another plant, whenever they are told to be others, and after every interruption. */
  protected override willUpdate(): void {
    const plant = store.garden?.plants.get(this.plantId);
    if (!plant || !store.garden) return;
    const known = `${this.plantId} ${store.garden.cared.get(this.plantId) ?? 0} ${store.met}`;
    if (known !== this.#known) {
      this.#known = known;
      void this.fetchCare();
    }
    const open = feelingOf(plant, store.garden, Date.now()).alerts.map((alert) => alert.id);
    const troubled = [this.plantId, store.met, ...plant.assignments.map((one) => one.id), ...open].join(" ");
    if (troubled !== this.#troubled) {
      this.#troubled = troubled;
      void this.fetchAlerts(plant);
    }
  }

  override render() {
    if (!store.garden) return html`<p class="empty soft" role="status">${words.app.loading}</p>`;
    const plant = store.garden.plants.get(this.plantId);
    if (!plant) {
      return html`<div class="empty">
        <h1>${words.plant.gone}</h1>
        <a href="/">${words.app.toGarden}</a>
      </div>`;
    }
    const feeling = feelingOf(plant, store.garden, Date.now());
    return html`<p><a href="/">← ${words.plant.back}</a></p>
      ${this.top(plant, feeling)}
      ${feeling.alerts.map((alert) => html`<plantops-alert class="card" .alert=${alert} here=${plant.id}></plantops-alert>`)}
      <plantops-uncalibrated .plant=${plant}></plantops-uncalibrated>
      ${this.values(plant)}
      <div class="sides">
        <plantops-plant-charts
          class="card"
          .plant=${plant}
          .care=${this.care ?? NOTHING}
          .alerts=${this.alerts}
          .met=${store.met}
        ></plantops-plant-charts>
        <div>
          <plantops-irrigation .plant=${plant}></plantops-irrigation>
          <plantops-plant-side .plant=${plant} .care=${this.care}></plantops-plant-side>
        </div>
      </div>`;
  }

  private top(plant: Plant, feeling: Feeling) {
    const moisture = valueOf(plant, "soil_moisture");
    return html`<div class="top ${feeling.mood}">
      <plantops-ring
        .value=${moisture?.unit === "%" ? moisture.value : undefined}
        .band=${bandOf(plant, "soil_moisture")}
        mood=${feeling.mood}
      ></plantops-ring>
      <div>
        <h1>${plant.name}</h1>
        <div class="kind soft">${[plant.species, plant.area].filter(Boolean).join(" · ")}</div>
      </div>
      <p class="why">
        <span class="mood">${words.state[feeling.mood]}</span>
        ${feeling.silentSince ? html`· ${words.plant.silentSince(ago(feeling.silentSince, Date.now()))}` : nothing}
        ${this.next(plant)}
      </p>
      ${
        store.may("care")
          ? html`<div class="acts">
              <button class="main" ?disabled=${this.tap.busy} @click=${() => void this.water(plant)}>
                ${words.plant.water}
              </button>
              <button @click=${() => (this.asking = true)}>${words.form.more}</button>
              ${
                this.asking
                  ? html`<plantops-care-form
                      .plant=${plant}
                      @closed=${() => (this.asking = false)}
                    ></plantops-care-form>`
                  : nothing
              }
            </div>`
          : nothing
      }
    </div>`;
  }

  private next(plant: Plant) {
    const next = plant.next_watering;
    if (!next) return nothing;
    const now = Date.now();
    const when = Date.parse(next.at) <= now ? words.plant.now : day(next.at, now);
    const [earliest, latest] = [next.earliest, next.latest].map((at) => day(Math.max(Date.parse(at), now), now));
    const range = earliest && latest && earliest !== latest ? `(${words.plant.range(earliest, latest)})` : "";
    return html`· ${words.plant.next}: <strong>${when}</strong> <span class="soft">${range}</span>
      <span class="soft small" lang=${written}>${next.reason}</span>`;
  }

  private values(plant: Plant) {
    if (plant.values.length === 0 && !plant.air && !plant.light?.today.dli) return nothing;
    return html`<div class="card values">
      ${[...plant.values]
        .sort((a, b) => moistureFirst(a.metric, b.metric))
        .map(
          (value) =>
            html`<div>
              <span class="soft small">${words.metrics[value.metric] ?? value.metric}</span>
              <strong class=${misfitOf(plant, value) ? "off" : ""}
                >${measure(value.value, value.unit, value.metric)}</strong
              >
              <span class="soft small" title=${moment(value.time)}>${ago(value.time, Date.now())}</span>
            </div>`,
        )}
      ${plant.air ? one(words.metrics["vpd"], measure(plant.air.vpd, "kPa", "vpd")) : nothing}
      ${plant.light?.today.dli ? one(words.metrics["dli"], measure(plant.light.today.dli, "mol/m²")) : nothing}
    </div>`;
  }

  private async fetchCare(): Promise<void> {
    const id = this.plantId;
    const page = await ask<Page<CareEvent>>("GET", `plants/${id}/care?limit=200`).catch(() => undefined);
    if (page && id === this.plantId) this.care = page.items;
  }

  private async fetchAlerts(plant: Plant): Promise<void> {
    const alerts = await troubles(plant).catch(() => undefined);
    if (alerts && plant.id === this.plantId) this.alerts = alerts;
  }

  private water(plant: Plant): Promise<void> {
    return this.tap.do(async () => {
      await ask("POST", `plants/${plant.id}/care`, { kind: "watered" });
      tell(words.plant.watered(plant.name));
      await this.fetchCare();
    });
  }
}

function one(name: string | undefined, said: string) {
  return html`<div>
    <span class="soft small">${name}</span>
    <strong>${said}</strong>
  </div>`;
}
