/** A dashboard that lays itself out from the garden: who needs care, what is to be done, every plant by its place, the probes. */
import { neediest, type Shown, shown } from "./feeling.js";
import type { Hass } from "./hass.js";
import { find, type Found, type PlantDevice } from "./plants.js";
import { words } from "./words.js";

/** Above so many plants an area is one card with lines instead of a card for each. */
const MOST_CARDS = 60;

type Card = Readonly<Record<string, unknown>>;

interface Section {
  readonly type: "grid";
  readonly cards: readonly Card[];
  readonly column_span?: number;
}

interface View {
  readonly title: string;
  readonly path: string;
  readonly icon: string;
  readonly type: "sections";
  readonly max_columns: number;
  readonly dense_section_placement?: boolean;
  readonly badges?: readonly Card[];
  readonly sections: readonly Section[];
}

const REGISTRIES = ["entities", "devices", "areas"] as const;

/** Lay one view out. */
export function gardenView(hass: Hass): View {
  const say = words(hass);
  const found = find(hass);
  const plants = neediest([...found.plants.values()].map((plant) => shown(hass, plant)));
  return {
    title: say.garden,
    path: "garden",
    icon: "mdi:sprout",
    type: "sections",
    max_columns: 4,
    dense_section_placement: true,
    badges: entitiesOf(found, "sensor.thirsty_plants", "sensor.problems", "sensor.tasks_due").map((entity) => ({
      type: "entity",
      entity,
      show_name: true,
    })),
    sections: [
      {
        type: "grid",
        cards: [title(say.needCare, "mdi:hand-heart"), { type: "custom:plantops-garden-card", only_needy: true }],
      },
      ...entitiesOf(found, "todo.care_tasks").map((entity) =>
        grid(title(say.toDo, "mdi:format-list-checks"), { type: "todo-list", entity, hide_create: true }),
      ),
      ...byArea(plants).map(([area, some]) => areaSection(hass, area, some, plants.length > MOST_CARDS)),
    ],
  };
}

/** Group plants by their areas; the area of the neediest plant comes first, plants without one last. */
function byArea(plants: readonly Shown[]): [string | undefined, Shown[]][] {
  const groups = new Map<string | undefined, Shown[]>();
  for (const one of plants) groups.set(one.plant.areaId, [...(groups.get(one.plant.areaId) ?? []), one]);
  return [...groups].sort(([a], [b]) => Number(a === undefined) - Number(b === undefined));
}

function areaSection(hass: Hass, id: string | undefined, plants: readonly Shown[], many: boolean): Section {
  const area = id === undefined ? undefined : hass.areas[id];
  const heading = title(area?.name ?? words(hass).elsewhere, area?.icon ?? "mdi:flower");
  // An empty id stands for plants without an area.
  if (many) return grid(heading, { type: "custom:plantops-garden-card", areas: [id ?? ""] });
  return grid(heading, ...plants.map(({ plant }) => ({ type: "custom:plantops-plant-card", device: plant.id })));
}

function careView(hass: Hass, found: Found): View {
  const say = words(hass);
  const lists = entitiesOf(found, "todo.care_tasks").map((entity) => ({
    type: "todo-list",
    entity,
    hide_create: true,
  }));
  const calendars = entitiesOf(found, "calendar.care_calendar");
  const whole = { columns: "full" };
  const calendar = { type: "calendar", entities: calendars, initial_view: "listWeek", grid_options: whole };
  return {
    title: say.calendar,
    path: "care",
    icon: "mdi:calendar-heart",
    type: "sections",
    max_columns: 3,
    sections: [
      grid(title(say.toDo, "mdi:format-list-checks"), ...lists),
      ...(calendars.length > 0 ? [{ ...grid(title(say.calendar, "mdi:calendar"), calendar), column_span: 2 }] : []),
    ],
  };
}

function probesView(hass: Hass, found: Found): View {
  const devices = [...found.devices.values()].sort((a, b) => a.name.localeCompare(b.name));
  const servers = [...found.servers.values()];
  return {
    title: words(hass).probes,
    path: "probes",
    icon: "mdi:access-point",
    type: "sections",
    max_columns: 4,
    sections: [...servers, ...devices].flatMap((device) => probeSection(device)),
  };
}

const PROBE = ["binary_sensor.connected", "binary_sensor.heard", "sensor.battery", "sensor.last_seen"];

function probeSection(device: PlantDevice): Section[] {
  const tiles = PROBE.flatMap((what) => device.shows.get(what) ?? []).map((entity) => ({
    type: "tile",
    entity,
    // The heading names the device.
    name: { type: "entity" },
  }));
  return tiles.length > 0 ? [grid(title(device.name, "mdi:access-point"), ...tiles)] : [];
}

const grid = (...cards: Card[]): Section => ({ type: "grid", cards });

const title = (heading: string, icon: string): Card => ({ type: "heading", heading, icon });

function entitiesOf(found: Found, ...what: string[]): string[] {
  return [...found.servers.values()].flatMap((server) => what.flatMap((one) => server.shows.get(one) ?? []));
}

/** The dashboard `custom:plantops`. */
export class DashboardStrategy extends HTMLElement {
  static registryDependencies = REGISTRIES;

  static getCreateSuggestions() {
    return { title: words().dashboard, icon: "mdi:sprout" };
  }

  static generate(_config: unknown, hass: Hass) {
    const found = find(hass);
    return Promise.resolve({
      title: words(hass).dashboard,
      views: [gardenView(hass), careView(hass, found), probesView(hass, found)],
    });
  }
}

/** The view `custom:plantops`, for a dashboard of one's own. */
export class ViewStrategy extends HTMLElement {
  static registryDependencies = REGISTRIES;

  static generate(_config: unknown, hass: Hass) {
    return Promise.resolve(gardenView(hass));
  }
}
