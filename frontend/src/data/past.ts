/** The pasts of series, fetched when they are wanted, a few at a time, and kept while they are new enough. */
import { address, ask } from "./api.js";
import { Kept } from "./kept.js";
import type { History, Metric } from "./types.js";

/** Milliseconds after which a past is fetched anew. */
const FRESH = 5 * 60_000;

const kept = new Kept<History>(FRESH);

/** Give a plant's past for a metric, as many points at most as asked for. */
export function past(plant: string, metric: Metric, days: number, points: number, now = Date.now()): Promise<History> {
  const from = new Date(now - days * 86_400_000).toISOString();
  const path = address(`plants/${plant}/history`, { metric, from, until: new Date(now).toISOString(), points });
  return kept.get(`${plant} ${metric} ${days} ${points}`, now, () => ask<History>("GET", path));
}
