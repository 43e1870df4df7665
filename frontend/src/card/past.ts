/** How a plant's soil went, from PlantOps' own memory: Home Assistant's ends where it was switched off, or after ten days. */
import { Kept } from "../data/kept.js";
import type { Point } from "../data/types.js";
import type { Hass } from "./hass.js";

const POINTS = 84;
/** Milliseconds after which a past is fetched anew. */
const FRESH = 15 * 60_000;

export interface SoilPast {
  readonly points: readonly Point[];
  /** % of a calibrated probe, else what the probe itself sends. */
  readonly unit: string;
}

const kept = new Kept<SoilPast>(FRESH);

/** Give the soil moisture of some days, as few points as a small line needs; a gap stays a gap. */
export function soilPast(hass: Hass, device: string, days: number, now: number): Promise<SoilPast> {
  return kept.get(`${device} ${days}`, now, async () => {
    const from = new Date(now - days * 86_400_000).toISOString();
    const answer = await hass.callWS<{ response: SoilPast }>({
      type: "call_service",
      domain: "plantops",
      service: "get_history",
      service_data: { device_id: device, metric: "soil_moisture", from, points: POINTS },
      return_response: true,
    });
    return answer.response;
  });
}
