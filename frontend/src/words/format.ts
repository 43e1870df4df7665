/** Numbers, units and times for people. */
import { locale, timeZone } from "./locale.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

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
  return litres < 1 ? `${number(litres * 1000)}\u202fml` : `${number(litres, 1)}\u202fl`;
}

export function number(value: number, decimals = 0): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: decimals, minimumFractionDigits: decimals }).format(
    value,
  );
}

/** Write how far a time is from now, e.g. `in 2 days` or `5 minutes ago`. */
export function ago(time: string | number | Date, now: number): string {
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const away = new Date(time).getTime() - now;
  const size = Math.abs(away);
  if (size < MINUTE - 5_000) return relative.format(Math.round(away / 1000 / 10) * 10, "second");
  if (size < HOUR) return relative.format(Math.round(away / MINUTE), "minute");
  if (size < 36 * HOUR) return relative.format(Math.round(away / HOUR), "hour");
  if (size < 60 * DAY) return relative.format(Math.round(away / DAY), "day");
  return relative.format(Math.round(away / (30.44 * DAY)), "month");
}

/** Write a day, with the weekday while it is near, e.g. `Thursday` or `14 March`. */
export function day(time: string | number | Date, now: number): string {
  const date = new Date(time);
  const near = Math.abs(date.getTime() - now) < 6 * DAY;
  const wanted = near ? ({ weekday: "long" } as const) : ({ day: "numeric", month: "long" } as const);
  return new Intl.DateTimeFormat(locale, { ...wanted, timeZone }).format(date);
}

/** Write a date with its time of day. */
export function moment(time: string | number | Date): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone }).format(new Date(time));
}

/** Write a date with its year. */
export function date(time: string | number | Date): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone }).format(new Date(time));
}
