import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { GardenCard } from "../src/card/garden-card.js";
import type { Hass } from "../src/card/hass.js";
import { PlantCard, type PlantCardConfig } from "../src/card/plant-card.js";
import "../src/card/main.js";
import { CONTENT, type Home, home, type PlantHere } from "./houses.js";

const NOW = Date.parse("2026-11-25T12:00:00Z");

beforeEach(() => vi.useFakeTimers({ now: NOW, toFake: ["Date", "setInterval", "clearInterval"] }));
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

let unique = 0;

/** Each plant has an id of its own: pasts are kept between tests, as they are between dashboards. */
function fern(more: Partial<PlantHere> = {}): PlantHere & { id: string } {
  unique += 1;
  return { name: "Fern", area: "Kitchen", id: `fern${String(unique)}`, ...more };
}

async function settled(card: PlantCard | GardenCard): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    await card.updateComplete;
    await Promise.resolve();
  }
}

async function shows(hass: Hass, config: Partial<PlantCardConfig>): Promise<PlantCard> {
  const card = new PlantCard();
  card.setConfig({ type: "custom:plantops-plant-card", ...config });
  card.hass = hass;
  document.body.append(card);
  await settled(card);
  return card;
}

async function garden(hass: Hass, config: object = {}): Promise<GardenCard> {
  const card = new GardenCard();
  card.setConfig({ type: "custom:plantops-garden-card", ...config });
  card.hass = hass;
  document.body.append(card);
  await settled(card);
  return card;
}

const textOf = (card: PlantCard | GardenCard) => card.renderRoot.textContent.replace(/\s+/g, " ");

/** Give the one element that is meant, with the properties that a test looks at. */
type Part = HTMLElement & { value: number; band: unknown; points: unknown[] };

const one = (card: PlantCard | GardenCard, what: string): Part => {
  const found = card.renderRoot.querySelector<Part>(what);
  if (!found) throw new Error(`there is no ${what}`);
  return found;
};

