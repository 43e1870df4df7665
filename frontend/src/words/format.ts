/** Numbers, units and times for people. */
import { locale, timeZone } from "./locale.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365.25 * DAY;
const MONTH = YEAR / 12;

/** Decimals that say something, by metric; the others have one. */
const DECIMALS: Record<string, number> = {
  soil_moisture: 0,
  soil_conductivity: 0,
  humidity: 0,
  pressure: 0,
  illuminance: 0,
  ppfd: 0,
  co2: 0,
  battery: 0,
  battery_voltage: 2,
  signal_strength: 0,
  water_level: 0,
  vpd: 2,
};

type Degrees = "°C" | "°F";

/** Regions that think in Fahrenheit. */
const FAHRENHEIT = new Set(["US", "BS", "BZ", "KY", "PW", "FM", "MH", "LR"]);

export function degrees(): Degrees {
  const wished = localStorage.getItem("degrees");
  if (wished === "°C" || wished === "°F") return wished;
  return FAHRENHEIT.has(new Intl.Locale(locale).region ?? "") ? "°F" : "°C";
}

/** Give a value in the unit that the reader wants. */
export function shown(value: number, unit: string): { value: number; unit: string } {
  return unit === "°C" && degrees() === "°F" ? { value: value * 1.8 + 32, unit: "°F" } : { value, unit };
}

/** Write a value with its unit, e.g. `21.4 °C`. */
export function measure(value: number, unit: string, metric = ""): string {
  const wanted = shown(value, unit);
  const decimals = unit === "V" ? 2 : (DECIMALS[metric] ?? 1);
  return `${number(wanted.value, decimals)}\u202f${wanted.unit}`;
}

/** Write litres; below one, millilitres. */
export function volume(litres: number): string {
  return litres < 1 ? `${number(litres * 1000)}\u202fml` : `${number(litres, 2, 0)}\u202fl`;
}

export function number(value: number, decimals = 0, least = decimals): string {
  // Both languages write small whole numbers like this; making the first of all writers takes longer than the first cards.
  if (decimals === 0 && Math.abs(value) < 999) return `${Math.sign(value) * Math.round(Math.abs(value)) || 0}`;
  const options = { maximumFractionDigits: decimals, minimumFractionDigits: least };
  return writer(`number ${decimals} ${least}`, () => new Intl.NumberFormat(locale, options)).format(value);
}

const writers = new Map<string, unknown>();

/** What writes numbers and times costs more to be made than to be used: each is made once in every language. */
function writer<Writer>(name: string, make: () => Writer): Writer {
  const key = `${name} ${locale} ${timeZone ?? ""}`;
  const known = writers.get(key) as Writer | undefined;
  if (known) return known;
  const made = make();
  writers.set(key, made);
  return made;
}

function times(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return writer(name, () => new Intl.DateTimeFormat(locale, { ...options, timeZone }));
}

function relative(): Intl.RelativeTimeFormat {
  return writer("relative", () => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));
}

/** Count the days of the calendar, as the reader's place has them. */
function calendar(time: number): number {
  const options = { year: "numeric", month: "2-digit", day: "2-digit", timeZone } as const;
  return Date.parse(writer("calendar", () => new Intl.DateTimeFormat("sv", options)).format(time)) / DAY;
}

/** Write how far a time is from now, e.g. `in 2 days` or `5 minutes ago`; days are those of the calendar. */
export function ago(time: string | number | Date, now: number): string {
  const at = new Date(time).getTime();
  const away = at - now;
  const size = Math.abs(away);
  if (size < MINUTE - 5_000) return relative().format(Math.round(away / 1000 / 10) * 10, "second");
  if (size < HOUR - 30_000) return relative().format(Math.round(away / MINUTE), "minute");
  if (size < 36 * HOUR) return relative().format(Math.round(away / HOUR), "hour");
  if (size < 60 * DAY) return relative().format(calendar(at) - calendar(now), "day");
  if (size < 2 * YEAR) return relative().format(Math.round(away / MONTH), "month");
  return relative().format(Math.round(away / YEAR), "year");
}

/** Write a day: `tomorrow`, `Thursday` while it comes soon, else `14 Mar`. */
export function day(time: string | number | Date, now: number): string {
  const at = new Date(time).getTime();
  const away = calendar(at) - calendar(now);
  if (Math.abs(away) <= 1) return relative().format(away, "day");
  const soon = away > 1 && away < 6;
  return (soon ? times("weekday", { weekday: "long" }) : times("day", { day: "numeric", month: "short" })).format(at);
}

/** Write a date with its time of day. */
export function moment(time: string | number | Date): string {
  return times("moment", { dateStyle: "medium", timeStyle: "short" }).format(new Date(time));
}

/** Write a date with its year. */
export function date(time: string | number | Date): string {
  return times("date", { dateStyle: "medium" }).format(new Date(time));
}
