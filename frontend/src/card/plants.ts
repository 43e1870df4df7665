/** Which of Home Assistant's devices are plants, and which entities show what of them; names and entity ids may be anything. */
import type { Device, Hass } from "./hass.js";

/** A plant's identifier is its id alone; a probe's names its server, too. */
const PLANT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface PlantDevice {
  readonly id: string;
  readonly name: string;
  readonly species: string | undefined;
  readonly areaId: string | undefined;
  readonly area: string | undefined;
  /** Entity ids by what they show, e.g. `sensor.health`. */
  readonly shows: ReadonlyMap<string, string>;
}

export interface Found {
  readonly plants: ReadonlyMap<string, PlantDevice>;
  /** Probes and nodes. */
  readonly devices: ReadonlyMap<string, PlantDevice>;
  /** The servers themselves; most people have one. */
  readonly servers: ReadonlyMap<string, PlantDevice>;
}

type Registries = Pick<Hass, "entities" | "devices" | "areas">;

let last: { readonly of: Registries; readonly found: Found } | undefined;

/** Look through the registries; while they are the same the answer is, too. */
export function find(hass: Registries): Found {
  const { entities, devices, areas } = hass;
  if (last?.of.entities !== entities || last.of.devices !== devices || last.of.areas !== areas) {
    last = { of: { entities, devices, areas }, found: look(hass) };
  }
  return last.found;
}

function look(hass: Registries): Found {
  const kind = () => new Map<string, PlantDevice>();
  const found = { plants: kind(), devices: kind(), servers: kind() };
  for (const [id, shows] of entitiesByDevice(hass)) {
    const device = hass.devices[id];
    if (device) found[kindOf(device)].set(id, { ...describe(device, hass), shows });
  }
  return found;
}

function entitiesByDevice(hass: Registries): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>();
  for (const entity of Object.values(hass.entities)) {
    if (entity.platform !== "plantops" || !entity.device_id || !entity.translation_key) continue;
    const shows = found.get(entity.device_id) ?? new Map<string, string>();
    const [domain] = entity.entity_id.split(".", 1);
    found.set(entity.device_id, shows.set(`${domain ?? ""}.${entity.translation_key}`, entity.entity_id));
  }
  return found;
}

function kindOf(device: Device): keyof Found {
  if (device.entry_type === "service") return "servers";
  const isPlant = device.identifiers.some(([domain, id]) => domain === "plantops" && PLANT_ID.test(id ?? ""));
  return isPlant ? "plants" : "devices";
}

function describe(device: Device, hass: Registries) {
  const area = device.area_id === null ? undefined : hass.areas[device.area_id];
  return {
    id: device.id,
    name: device.name_by_user ?? device.name ?? "",
    // The integration names the species where it is known.
    species: device.model && device.model !== "Plant" ? device.model : undefined,
    areaId: area?.area_id,
    area: area?.name,
  };
}

/** Find the device that a card is told to show: by its id, or by any of its entities. */
export function deviceOf(hass: Registries, config: { device?: string; entity?: string }): string | undefined {
  return config.device ?? (config.entity === undefined ? undefined : hass.entities[config.entity]?.device_id);
}
