/** A plant's charts, one for each of its metrics, all over the same span. */
import { css, html, LitElement } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { until } from "lit/directives/until.js";

import { bandOf } from "../data/feeling.js";
import { past } from "../data/past.js";
import type { CareEvent, Metric, Plant } from "../data/types.js";
import { shared } from "../look/shared.js";
import { words } from "../words/index.js";
import type { Mark } from "./chart.js";
import { inWords } from "./told.js";

import "./chart.js";

const SPANS = { day: 1, week: 7, month: 30, year: 365, years: 1095 } as const;
type Span = keyof typeof SPANS;

/** Enough for a wide screen, and few enough for a phone. */
const POINTS = 400;

@customElement("plantops-plant-charts")
export class PlantCharts extends LitElement {
  @property({ attribute: false }) plant!: Plant;
  @property({ attribute: false }) care: readonly CareEvent[] = [];
  @state() private span: Span = "week";

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
      .wait {
        min-height: 15rem;
      }
    `,
  ];

  /** The plant is told anew with each reading; charts are drawn anew when what they show is another past. */
  protected override shouldUpdate(changed: Map<string, unknown>): boolean {
    const before = changed.get("plant") as Plant | undefined;
    return changed.size > 1 || !before || chartKey(before) !== chartKey(this.plant);
  }

  override render() {
    const metrics = [...new Set(this.plant.assignments.map((assignment) => assignment.metric))].sort(moistureFirst);
    return html`<h2>${words.plant.charts}</h2>
      <fieldset class="spans">
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
                }}
              />${words.spans[span]}
            </label>`,
        )}
      </fieldset>
      ${metrics.map((metric) => this.chart(metric))}
      <p class="soft small">${words.plant.gap}</p>`;
  }

  private chart(metric: Metric) {
    const name = words.metrics[metric] ?? metric;
    const drawn = past(this.plant.id, metric, SPANS[this.span], POINTS).then(
      (history) =>
        history.points.some((point) => point.mean !== null)
          ? html`<plantops-chart
              label=${name}
              .history=${history}
              .band=${bandOf(this.plant, metric)}
              .marks=${metric === "soil_moisture" ? this.marks() : []}
            ></plantops-chart>`
          : html`<p class="soft">${words.plant.noHistory}</p>`,
      (error: unknown) => html`<p class="soft">${inWords(error)}</p>`,
    );
    return html`<h3>${name}</h3>
      ${until(drawn, html`<div class="wait"></div>`)}`;
  }

  private marks(): Mark[] {
    return this.care
      .filter((event) => (event.kind as string) === "watered")
      .map((event) => ({ at: Date.parse(event.at), name: words.care["watered"] ?? "" }));
  }
}

/** What charts depend on, but for the past itself. */
function chartKey(plant: Plant): string {
  return JSON.stringify([plant.id, plant.assignments, plant.thresholds]);
}

function moistureFirst(a: Metric, b: Metric): number {
  return Number(b === "soil_moisture") - Number(a === "soil_moisture") || a.localeCompare(b);
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-plant-charts": PlantCharts;
  }
}
