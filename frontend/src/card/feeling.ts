/** How a plant is, from what Home Assistant shows of it: the same words and colours as in the dashboard. */
import { type Band, type Mood, MOODS } from "../data/feeling.js";
import { type Hass, isKnown, type State } from "./hass.js";
import type { PlantDevice } from "./plants.js";

const OF_HEALTH: Readonly<Record<string, Mood>> = {
  critical: "alarm",
  thirsty: "thirsty",
  problem: "warn",
  well: "fine",
};

/** What is shown beside the soil, the most telling first, with the need that has bounds for it. */
const VALUES: readonly { readonly key: string; readonly icon: string; readonly need?: string }[] = [
  { key: "temperature", icon: "mdi:thermometer", need: "temperature" },
  { key: "humidity", icon: "mdi:water-percent", need: "humidity" },
  { key: "dli", icon: "mdi:white-balance-sunny" },
  { key: "soil_conductivity", icon: "mdi:bottle-tonic-plus", need: "soil_conductivity" },
  { key: "vpd", icon: "mdi:weather-windy" },
  { key: "soil_temperature", icon: "mdi:thermometer-lines" },
  { key: "soil_ph", icon: "mdi:ph" },
  { key: "co2", icon: "mdi:molecule-co2" },
  { key: "water_level", icon: "mdi:waves" },
];

export interface Value {
  readonly key: string;
  readonly icon: string;
  readonly state: State;
  readonly side: "low" | "high" | undefined;
}

export interface Shown {
  readonly plant: PlantDevice;
  readonly mood: Mood;
  /** PlantOps itself is not heard: nothing is known of now. */
  readonly away: boolean;
  /** Soil moisture, %. */
  readonly moisture: number | undefined;
  readonly measured: boolean;
  /** Its probe sends volts of which nobody has said yet how many per cent they are. */
  readonly uncalibrated: boolean;
  readonly band: Band | undefined;
  readonly problems: readonly string[];
  readonly lastHeard: string | undefined;
  readonly nextWatering: string | undefined;
  readonly lastWatered: string | undefined;
  readonly tasksDue: number;
}

/** The entities by which a plant is judged and told; what is measured beside them concerns only its own card. */
const TOLD_BY = [
  "sensor.health",
  "sensor.soil_moisture",
  "sensor.next_watering",
  "sensor.last_watered",
  "sensor.tasks_due",
  "binary_sensor.problem",
  "binary_sensor.needs_water",
  "number.soil_moisture_low",
  "number.soil_moisture_high",
];

const toldBy = new WeakMap<PlantDevice, readonly string[]>();

/** List the entities by which a plant is judged and told. */
export function telling(plant: PlantDevice): readonly string[] {
  const known = toldBy.get(plant);
  if (known) return known;
  const ids = TOLD_BY.flatMap((what) => plant.shows.get(what) ?? []);
  toldBy.set(plant, ids);
  return ids;
}

const kept = new WeakMap<PlantDevice, { readonly states: readonly unknown[]; readonly shown: Shown }>();

/** Gather what the card shows of a plant: the same object as before while nothing of it has changed. */
export function shown(hass: Hass, plant: PlantDevice): Shown {
  const states = telling(plant).map((id) => hass.states[id]);
  const before = kept.get(plant);
  if (before?.states.every((one, at) => one === states[at])) return before.shown;
  const now = gather(hass, plant);
  kept.set(plant, { states, shown: now });
  return now;
}

function gather(hass: Hass, plant: PlantDevice): Shown {
  const state = (what: string) => hass.states[plant.shows.get(what) ?? ""];
  const told = (what: string) => (isKnown(state(what)) ? state(what)?.state : undefined);
  const health = state("sensor.health");
  const states = telling(plant).flatMap((id) => hass.states[id] ?? []);
  return {
    plant,
    mood: moodOf(health, told("binary_sensor.needs_water")),
    away: states.length > 0 && states.every((one) => one.state === "unavailable"),
    moisture: number(state("sensor.soil_moisture")),
    measured: plant.shows.has("sensor.soil_moisture"),
    uncalibrated: state("sensor.soil_moisture")?.attributes["calibrated"] === false,
    band: bandOf(hass, plant, "soil_moisture"),
    problems: strings(state("binary_sensor.problem")?.attributes["problems"]),
    lastHeard: strings([health?.attributes["last_heard"]])[0],
    nextWatering: told("sensor.next_watering"),
    lastWatered: told("sensor.last_watered"),
    tasksDue: number(state("sensor.tasks_due")) ?? 0,
  };
}

function moodOf(health: State | undefined, thirsty: string | undefined): Mood {
  if (health?.attributes["silent"] === true) return "silent";
  // Whoever has switched the health off still sees who is thirsty.
  if (health === undefined) return thirsty === "on" ? "thirsty" : "unknown";
  return OF_HEALTH[health.state] ?? "unknown";
}

function number(state: State | undefined): number | undefined {
  if (!isKnown(state)) return undefined;
  const value = Number(state.state);
  return Number.isFinite(value) ? value : undefined;
}

function strings(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((one) => typeof one === "string") : [];
}

function bandOf(hass: Hass, plant: PlantDevice, need: string): Band | undefined {
  const end = (side: string) => number(hass.states[plant.shows.get(`number.${need}_${side}`) ?? ""]) ?? null;
  const band = { low: end("low"), high: end("high") };
  return band.low === null && band.high === null ? undefined : band;
}

/** List what is measured beside the soil moisture, with the side on which it leaves its span. */
export function valuesOf(hass: Hass, plant: PlantDevice, most: number): Value[] {
  const found: Value[] = [];
  for (const { key, icon, need } of VALUES) {
    const state = hass.states[plant.shows.get(`sensor.${key}`) ?? ""];
    if (isKnown(state))
      found.push({ key, icon, state, side: sideOf(number(state), need && bandOf(hass, plant, need)) });
  }
  return found.slice(0, most);
}

function sideOf(value: number | undefined, band: Band | "" | undefined): "low" | "high" | undefined {
  if (!band || value === undefined) return undefined;
  if (band.low !== null && value < band.low) return "low";
  return band.high !== null && value > band.high ? "high" : undefined;
}

/** Sort plants: the neediest first, then who wants water sooner, then by name. */
export function neediest(plants: readonly Shown[]): Shown[] {
  const due = (one: Shown) => (one.nextWatering ? Date.parse(one.nextWatering) : Number.MAX_SAFE_INTEGER);
  return [...plants].sort(
    (a, b) =>
      MOODS.indexOf(a.mood) - MOODS.indexOf(b.mood) || due(a) - due(b) || a.plant.name.localeCompare(b.plant.name),
  );
}

/** Tell whether somebody should look after a plant. */
export function isNeedy(one: Shown): boolean {
  return one.mood !== "fine" && one.mood !== "unknown";
}
