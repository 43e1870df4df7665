/** What happened to a plant, as charts mark it: what was done, and what was wrong from when until when. */
import type { Feeling } from "./feeling.js";
import { address, ask } from "./api.js";
import type { Alert, CareEvent, Metric, Page, Plant } from "./types.js";

export interface Mark {
  readonly from: number;
  /** Milliseconds, as `from`; undefined: it lasts. A deed takes no time. */
  readonly until: number | undefined;
  readonly what: "care" | "alert";
  readonly kind: string;
  /** How grave it is; the words for a deed have none. */
  readonly mood: Feeling["mood"] | undefined;
  /** More about it: an alert's sentence (English, by the backend), or a deed's note (by somebody). */
  readonly words: string;
}

const MOODS = { critical: "alarm", warning: "warn", info: "unknown" } as const;

/** Metrics on whose charts a deed is marked; the others are marked on the soil's. */
const DONE_TO: Record<string, readonly Metric[]> = {
  watered: ["soil_moisture", "soil_conductivity"],
  fertilised: ["soil_moisture", "soil_conductivity"],
  misted: ["soil_moisture", "humidity"],
  moved: ["soil_moisture", "temperature", "humidity", "illuminance", "ppfd"],
};

/** Metrics on whose charts an alert is marked, where its kind does not name the metric. */
const FELT_BY: Record<string, readonly Metric[]> = {
  dli_low: ["illuminance", "ppfd"],
  dli_high: ["illuminance", "ppfd"],
  frost: ["temperature"],
  battery_low: ["battery", "battery_voltage"],
  irrigation_failed: ["soil_moisture"],
  leak: ["soil_moisture"],
  reservoir_empty: ["soil_moisture", "water_level"],
};

/** List what belongs on the chart of a plant's metric, in the order of time. */
export function marksOf(
  plant: Plant,
  metric: Metric,
  care: readonly CareEvent[],
  alerts: readonly Alert[],
): readonly Mark[] {
  const done = care.filter((event) => (DONE_TO[event.kind] ?? ["soil_moisture"]).includes(metric));
  const wrong = alerts.filter((alert) => concerns(alert, plant, metric));
  return [...done.map(deed), ...wrong.map(trouble)].sort((a, b) => a.from - b.from);
}

/** Leave out what lies wholly outside of a span of time. */
export function within(marks: readonly Mark[], from: number, until: number): readonly Mark[] {
  return marks.filter((mark) => mark.from < until && (mark.until ?? Number.POSITIVE_INFINITY) >= from);
}

function deed(event: CareEvent): Mark {
  const at = Date.parse(event.at);
  return { from: at, until: at, what: "care", kind: event.kind, mood: undefined, words: event.note };
}

function trouble(alert: Alert): Mark {
  return {
    from: Date.parse(alert.opened_at),
    until: alert.resolved_at ? Date.parse(alert.resolved_at) : undefined,
    what: "alert",
    kind: alert.kind,
    mood: MOODS[alert.severity],
    words: alert.words,
  };
}

function concerns(alert: Alert, plant: Plant, metric: Metric): boolean {
  const serving = plant.assignments.filter((one) => one.metric === metric);
  if (alert.kind === "device_silent") return serving.some((one) => one.device_id === alert.device_id);
  if (alert.kind === "sensor_fault") return serving.some((one) => one.channel_id === alert.channel_id);
  return FELT_BY[alert.kind]?.includes(metric) ?? alert.kind.replace(/_(low|high)$/, "") === metric;
}

/** Alerts that are asked for at most, of the plant and of each device: the newest. */
const MOST = 200;

/** Fetch what was and is wrong with a plant and with the devices that serve it. */
export async function troubles(plant: Plant): Promise<readonly Alert[]> {
  const devices = [...new Set(plant.assignments.map((one) => one.device_id))];
  const questions = [{ plant_id: plant.id }, ...devices.map((device_id) => ({ device_id }))];
  const pages = await Promise.all(
    questions.map((who) => ask<Page<Alert>>("GET", address("alerts", { ...who, state: "all", limit: MOST }))),
  );
  const known = new Map(pages.flatMap(({ items }) => items.map((alert) => [alert.id, alert] as const)));
  return [...known.values()].filter((alert) => !alert.plant_id || alert.plant_id === plant.id);
}
