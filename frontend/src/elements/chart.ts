/** A series over time, or two: mean, the span between lowest and highest, where the plant is content, and what happened. */
import { css, html, LitElement, nothing, render, unsafeCSS } from "lit";
import { customElement, property } from "lit/decorators.js";
import uPlot from "uplot";
import plotStyle from "uplot/dist/uPlot.min.css?inline";

import type { Band } from "../data/feeling.js";
import { type Mark, within } from "../data/happened.js";
import { summed, together } from "../data/series.js";
import type { History } from "../data/types.js";
import { shared } from "../look/shared.js";
import { measure, moment, shown } from "../words/format.js";
import { words } from "../words/index.js";
import { written } from "../words/locale.js";
import { nameOf } from "./lane.js";
import { HEIGHT, LEFT, options, resolved, RIGHT } from "./plot.js";

import "./chart-table.js";
import "./lane.js";

/** One plant's past, and whose it is. */
export interface Line {
  readonly name: string;
  readonly history: History;
}

@customElement("plantops-chart")
export class Chart extends LitElement {
  @property({ attribute: false }) line!: Line;
  /** Another plant's past of the same metric, in the same unit. */
  @property({ attribute: false }) other: Line | undefined;
  @property({ attribute: false }) band: Band | undefined;
  @property({ attribute: false }) marks: readonly Mark[] = [];
  @property() label = "";
  #plot: uPlot | undefined;
  #size = new ResizeObserver(([entry]) => {
    if (entry) this.#plot?.setSize({ width: Math.max(entry.contentRect.width, 200), height: HEIGHT });
  });
  #repaint = () => {
    this.draw();
  };

  static override styles = [
    unsafeCSS(plotStyle),
    shared,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      .u-wrap {
        font: inherit;
      }
      .read {
        min-height: 1.4em;
        font-size: 0.875rem;
        color: var(--soft);
      }
      plantops-lane {
        margin: 0 ${RIGHT}px 0 ${LEFT}px;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 0.2rem 1.2rem;
        margin: 0;
        padding: 0;
        list-style: none;
        font-size: 0.875rem;
      }
      .legend li::before {
        content: "";
        display: inline-block;
        width: 1.6rem;
        margin-right: 0.45rem;
        border-top: 0.2rem solid var(--leaf);
        vertical-align: middle;
      }
      .legend .two::before {
        border-top: 0.2rem dashed var(--other);
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("plantops-theme", this.#repaint);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", this.#repaint);
    if (this.hasUpdated) this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("plantops-theme", this.#repaint);
    matchMedia("(prefers-color-scheme: dark)").removeEventListener("change", this.#repaint);
    this.#size.disconnect();
    this.#plot?.destroy();
  }

  override render() {
    const { line, other } = this;
    const span = this.span();
    const lines = other ? [line, other] : [line];
    return html`${
        other
          ? html`<ul class="legend">
              ${lines.map((one, at) => html`<li class=${at ? "two" : ""}>${one.name}</li>`)}
            </ul>`
          : nothing
      }
      <div class="plot" role="img" aria-label=${`${this.label}: ${this.summary()}`}></div>
      <plantops-lane
        .marks=${within(this.marks, ...span)}
        .span=${span}
        @pointed=${(event: CustomEvent<{ marks: readonly Mark[]; count: number }>) => this.tell(event.detail)}
      ></plantops-lane>
      <div class="read" aria-hidden="true"></div>
      <plantops-chart-table .lines=${lines} label=${this.label}></plantops-chart-table>`;
  }

  protected override updated(): void {
    this.draw();
    this.say(this.summary());
  }

  private span(): readonly [number, number] {
    return [Date.parse(this.line.history.from), Date.parse(this.line.history.until)];
  }

  /** The chart in a sentence, for those who don't see it, and as its legend while nothing is pointed at. */
  private summary(): string {
    if (!this.other) return summaryOf(this.line.history);
    return [this.line, this.other].map(({ name, history }) => `${name}: ${summaryOf(history)}`).join("; ");
  }

  private draw(): void {
    const room = this.renderRoot.querySelector<HTMLElement>(".plot");
    if (!room) return;
    this.#plot?.destroy();
    room.replaceChildren();
    const { line, band, marks } = this;
    const other = this.other?.history;
    const what = { history: line.history, other, band, marks };
    const wanted = options(what, Math.max(room.clientWidth, 200), (name) => resolved(this, name));
    wanted.hooks = { ...wanted.hooks, setCursor: [(plot) => this.read(plot)] };
    this.#plot = new uPlot(wanted, together(line.history, other), room);
    this.#size.observe(room);
  }

  /** Say what happened where it is pointed at; an alert's own sentence is English. */
  private tell({ marks, count }: { marks: readonly Mark[]; count: number }): void {
    if (count === 0) {
      this.say(this.summary());
      return;
    }
    const more = count > marks.length ? html`<div>${words.charts.more(count - marks.length)}</div>` : nothing;
    this.say(
      html`${marks.map(
        (mark) =>
          html`<div>
            <strong>${nameOf(mark)}</strong>
            <span lang=${mark.what === "alert" ? written : nothing}>${mark.words}</span>
          </div>`,
      )}${more}`,
    );
  }

  /** Say what the chart shows where it is pointed at. */
  private read(plot: uPlot): void {
    const at = plot.cursor.idx;
    const told = (this.other ? [this.line, this.other] : [this.line]).flatMap(({ name, history }, which) => {
      const [mean, low, high] = [1, 2, 3].map((one) => plot.data[one + which * 3]?.[at ?? -1]);
      if (mean === null || mean === undefined) return [];
      const write = (value: number) => measure(value, shown(0, history.unit).unit, history.metric);
      const spanned = low === high ? "" : ` (${write(low ?? mean)} – ${write(high ?? mean)})`;
      return `${this.other ? `${name} ` : ""}${write(mean)}${spanned}`;
    });
    const time = plot.data[0][at ?? -1];
    this.say(time === undefined || told.length === 0 ? this.summary() : `${moment(time * 1000)}: ${told.join("; ")}`);
  }

  /** The line below is written by hand: it changes with each move of the pointer, and nothing else does. */
  private say(what: unknown): void {
    const line = this.renderRoot.querySelector<HTMLElement>(".read");
    if (line) render(what, line);
  }
}

function summaryOf(history: History): string {
  const { points, unit, metric } = history;
  const last = points.findLast((point) => point.mean !== null);
  const all = summed(points);
  if (!last || !all) return words.plant.noHistory;
  const write = (value: number) => measure(value, unit, metric);
  return words.charts.summary(write(last.mean ?? 0), write(all.low), write(all.high));
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-chart": Chart;
  }
}
