/** The pasts of series, fetched when they are wanted, a few at a time, and kept while they are new enough. */
import { address, ask } from "./api.js";
import type { History, Metric } from "./types.js";

const AT_ONCE = 4;
/** Milliseconds after which a past is fetched anew. */
const FRESH = 5 * 60_000;

interface Kept {
  readonly at: number;
  readonly history: Promise<History>;
}

const kept = new Map<string, Kept>();
const waiting: (() => void)[] = [];
let underway = 0;

/** Give a plant's past for a metric, as many points at most as asked for. */
export function past(plant: string, metric: Metric, days: number, points: number, now = Date.now()): Promise<History> {
  const key = `${plant} ${metric} ${days} ${points}`;
  const known = kept.get(key);
  if (known && now - known.at < FRESH) return known.history;
  const from = new Date(now - days * 86_400_000).toISOString();
  const path = address(`plants/${plant}/history`, { metric, from, until: new Date(now).toISOString(), points });
  const history = inTurn(() => ask<History>("GET", path));
  kept.set(key, { at: now, history });
  history.catch(() => kept.delete(key));
  return history;
}

async function inTurn<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  if (underway >= AT_ONCE) await new Promise<void>((go) => waiting.push(go));
  underway += 1;
  try {
    return await work();
  } finally {
    underway -= 1;
    waiting.shift()?.();
  }
}
