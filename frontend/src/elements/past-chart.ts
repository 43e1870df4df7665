/** One metric's chart with its past, fetched when it is wanted; the old one stays until the new one has come. */
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { bandOf } from "../data/feeling.js";
import type { Mark } from "../data/happened.js";
import { past, type Span, SPANS } from "../data/past.js";
import type { History, Metric, Plant } from "../data/types.js";
import { shared } from "../look/shared.js";
import { words } from "../words/index.js";
import { inWords } from "./told.js";

import "./chart.js";

/** Enough for a wide screen, and few enough for a phone. */
const POINTS = 400;

interface Fetched {
  readonly history: History;
  readonly other: History | undefined;
  readonly otherName: string;
}

const ASKED_FOR = ["plant", "other", "metric", "span", "back", "turn"] as const;

@customElement("plantops-past-chart")
export class PastChart extends LitElement {
  @property({ attribute: false }) plant!: Plant;
  @property({ attribute: false }) other: Plant | undefined;
  @property() metric: Metric = "soil_moisture";
  @property() span: Span = "week";
  /** How many spans ago it ends. */
  @property({ type: Number }) back = 0;
  /** Another number asks for the past anew. */
  @property({ type: Number }) turn = 0;
  @property({ attribute: false }) marks: readonly Mark[] = [];
  @state() private fetched: Fetched | undefined;
  @state() private problem = "";
  #asked = 0;

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      .wait {
        min-height: 15rem;
      }
    `,
  ];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (ASKED_FOR.some((name) => changed.has(name))) {
      void this.fetch();
    }
  }

  override render() {
    if (this.problem) return html`<p class="soft" role="status">${this.problem}</p>`;
    if (!this.fetched) return html`<div class="wait"></div>`;
    const { history, other, otherName } = this.fetched;
    const told = [history, other].some((one) => one?.points.some((point) => point.mean !== null));
    if (!told) return html`<p class="soft">${words.plant.noHistory}</p>`;
    const fits = other?.unit === history.unit;
    return html`<plantops-chart
        label=${words.metrics[this.metric] ?? this.metric}
        .line=${{ name: this.plant.name, history }}
        .other=${other && fits ? { name: otherName, history: other } : undefined}
        .band=${history.unit === "V" ? undefined : bandOf(this.plant, this.metric)}
        .marks=${this.marks}
      ></plantops-chart>
      ${other && !fits ? html`<p class="soft small">${words.charts.otherUnit(otherName, other.unit)}</p>` : nothing}`;
  }

  private async fetch(): Promise<void> {
    const asked = ++this.#asked;
    const { plant, other, metric, back } = this;
    const when = { now: Date.now(), back };
    const one = (whose: Plant) => past(whose.id, metric, SPANS[this.span], POINTS, when);
    const wanted = other?.values.some((value) => value.metric === metric) ? other : undefined;
    try {
      const [history, second] = await Promise.all([one(plant), wanted && one(wanted)]);
      if (asked !== this.#asked) return;
      this.problem = "";
      this.fetched = { history, other: second, otherName: wanted?.name ?? "" };
    } catch (error) {
      if (asked !== this.#asked) return;
      // What is drawn stays true; only where nothing is, one must know why.
      this.problem = this.fetched ? "" : inWords(error);
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-past-chart": PastChart;
  }
}
