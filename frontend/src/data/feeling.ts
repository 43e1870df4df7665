/** How a plant is, in one word, and why: what its picture shows and where it stands in the garden. */
import type { Garden } from "./garden.js";
import type { Alert, Device, Metric, Plant, PlantValue } from "./types.js";

export type Mood = "alarm" | "thirsty" | "warn" | "silent" | "fine" | "unknown";

/** The neediest first. */
export const MOODS: readonly Mood[] = ["alarm", "thirsty", "warn", "silent", "unknown", "fine"];

export interface Misfit {
  readonly metric: Metric;
  readonly side: "low" | "high";
}

export interface Feeling {
  readonly mood: Mood;
  /** The plant's open alerts and those of its devices, the worst first. */
  readonly alerts: readonly Alert[];
  /** When the plant's silent devices were last heard of; undefined: all speak, or nothing was ever heard. */
  readonly silentSince?: string;
}

const SEVERITIES: readonly Alert["severity"][] = ["critical", "warning", "info"];

/** Judge a plant by its alerts: the backend alone decides what is one. */
export function feelingOf(plant: Plant, garden: Garden, now: number): Feeling {
  const devices = devicesOf(plant, garden);
  const alerts = alertsOf(plant, devices, garden);
  const silent = devices.filter((device) => device.status === "offline" || isSilent(device, alerts));
  if (devices.length > 0 && silent.length === devices.length) {
    const heard = silent.flatMap((device) => device.last_seen ?? []).sort();
    const last = heard.at(-1);
    return { mood: "silent", alerts, ...(last && { silentSince: last }) };
  }
  return { mood: moodOf(plant, alerts, now), alerts };
}

function moodOf(plant: Plant, alerts: readonly Alert[], now: number): Mood {
  const due = plant.next_watering && Date.parse(plant.next_watering.at) <= now;
  if (alerts.some((alert) => alert.severity === "critical" || alert.kind === "sensor_fault")) return "alarm";
  if (due || alerts.some((alert) => alert.kind === "soil_moisture_low")) return "thirsty";
  // A battery that ends soon is its device's trouble, not yet the plant's.
  if (alerts.some((alert) => alert.severity === "warning" && alert.plant_id)) return "warn";
  return plant.values.length > 0 || plant.next_watering ? "fine" : "unknown";
}

function alertsOf(plant: Plant, devices: readonly Device[], garden: Garden): Alert[] {
  const ids = new Set(devices.map((device) => device.id));
  return worstFirst(
    [...garden.alerts.values()].filter((alert) =>
      alert.plant_id ? alert.plant_id === plant.id : ids.has(alert.device_id ?? ""),
    ),
  );
}

/** Sort alerts: the worst first, then the newest. */
export function worstFirst(alerts: readonly Alert[]): Alert[] {
  return [...alerts].sort(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      Date.parse(b.opened_at) - Date.parse(a.opened_at),
  );
}

function isSilent(device: Device, alerts: readonly Alert[]): boolean {
  return alerts.some((alert) => alert.kind === "device_silent" && alert.device_id === device.id);
}

/** Tell on which side of its span a value lies now; a probe's volts can't be judged by a span in per cent. */
export function misfitOf(plant: Plant, value: PlantValue): Misfit | undefined {
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

/** Give what a plant's probe sends of its soil while nobody has calibrated it: volts, of which no per cents are known. */
export function uncalibratedOf(plant: Plant): PlantValue | undefined {
  const value = valueOf(plant, "soil_moisture");
  return value?.unit === "%" ? undefined : value;
}

/** Sort metrics: the soil's moisture first. */
export function moistureFirst(a: string, b: string): number {
  return Number(b === "soil_moisture") - Number(a === "soil_moisture") || a.localeCompare(b);
}

export interface Felt {
  readonly plant: Plant;
  readonly feeling: Feeling;
}

/** Made once: that costs more than many comparisons. */
const byName = new Intl.Collator();

/** A plant that feels as before is told by the same object: its card need not be drawn anew. */
const known = new WeakMap<Plant, Felt>();

function felt(plant: Plant, garden: Garden, now: number): Felt {
  const feeling = feelingOf(plant, garden, now);
  const before = known.get(plant);
  if (before && same(before.feeling, feeling)) return before;
  const told = { plant, feeling };
  known.set(plant, told);
  return told;
}

function same(one: Feeling, other: Feeling): boolean {
  return (
    one.mood === other.mood &&
    one.silentSince === other.silentSince &&
    one.alerts.length === other.alerts.length &&
    one.alerts.every((alert, at) => alert === other.alerts[at])
  );
}

/** List the plants with how they are, the neediest first: by mood, then by when they want water, then by name. */
export function neediestFirst(garden: Garden, now: number): Felt[] {
  const due = (plant: Plant) => (plant.next_watering ? Date.parse(plant.next_watering.at) : Number.POSITIVE_INFINITY);
  const order = (a: number, b: number) => (a === b ? 0 : a - b);
  return [...garden.plants.values()]
    .map((plant) => felt(plant, garden, now))
    .sort(
      (a, b) =>
        order(MOODS.indexOf(a.feeling.mood), MOODS.indexOf(b.feeling.mood)) ||
        order(due(a.plant), due(b.plant)) ||
        byName.compare(a.plant.name, b.plant.name),
    );
}
