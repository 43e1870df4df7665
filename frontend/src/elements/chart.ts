/** A series over time: mean, the span between lowest and highest, where the plant is content, and what was done. */
import { css, html, LitElement, unsafeCSS } from "lit";
import { customElement, property } from "lit/decorators.js";
import uPlot from "uplot";
import plotStyle from "uplot/dist/uPlot.min.css?inline";

import type { Band } from "../data/feeling.js";
import type { History } from "../data/types.js";
import { measure, moment, number, shown } from "../words/format.js";
import { locale } from "../words/index.js";

const HEIGHT = 220;

export interface Mark {
  readonly at: number;
  readonly name: string;
}

/** Lay a history out as uPlot wants it: times in seconds, then means, lows and highs; a gap is null in all three. */
export function columns(history: History): uPlot.AlignedData {
  const turn = (value: number | null | undefined) =>
    value === null || value === undefined ? null : shown(value, history.unit).value;
  const half = (history.bucket_seconds ?? 0) / 2;
  return [
    history.points.map((point) => Date.parse(point.time) / 1000 + half),
    history.points.map((point) => turn(point.mean)),
    history.points.map((point) => turn(point.min ?? point.mean)),
    history.points.map((point) => turn(point.max ?? point.mean)),
  ];
}

@customElement("plantops-chart")
export class Chart extends LitElement {
  @property({ attribute: false }) history!: History;
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
    css`
      :host {
        display: block;
        min-width: 0;
      }
      .u-wrap {
        font: inherit;
      }
      p {
        margin: 0;
        min-height: 1.4em;
        font-size: 0.875rem;
        color: var(--soft);
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("plantops-theme", this.#repaint);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", this.#repaint);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("plantops-theme", this.#repaint);
    matchMedia("(prefers-color-scheme: dark)").removeEventListener("change", this.#repaint);
    this.#size.disconnect();
    this.#plot?.destroy();
  }

  override render() {
    return html`<div class="plot" role="img" aria-label=${`${this.label}: ${this.summary()}`}></div>
      <p aria-hidden="true" class="read">${this.summary()}</p>`;
  }

  protected override updated(): void {
    this.draw();
  }

  /** The chart in a sentence, for those who don't see it, and as its legend while nothing is pointed at. */
  private summary(): string {
    const { points, unit, metric } = this.history;
    const last = points.findLast((point) => point.mean !== null);
    const lows = points.flatMap((point) => point.min ?? point.mean ?? []);
    const highs = points.flatMap((point) => point.max ?? point.mean ?? []);
    if (!last || lows.length === 0) return "";
    const [low, high] = [Math.min(...lows), Math.max(...highs)].map((value) => measure(value, unit, metric));
    return `${measure(last.mean ?? 0, unit, metric)} · ${low ?? ""} – ${high ?? ""}`;
  }

  private draw(): void {
    const room = this.renderRoot.querySelector<HTMLElement>(".plot");
    if (!room) return;
    this.#plot?.destroy();
    room.replaceChildren();
    const width = Math.max(room.clientWidth, 200);
    this.#plot = new uPlot(this.options(width), columns(this.history), room);
    this.#size.observe(room);
  }

  private options(width: number): uPlot.Options {
    const colour = (name: string) => resolved(this, name);
    const axis = { stroke: colour("--soft"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
    const leaf = colour("--leaf");
    const time = new Intl.DateTimeFormat(locale, timeForm(this.history));
    return {
      width,
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false } },
      scales: { x: { min: seconds(this.history.from), max: seconds(this.history.until) } },
      axes: [
        { ...axis, values: (_, ticks) => ticks.map((tick) => time.format(tick * 1000)), space: 70 },
        { ...axis, size: 56, values: (_, ticks) => ticks.map((tick) => number(tick, tick % 1 === 0 ? 0 : 1)) },
      ],
      series: [
        {},
        { stroke: leaf, width: 2, spanGaps: false, points: { show: this.history.points.length < 40, size: 5 } },
        { show: true, stroke: "transparent", points: { show: false } },
        { show: true, stroke: "transparent", points: { show: false } },
      ],
      bands: [{ series: [3, 2], fill: fade(leaf, 0.2) }],
      hooks: {
        drawClear: [(plot) => this.paintBand(plot, fade(colour("--soft"), 0.13))],
        draw: [(plot) => this.paintMarks(plot, colour("--water"))],
        setCursor: [(plot) => this.read(plot)],
      },
    };
  }

  private paintBand(plot: uPlot, fill: string): void {
    if (!this.band) return;
    const { left, top, width, height } = plot.bbox;
    const at = (value: number) => plot.valToPos(shown(value, this.history.unit).value, "y", true);
    const inside = (y: number) => Math.min(Math.max(y, top), top + height);
    const upper = this.band.high === null ? top : inside(at(this.band.high));
    const lower = this.band.low === null ? top + height : inside(at(this.band.low));
    plot.ctx.fillStyle = fill;
    plot.ctx.fillRect(left, upper, width, lower - upper);
  }

  private paintMarks(plot: uPlot, stroke: string): void {
    const { top, height, left, width } = plot.bbox;
    plot.ctx.save();
    plot.ctx.strokeStyle = stroke;
    plot.ctx.lineWidth = 2 * devicePixelRatio;
    plot.ctx.setLineDash([3 * devicePixelRatio, 4 * devicePixelRatio]);
    for (const mark of this.marks) {
      const x = plot.valToPos(mark.at / 1000, "x", true);
      if (x < left || x > left + width) continue;
      plot.ctx.beginPath();
      plot.ctx.moveTo(x, top);
      plot.ctx.lineTo(x, top + height);
      plot.ctx.stroke();
    }
    plot.ctx.restore();
  }

  /** Say what the chart shows where it is pointed at. */
  private read(plot: uPlot): void {
    const line = this.renderRoot.querySelector(".read");
    const point = this.history.points[plot.cursor.idx ?? -1];
    if (!line) return;
    if (point?.mean === null || point?.mean === undefined) {
      line.textContent = this.summary();
      return;
    }
    const { unit, metric } = this.history;
    const span = [point.min, point.max].flatMap((value) => (value === null ? [] : measure(value, unit, metric)));
    const spanned = span.length === 2 && span[0] !== span[1] ? ` (${span.join(" – ")})` : "";
    line.textContent = `${moment(point.time)}: ${measure(point.mean, unit, metric)}${spanned}`;
  }
}

function seconds(time: string): number {
  return Date.parse(time) / 1000;
}

function timeForm(history: History): Intl.DateTimeFormatOptions {
  const days = (Date.parse(history.until) - Date.parse(history.from)) / 86_400_000;
  if (days <= 2) return { hour: "2-digit", minute: "2-digit" };
  if (days <= 120) return { day: "numeric", month: "short" };
  return { month: "short", year: "2-digit" };
}

/** A canvas knows no custom properties, and no light-dark(): the browser is asked what a colour is here. */
function resolved(host: HTMLElement, name: string): string {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  (host.shadowRoot ?? host).append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function fade(colour: string, share: number): string {
  return `color-mix(in srgb, ${colour} ${share * 100}%, transparent)`;
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-chart": Chart;
  }
}
