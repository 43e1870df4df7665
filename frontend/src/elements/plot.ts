/** How a chart is painted: axes, lines, the spans between lowest and highest, and what lies behind them. */
import uPlot from "uplot";

import type { Band, Mood } from "../data/feeling.js";
import type { Mark } from "../data/happened.js";
import type { History } from "../data/types.js";
import { number, shown } from "../words/format.js";
import { locale } from "../words/index.js";

export const HEIGHT = 220;
/** Room for the numbers at the left, and for half of a date at the right; the lane below keeps to it. */
export const LEFT = 52;
export const RIGHT = 14;

/** Fewer points than this are shown as points too. */
const FEW = 40;

export interface Shown {
  readonly history: History;
  readonly other: History | undefined;
  readonly band: Band | undefined;
  readonly marks: readonly Mark[];
}

const COLOURS: Record<Mood, string> = {
  alarm: "--alarm",
  warn: "--warn",
  thirsty: "--water",
  silent: "--quiet",
  unknown: "--quiet",
  fine: "--leaf",
};

/** Give uPlot's options for what is to be shown. `colour` tells what a custom property is at this place. */
export function options(what: Shown, width: number, colour: (name: string) => string): uPlot.Options {
  const axis = { stroke: colour("--soft"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  const font = "12px system-ui, sans-serif";
  const time = new Intl.DateTimeFormat(locale, timeForm(what.history));
  const points = { show: what.history.points.length < FEW, size: 5 };
  const [leaf, other] = [colour("--leaf"), colour("--other")];
  const bound: uPlot.Series = { stroke: "transparent", points: { show: false } };
  const one: uPlot.Series[] = [{ stroke: leaf, width: 2, spanGaps: false, points }, bound, bound];
  const two: uPlot.Series[] = [{ stroke: other, width: 2, dash: [7, 4], spanGaps: false, points }, bound, bound];
  return {
    width,
    height: HEIGHT,
    padding: [10, RIGHT, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: {
      x: { min: seconds(what.history.from), max: seconds(what.history.until) },
      y: { range: (_, low, high) => reach(low, high, what) },
    },
    axes: [
      { ...axis, font, values: (_, ticks) => ticks.map((tick) => time.format(tick * 1000)), size: 30, space: 70 },
      {
        ...axis,
        font,
        size: LEFT,
        values: (_, ticks, __, ___, step) => ticks.map((tick) => number(tick, decimals(step))),
      },
    ],
    series: [{}, ...one, ...(what.other ? two : [])],
    bands: [
      { series: [3, 2], fill: fade(leaf, 0.2) },
      ...(what.other ? [{ series: [6, 5] as [number, number], fill: fade(other, 0.14) }] : []),
    ],
    hooks: {
      drawClear: [
        (plot) => {
          paintBand(plot, what, fade(colour("--soft"), 0.13));
          for (const mark of what.marks) if (mark.what === "alert") paintTrouble(plot, mark, colour);
        },
      ],
      draw: [
        (plot) => {
          for (const mark of what.marks) if (mark.what === "care") paintDeed(plot, mark, colour);
        },
      ],
    },
  };
}

/** Reach as far as the nearest bound of the band, so that one sees on which side of it the plant is. */
export function reach(low: number | null, high: number | null, { band, history }: Shown): uPlot.Range.MinMax {
  let [bottom, top] = [low ?? 0, high ?? 1];
  const [wanted, borne] = [band?.low, band?.high].map((one) =>
    one === null || one === undefined ? undefined : shown(one, history.unit).value,
  );
  if (wanted !== undefined && top < wanted) top = wanted;
  if (borne !== undefined && bottom > borne) bottom = borne;
  const room = Math.max((top - bottom) * 0.1, history.unit === "V" ? 0.02 : 0.5);
  const never = bottom >= 0 ? 0 : Number.NEGATIVE_INFINITY;
  return [Math.max(bottom - room, never), top + room];
}

function decimals(step: number): number {
  return step >= 1 ? 0 : Math.ceil(-Math.log10(step) - 1e-9);
}

function paintBand(plot: uPlot, { band, history }: Shown, fill: string): void {
  if (!band) return;
  const { left, top, width, height } = plot.bbox;
  const at = (value: number) => plot.valToPos(shown(value, history.unit).value, "y", true);
  const inside = (y: number) => Math.min(Math.max(y, top), top + height);
  const upper = band.high === null ? top : inside(at(band.high));
  const lower = band.low === null ? top + height : inside(at(band.low));
  plot.ctx.fillStyle = fill;
  plot.ctx.fillRect(left, upper, width, lower - upper);
}

/** An alert is a span from its opening to its end, over the whole height; its beginning is a line of its own. */
function paintTrouble(plot: uPlot, mark: Mark, colour: (name: string) => string): void {
  const { left, top, width, height } = plot.bbox;
  const inside = (x: number) => Math.min(Math.max(x, left), left + width);
  const from = plot.valToPos(mark.from / 1000, "x", true);
  const until = mark.until === undefined ? left + width : plot.valToPos(mark.until / 1000, "x", true);
  const hue = colour(COLOURS[mark.mood ?? "unknown"]);
  plot.ctx.fillStyle = fade(hue, 0.13);
  plot.ctx.fillRect(inside(from), top, inside(until) - inside(from), height);
  if (from < left || from > left + width) return;
  plot.ctx.fillStyle = fade(hue, 0.7);
  plot.ctx.fillRect(from, top, devicePixelRatio, height);
}

function paintDeed(plot: uPlot, mark: Mark, colour: (name: string) => string): void {
  const { top, height, left, width } = plot.bbox;
  const x = plot.valToPos(mark.from / 1000, "x", true);
  if (x < left || x > left + width) return;
  plot.ctx.save();
  plot.ctx.strokeStyle = mark.kind === "watered" ? colour("--water") : fade(colour("--soft"), 0.6);
  plot.ctx.lineWidth = 1.5 * devicePixelRatio;
  plot.ctx.setLineDash([3 * devicePixelRatio, 4 * devicePixelRatio]);
  plot.ctx.beginPath();
  plot.ctx.moveTo(x, top);
  plot.ctx.lineTo(x, top + height);
  plot.ctx.stroke();
  plot.ctx.restore();
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
export function resolved(host: HTMLElement, name: string): string {
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
