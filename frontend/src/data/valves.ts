/** Pumps and valves that devices declare, and which of them wait for something to water. */
import type { Garden } from "./garden.js";
import type { Device } from "./types.js";

export interface FreeValve {
  readonly device: Device;
  readonly valve: Device["valves"][number];
}

/** List the valves that no irrigator opens. */
export function freeValves(garden: Garden): readonly FreeValve[] {
  const taken = new Set([...garden.irrigators.values()].map((one) => `${one.device_id} ${one.valve}`));
  return [...garden.devices.values()].flatMap((device) =>
    device.valves.filter((valve) => !taken.has(`${device.id} ${valve.key}`)).map((valve) => ({ device, valve })),
  );
}

/** Make a key by which asking again is the same watering; 128 random bits, also on pages that came over plain HTTP. */
export function wateringKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