describe("the card of a plant", () => {
  it("shows a plant by its device, whatever its entities are called", async () => {
    const plant = fern();
    const card = await shows(home([plant]).hass, { device: plant.id });
    expect(textOf(card)).toContain("Fern");
    expect(textOf(card)).toContain("Fine");
    expect(textOf(card)).toContain("Next watering: Friday");
    const ring = one(card, "plantops-ring");
    expect(ring.value).toBe(52.3);
    expect(ring.band).toEqual({ low: 35, high: 75 });
    expect(one(card, "img").getAttribute("src")).toContain("/api/image_proxy/");
  });

  it("finds the plant by any of its entities", async () => {
    const plant = fern();
    const card = await shows(home([plant]).hass, { entity: `sensor.${plant.id}_x_health` });
    expect(textOf(card)).toContain("Fern");
  });

  it.each([
    [{ "sensor.health": "thirsty" }, "Needs water", "thirsty"],
    [
      { "sensor.health": "problem", "binary_sensor.problem": ["on", { problems: ["dli_low"] }] },
      "Too little light",
      "warn",
    ],
    [
      { "sensor.health": "critical", "binary_sensor.problem": ["on", { problems: ["of_tomorrow"] }] },
      "Problem",
      "alarm",
    ],
    [
      { "sensor.health": ["well", { silent: true, last_heard: "2026-11-25T09:00:00+00:00" }] },
      "last heard of 3 hours ago",
      "silent",
    ],
    [{ "sensor.health": "unknown" }, "No readings", "unknown"],
  ] as const)("says how it is: %j", async (told, words, mood) => {
    const plant = fern({ shows: { ...CONTENT, ...(told as unknown as typeof CONTENT) } });
    const card = await shows(home([plant]).hass, { device: plant.id });
    expect(textOf(card)).toContain(words);
    expect(one(card, ".body").classList.contains(mood)).toBe(true);
  });

  it("speaks German where Home Assistant does", async () => {
    const plant = fern({ shows: { ...CONTENT, "sensor.health": "thirsty" } });
    const card = await shows(home([plant], "de-CH").hass, { device: plant.id });
    expect(textOf(card)).toContain("Braucht Wasser");
    expect(textOf(card)).toContain("Nächstes Gießen: Freitag");
  });

  it("says why its soil has no per cents, and where that is mended", async () => {
    const plant = fern({ shows: { ...CONTENT, "sensor.soil_moisture": ["unknown", { calibrated: false }] } });
    const { hass } = home([plant]);
    const said = "Next watering: Friday · Probe not calibrated (see Repairs)";
    expect(textOf(await shows(hass, { device: plant.id }))).toContain(said);
    expect(textOf(await garden(hass))).toContain(said);
  });

  it("says on which side of its span a value lies", async () => {
    const plant = fern({ shows: { ...CONTENT, "sensor.temperature": "9" } });
    const card = await shows(home([plant]).hass, { device: plant.id });
    expect(textOf(card)).toContain("9 ° ↓ too low");
  });

  it("says that PlantOps is away, and takes no watering then", async () => {
    const away = Object.fromEntries(Object.keys(CONTENT).map((what) => [what, "unavailable"]));
    const plant = fern({ shows: away });
    const card = await shows(home([plant]).hass, { device: plant.id });
    expect(textOf(card)).toContain("PlantOps is not heard");
    expect(one(card, "plantops-watered").shadowRoot?.querySelector("button")?.disabled).toBe(true);
  });

  it("bears a plant that nothing measures", async () => {
    const plant = fern({ shows: { "sensor.health": "unknown", "sensor.next_watering": "unknown" } });
    const card = await shows(home([plant]).hass, { device: plant.id });
    expect(textOf(card)).toContain("Nothing measures its soil");
    expect(card.renderRoot.querySelector("plantops-ring")).toBeNull();
    expect(card.renderRoot.querySelector("plantops-line")).toBeNull();
  });

  it.each([
    [{ device: "gone" }, "This plant is not in the garden any more."],
    [{ entity: "light.lamp" }, "This is none of PlantOps' plants."],
    [{ device: "probe" }, "This plant is not in the garden any more."],
    [{}, "Choose a plant in the card's editor."],
  ])("says what is wrong with %j", async (config, words) => {
    expect(textOf(await shows(home([fern()]).hass, config))).toContain(words);
  });

  it("refuses a configuration that it cannot mean", () => {
    const card = new PlantCard();
    const config = { type: "x", device: 3 } as unknown as PlantCardConfig;
    expect(() => card.setConfig(config)).toThrow("“device”");
    expect(() => card.setConfig({ type: "x", days: 0 })).toThrow("“days”");
  });

  it("never makes HTML of a name", async () => {
    const plant = fern({ name: '<img src=x onerror="alert(1)">' });
    const card = await shows(home([plant]).hass, { device: plant.id, photo: false });
    expect(card.renderRoot.querySelector("img")).toBeNull();
    expect(textOf(card)).toContain("<img src=x");
  });

  it("is drawn anew for its own entities only", async () => {
    const plant = fern();
    const house = home([plant]);
    const card = await shows(house.hass, { device: plant.id });
    const drawn = vi.spyOn(card, "render" as never);
    card.hass = { ...house.hass, states: { ...house.hass.states, "light.lamp": undefined } };
    await settled(card);
    expect(drawn).not.toHaveBeenCalled();
    card.hass = house.tell({ "sensor.soil_moisture": "30" });
    await settled(card);
    expect(drawn).toHaveBeenCalled();
    expect(one(card, "plantops-ring").value).toBe(30);
  });

  it("asks PlantOps once for the past, and draws it", async () => {
    const plant = fern();
    const house = home([plant]);
    const card = await shows(house.hass, { device: plant.id, days: 7 });
    card.hass = house.tell({ "sensor.soil_moisture": "51" });
    await settled(card);
    expect(house.asked).toHaveLength(1);
    expect(house.asked[0]).toMatchObject({
      service: "get_history",
      service_data: { device_id: plant.id, metric: "soil_moisture", from: "2026-11-18T12:00:00.000Z" },
      return_response: true,
    });
    expect(one(card, "plantops-line").points).toHaveLength(2);
  });

  it("draws a probe's volts without the span, which is in per cent", async () => {
    const plant = fern();
    const house = home([plant]);
    const points = [{ time: "2026-11-12T00:00:00Z", mean: 1.6, min: 1.5, max: 1.7, count: 6 }];
    house.hass = {
      ...house.hass,
      callWS: <Answer>() => Promise.resolve({ response: { points, unit: "V" } } as Answer),
    };
    const card = await shows(house.hass, { device: plant.id });
    expect(one(card, "plantops-line").points).toHaveLength(1);
    expect(one(card, "plantops-line").band).toBeUndefined();
  });

  it("opens what is told of the plant when it is tapped", async () => {
    const plant = fern();
    const card = await shows(home([plant]).hass, { device: plant.id });
    const heard = vi.fn<(detail: unknown) => void>();
    document.body.addEventListener("hass-action", (event) => heard((event as CustomEvent<unknown>).detail), {
      once: true,
    });
    one(card, ".name").click();
    expect(heard).toHaveBeenCalledWith({
      action: "tap",
      config: { entity: `sensor.${plant.id}_x_soil_moisture`, tap_action: { action: "more-info" } },
    });
  });
});

