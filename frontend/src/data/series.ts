/** Histories laid out for charts and tables: one plant's, or two beside each other. Pure. */
import uPlot from "uplot";

import { shown } from "../words/format.js";
import type { History } from "./types.js";

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

/** A gap reaches to the next reading of its own series, whenever the other one was read in between (uPlot's "expand"). */
const GAPS_STAY: unknown = [2, 2, 2, 2];

/** Lay two histories over the same times: three more columns for the other one. */
export function together(history: History, other: History | undefined): uPlot.AlignedData {
  if (!other) return columns(history);
  const modes = GAPS_STAY as uPlot.JoinNullMode[];
  return uPlot.join([columns(history), columns(other)], [modes, modes]);
}

export interface Slot {
  /** Milliseconds at which it begins. */
  readonly at: number;
  /** Undefined: no readings. */
  readonly told: { readonly mean: number; readonly low: number; readonly high: number } | undefined;
}

/** Cut a history into slots of the same length, for a table that people can read. */
export function slots(history: History, count: number): readonly Slot[] {
  const from = Date.parse(history.from);
  const length = (Date.parse(history.until) - from) / count;
  const points = Array.from({ length: count }, (): History["points"][number][] => []);
  for (const point of history.points) {
    const slot = Math.floor((Date.parse(point.time) - from) / length);
    if (point.mean !== null) points[Math.min(Math.max(slot, 0), count - 1)]?.push(point);
  }
  return points.map((some, number) => ({ at: from + number * length, told: summed(some) }));
}

/** Sum points up: the mean of all their readings, the lowest and the highest; undefined where there are none. */
export function summed(points: History["points"]): Slot["told"] {
  let [sum, count, low, high] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { mean, min, max, count: readings } of points) {
    if (mean === null) continue;
    sum += mean * Math.max(readings, 1);
    count += Math.max(readings, 1);
    low = Math.min(low, min ?? mean);
    high = Math.max(high, max ?? mean);
  }
  return count === 0 ? undefined : { mean: sum / count, low, high };
}
