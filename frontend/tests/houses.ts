/** Home Assistant's object as it hands it to cards, with a few plants of PlantOps in it. */
import type { Area, Device, Entity, Hass, State } from "../src/card/hass.js";

export const FERN = "01a2137d-fb74-75ef-aba0-08d1d5291dbf";
const SERVER = "6a9f90b3-16d7-4282-9dbf-0235260770b7";

type Told = Record<string, string | readonly [string, Record<string, unknown>]>;

export interface Home {
  hass: Hass;
  readonly called: unknown[][];
  readonly asked: Record<string, unknown>[];
  /** Tell other states; the registries stay the same objects. */
  tell(states: Told): Hass;
}

const area = (name: string): Area => ({ area_id: name.toLowerCase(), name, icon: null });

function device(id: string, more: Partial<Device>): Device {
  return { id, name: id, name_by_user: null, area_id: null, model: null, entry_type: null, identifiers: [], ...more };
}

/** Give the entity that shows this of a plant; ids are what people made of them. */
const idOf = (owner: string, what: string) => what.replace(".", `.${owner}_x_`);

export const CONTENT: Told = {
  "sensor.health": ["well", { silent: false, last_heard: null }],
  "sensor.soil_moisture": "52.3",
  "sensor.temperature": "21.5",
  "sensor.next_watering": "2026-11-27T09:00:00+00:00",
  "sensor.last_watered": "2026-11-20T09:00:00+00:00",
  "sensor.tasks_due": "0",
  "binary_sensor.problem": ["off", { problems: [], reasons: [] }],
  "binary_sensor.needs_water": "off",
  "number.soil_moisture_low": "35",
  "number.soil_moisture_high": "75",
  "number.temperature_low": "15",
  "number.temperature_high": "28",
  "image.photo": ["2026-11-20", { entity_picture: "/api/image_proxy/image.fern?token=x" }],
};

export interface PlantHere {
  readonly id?: string;
  readonly name: string;
  readonly area?: string;
  readonly shows?: Told;
}

/** Build a home with these plants, a probe and the server. */
export function home(plants: readonly PlantHere[], language = "en"): Home {
  const owners: Record<string, Told> = {
    probe: { "binary_sensor.heard": "on", "sensor.battery": "80" },
    server: { "sensor.thirsty_plants": "1", "todo.care_tasks": "2", "calendar.care_calendar": "off" },
  };
  const devices: Record<string, Device> = {
    probe: device("probe", { name: "Probe", identifiers: [["plantops", `${SERVER}/plant-1`]] }),
    server: device("server", { name: "PlantOps", entry_type: "service", identifiers: [["plantops", SERVER]] }),
    lamp: device("lamp", { name: "Lamp", identifiers: [["hue", FERN]] }),
  };
  plants.forEach((plant, at) => {
    const id = plant.id ?? `plant${String(at)}`;
    const unique = FERN.replace("01a2137d", String(at).padStart(8, "0"));
    devices[id] = device(id, {
      name: plant.name,
      model: "Plant",
      area_id: plant.area?.toLowerCase() ?? null,
      identifiers: [["plantops", unique]],
    });
    owners[id] = plant.shows ?? CONTENT;
  });
  const entities: Record<string, Entity> = { "light.lamp": entityOf("light.lamp", "lamp", undefined, "hue") };
  for (const [owner, shows] of Object.entries(owners)) {
    for (const what of Object.keys(shows)) {
      const id = idOf(owner, what);
      entities[id] = entityOf(id, owner, what.split(".")[1]);
    }
  }
  const areas = Object.fromEntries(
    plants.flatMap((one) => (one.area ? [[one.area.toLowerCase(), area(one.area)]] : [])),
  );
  return living(owners, { entities, devices, areas, language });
}

function entityOf(entity_id: string, device_id: string, translation_key?: string, platform = "plantops"): Entity {
  return { entity_id, device_id, platform, ...(translation_key && { translation_key }) };
}

function statesOf(owners: Record<string, Told>): Record<string, State> {
  const states: Record<string, State> = {};
  for (const [owner, shows] of Object.entries(owners)) {
    for (const [what, told] of Object.entries(shows)) {
      const entity_id = idOf(owner, what);
      const [state, attributes] = typeof told === "string" ? [told, {}] : told;
      states[entity_id] = { entity_id, state, attributes };
    }
  }
  return states;
}

type Fixed = Pick<Hass, "entities" | "devices" | "areas" | "language">;

function living(owners: Record<string, Told>, fixed: Fixed): Home {
  const called: unknown[][] = [];
  const asked: Record<string, unknown>[] = [];
  const points = [
    { time: "2026-11-12T00:00:00Z", mean: 60, min: 59, max: 61, count: 6 },
    { time: "2026-11-24T00:00:00Z", mean: 50, min: 49, max: 51, count: 6 },
  ];
  const hass: Hass = {
    ...fixed,
    states: statesOf(owners),
    callService: (...words) => Promise.resolve(called.push(words)),
    callWS: <Answer>(message: Readonly<Record<string, unknown>>) => {
      asked.push(message);
      return Promise.resolve({ response: { points, unit: "%" } } as Answer);
    },
    formatEntityState: (state) => `${state.state} °`,
  };
  const here: Home = {
    hass,
    called,
    asked,
    tell(told) {
      const [first] = Object.keys(owners).filter((one) => one !== "probe" && one !== "server");
      here.hass = { ...here.hass, states: { ...here.hass.states, ...statesOf({ [first ?? ""]: told }) } };
      return here.hass;
    },
  };
  return here;
}
