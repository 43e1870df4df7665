/** The pasts of series, fetched when they are wanted, a few at a time, and kept while they are new enough. */
import { address, ask } from "./api.js";
import { Kept } from "./kept.js";
import type { History, Metric } from "./types.js";

/** Spans that charts show, in days. */
export const SPANS = { hour: 1 / 24, day: 1, week: 7, month: 30, year: 365, years: 1095 } as const;
export type Span = keyof typeof SPANS;

const DAY = 86_400_000;
/** Milliseconds after which a past is fetched anew, and those for an hour's. */
const FRESH = 5 * 60_000;
const FRESHEST = 60_000;

const kept = new Kept<History>(FRESH);

/** Milliseconds for which a past of so many days is new enough. */
export function freshFor(days: number): number {
  return days < 1 ? FRESHEST : FRESH;
}

/** Give a plant's past for a metric, as many points at most as asked for, of the days that end now or `back` spans ago. */
export function past(
  plant: string,
  metric: Metric,
  days: number,
  points: number,
  { now = Date.now(), back = 0 } = {},
): Promise<History> {
  const until = now - back * days * DAY;
  const path = address(`plants/${plant}/history`, {
    metric,
    from: new Date(until - days * DAY).toISOString(),
    until: new Date(until).toISOString(),
    points,
  });
  const name = `${plant} ${metric} ${days} ${points} ${back}`;
  return kept.get(name, now, () => ask<History>("GET", path), freshFor(days));
}

/** Fetch everything anew: what came while nobody told this page is not in what it keeps. */
export function forgetPasts(): void {
  kept.forget();
}
