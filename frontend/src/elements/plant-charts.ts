/** A plant's charts, one for each of its metrics, all over the same span; another plant may be drawn beside it. */
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { moistureFirst } from "../data/feeling.js";
import { marksOf } from "../data/happened.js";
import { freshFor, type Span, SPANS } from "../data/past.js";
import { store } from "../data/store.js";
import type { Alert, CareEvent, Metric, Plant } from "../data/types.js";
import { shared } from "../look/shared.js";
import { moment } from "../words/format.js";
import { words } from "../words/index.js";

import "./past-chart.js";

const DAY = 86_400_000;

@customElement("plantops-plant-charts")
export class PlantCharts extends LitElement {
  @property({ attribute: false }) plant!: Plant;
  @property({ attribute: false }) care: readonly CareEvent[] = [];
  /** The plant's alerts and those of its devices, those that are over too. */
  @property({ attribute: false }) alerts: readonly Alert[] = [];
  /** How often the whole garden was told: after an interruption everything is asked anew. */
  @property({ type: Number }) met = 0;
  @state() private span: Span = "week";
  @state() private back = 0;
  @state() private otherId = "";
  #drawn = 0;

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      h3 {
        margin: 1.2rem 0 0.3rem;
        font-size: 0.95rem;
      }
      .spans {
        display: flex;
        flex-wrap: wrap;
        gap: 0.4rem;
        margin: 0;
        padding: 0;
        border: 0;
      }
      .spans label {
        display: inline-flex;
        align-items: center;
        min-height: 2.4rem;
        padding: 0 0.9rem;
        border: 1px solid var(--line);
        border-radius: 2rem;
        cursor: pointer;
      }
      .spans label:has(:checked) {
        background: var(--leaf);
        border-color: var(--leaf);
        color: var(--on-leaf);
        font-weight: 600;
      }
      .spans label:has(:focus-visible) {
        outline: 0.16rem solid var(--leaf);
        outline-offset: 0.14rem;
      }
      .spans input {
        position: absolute;
        opacity: 0;
        min-height: 0;
      }
      .controls {
        display: flex;
        flex-wrap: wrap;
        gap: 0.6rem 1rem;
        align-items: center;
        margin-bottom: 0.4rem;
      }
      .when {
        display: flex;
        gap: 0.4rem;
        align-items: center;
      }
      .when button {
        min-width: 2.75rem;
        padding: 0;
      }
      .compare {
        display: flex;
        flex: 1 1 15rem;
        gap: 0.5rem;
        align-items: center;
        min-width: 0;
      }
      select {
        flex: 1;
        min-width: 0;
        max-width: 16rem;
      }
    `,
  ];

  /** The plant is told anew with each reading; its past is asked for anew when what was drawn is too old, or another. */
  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    const before = changed.get("plant");
    if (changed.size > 1 || !before || chartKey(before) !== chartKey(this.plant)) return true;
    return this.back === 0 && Date.now() - this.#drawn > freshFor(SPANS[this.span]);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("plant");
    if (before && before.id !== this.plant.id) {
      this.back = 0;
      this.otherId = "";
    }
    this.#drawn = Date.now();
  }

  override render() {
    const metrics = [...new Set(this.plant.assignments.map((assignment) => assignment.metric))].sort(moistureFirst);
    if (metrics.length === 0) {
      return html`<h2>${words.plant.charts}</h2>
        <p class="soft">${words.plant.noSensors}</p>`;
    }
    const others = this.others(metrics);
    const other = others.find((plant) => plant.id === this.otherId);
    return html`<h2>${words.plant.charts}</h2>
      <div class="controls">${this.spans()} ${this.when()} ${this.choice(others)}</div>
      ${repeat(
        metrics,
        (metric) => metric,
        (metric) =>
          html`<h3>${words.metrics[metric] ?? metric}</h3>
            <plantops-past-chart
              .plant=${this.plant}
              .other=${other}
              .metric=${metric}
              .span=${this.span}
              .back=${this.back}
              .turn=${this.#drawn}
              .marks=${marksOf(this.plant, metric, this.care, this.alerts)}
            ></plantops-past-chart>`,
      )}
      <p class="soft small">${words.plant.gap}</p>`;
  }

  private spans() {
    return html`<fieldset class="spans">
      <legend class="visually-hidden">${words.plant.span}</legend>
      ${(Object.keys(SPANS) as Span[]).map(
        (span) =>
          html`<label>
            <input
              type="radio"
              name="span"
              .checked=${span === this.span}
              @change=${() => {
                this.span = span;
                this.back = 0;
              }}
            />${words.spans[span]}
          </label>`,
      )}
    </fieldset>`;
  }

  /** Go back in time by whole spans, and forth again until now. */
  private when() {
    const until = Date.now() - this.back * SPANS[this.span] * DAY;
    return html`<div class="when">
      <button
        type="button"
        aria-label=${words.charts.earlier}
        title=${words.charts.earlier}
        @click=${() => (this.back += 1)}
      >
        ‹
      </button>
      <button
        type="button"
        aria-label=${words.charts.later}
        title=${words.charts.later}
        ?disabled=${this.back === 0}
        @click=${() => (this.back -= 1)}
      >
        ›
      </button>
      <span class="soft small" aria-live="polite">${this.back ? words.charts.until(moment(until)) : nothing}</span>
    </div>`;
  }

  private choice(others: readonly Plant[]) {
    if (others.length === 0) return nothing;
    return html`<label class="compare">
      <span class="small">${words.charts.compare}</span>
      <select @change=${(event: Event) => (this.otherId = (event.target as HTMLSelectElement).value)}>
        <option value="">${words.charts.alone}</option>
        ${others.map(
          (plant) => html`<option value=${plant.id} ?selected=${plant.id === this.otherId}>${plant.name}</option>`,
        )}
      </select>
    </label>`;
  }

  /** List the plants that feel something of what this one feels. */
  private others(metrics: readonly Metric[]): readonly Plant[] {
    return [...(store.garden?.plants.values() ?? [])]
      .filter((plant) => plant.id !== this.plant.id && plant.values.some((value) => metrics.includes(value.metric)))
      .sort((a, b) => a.name.localeCompare(b.name));
  }
}

/** What charts depend on, but for the past itself. */
function chartKey(plant: Plant): string {
  return JSON.stringify([plant.id, plant.assignments, plant.thresholds]);
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-plant-charts": PlantCharts;
  }
}
