/** How a plant is, in one word, and why: what its picture shows and where it stands in the garden. */
import type { Garden } from "./garden.js";
import type { Device, Metric, Plant, PlantValue } from "./types.js";

export type Mood = "alarm" | "thirsty" | "warn" | "silent" | "fine" | "unknown";

/** The neediest first. */
export const MOODS: readonly Mood[] = ["alarm", "thirsty", "warn", "silent", "unknown", "fine"];

export interface Misfit {
  readonly metric: Metric;
  readonly side: "low" | "high";
}

export interface Feeling {
  readonly mood: Mood;
  readonly misfits: readonly Misfit[];
  /** When the plant's silent devices were last heard of; undefined: all speak, or nothing was ever heard. */
  readonly silentSince?: string;
}

const NEEDS: readonly Metric[] = ["soil_moisture", "temperature", "humidity", "soil_conductivity"];

/** Judge a plant by what is known of it. */
export function feelingOf(plant: Plant, garden: Garden, now: number): Feeling {
  const devices = devicesOf(plant, garden);
  const silent = devices.filter((device) => device.status === "offline");
  const values = plant.values.filter((value) => NEEDS.includes(value.metric));
  const misfits = values.flatMap((value) => misfitOf(plant, value) ?? []);
  if (devices.length > 0 && silent.length === devices.length) {
    const heard = silent.map((device) => device.last_seen ?? "").sort();
    return { mood: "silent", misfits: [], ...(heard.at(-1) && { silentSince: heard.at(-1) as string }) };
  }
  return { mood: moodOf(plant, misfits, values, now), misfits };
}

function moodOf(plant: Plant, misfits: readonly Misfit[], values: readonly PlantValue[], now: number): Mood {
  const dry = misfits.some((one) => one.metric === "soil_moisture" && one.side === "low");
  const due = plant.next_watering && Date.parse(plant.next_watering.at) <= now;
  if (dry || due) return "thirsty";
  if (misfits.length > 0) return "warn";
  return values.length > 0 || plant.next_watering ? "fine" : "unknown";
}

function misfitOf(plant: Plant, value: PlantValue): Misfit | undefined {
  const band = bandOf(plant, value.metric);
  if (!band || value.unit === "V") return undefined;
  if (band.low !== null && value.value < band.low) return { metric: value.metric, side: "low" };
  if (band.high !== null && value.value > band.high) return { metric: value.metric, side: "high" };
  return undefined;
}

export interface Band {
  readonly low: number | null;
  readonly high: number | null;
}

/** Give the span in which a plant is content for a metric. */
export function bandOf(plant: Plant, metric: string): Band | undefined {
  const bands = plant.thresholds as Record<string, { low?: number | null; high?: number | null } | null>;
  const band = bands[metric];
  return band ? { low: band.low ?? null, high: band.high ?? null } : undefined;
}

/** List the devices whose channels serve a plant now. */
export function devicesOf(plant: Plant, garden: Garden): Device[] {
  const ids = new Set(plant.assignments.map((assignment) => assignment.device_id));
  return [...ids].flatMap((id) => garden.devices.get(id) ?? []);
}

export function valueOf(plant: Plant, metric: Metric): PlantValue | undefined {
  return plant.values.find((value) => value.metric === metric);
}

export interface Felt {
  readonly plant: Plant;
  readonly feeling: Feeling;
}

/** List the plants with how they are, the neediest first: by mood, then by when they want water, then by name. */
export function neediestFirst(garden: Garden, now: number): Felt[] {
  const due = (plant: Plant) => (plant.next_watering ? Date.parse(plant.next_watering.at) : Number.POSITIVE_INFINITY);
  const order = (a: number, b: number) => (a === b ? 0 : a - b);
  return [...garden.plants.values()]
    .map((plant) => ({ plant, feeling: feelingOf(plant, garden, now) }))
    .sort(
      (a, b) =>
        order(MOODS.indexOf(a.feeling.mood), MOODS.indexOf(b.feeling.mood)) ||
        order(due(a.plant), due(b.plant)) ||
        a.plant.name.localeCompare(b.plant.name),
    );
}