describe("“Watered”", () => {
  const press = async (house: Home, id: string) => {
    const card = await shows(house.hass, { device: id });
    const button = one(card, "plantops-watered").shadowRoot?.querySelector("button");
    button?.click();
    button?.click();
    await settled(card);
    return button;
  };

  it("writes it down once, and says so", async () => {
    const plant = fern();
    const house = home([plant]);
    const button = await press(house, plant.id);
    expect(house.called).toEqual([["plantops", "log_care", { device_id: [plant.id], kind: "watered" }]]);
    expect(button?.textContent).toContain("Written down");
    expect(button?.getAttribute("aria-label")).toBe("Write down that Fern was watered");
  });

  it("can be pressed again when it failed; Home Assistant says why", async () => {
    const plant = fern();
    const house = home([plant]);
    house.hass = { ...house.hass, callService: () => Promise.reject(new Error("scope_missing")) };
    const button = await press(house, plant.id);
    expect(button?.textContent).toContain("Watered");
    expect(button?.hasAttribute("aria-disabled")).toBe(false);
  });
});

describe("the card of the garden", () => {
  const thirsty = { ...CONTENT, "sensor.health": "thirsty" } as const;
  const plants = () => [
    fern({ name: "Aloe", area: "Study" }),
    fern({ name: "Basil", area: "Kitchen", shows: thirsty }),
    fern({ name: "Chives", area: "Kitchen" }),
  ];
  const names = (card: GardenCard) =>
    [...card.renderRoot.querySelectorAll("plantops-watered")].map((button) => button.plant);

  it("shows the neediest first", async () => {
    const card = await garden(home(plants()).hass);
    expect(names(card)).toEqual(["Basil", "Aloe", "Chives"]);
  });

  it("shows some areas, some plants, or the needy ones alone", async () => {
    const { hass } = home(plants());
    expect(names(await garden(hass, { areas: ["study"] }))).toEqual(["Aloe"]);
    expect(names(await garden(hass, { only_needy: true }))).toEqual(["Basil"]);
    const limited = await garden(hass, { limit: 1 });
    expect(names(limited)).toEqual(["Basil"]);
    expect(textOf(limited)).toContain("and 2 more");
  });

  it("says so when all are content, and when there are none", async () => {
    expect(textOf(await garden(home([fern()]).hass, { only_needy: true }))).toContain("All plants are content.");
    expect(textOf(await garden(home([]).hass))).toContain("No plants yet");
  });
});
