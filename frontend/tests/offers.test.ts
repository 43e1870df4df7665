import { describe, expect, it } from "vitest";

import "../src/card/main.js";
import { plantForm } from "../src/card/forms.js";
import { PlantCard } from "../src/card/plant-card.js";
import { DashboardStrategy } from "../src/card/strategy.js";
import { WateredFeature } from "../src/card/watered-feature.js";
import type { Hass } from "../src/card/hass.js";
import { CONTENT, home } from "./houses.js";

interface Suggests {
  readonly type: string;
  readonly name: string;
  getEntitySuggestion(hass: Hass, entity: string): unknown;
}

interface Features {
  readonly type: string;
  isSupported(hass: Hass, context: { entity_id?: string }): boolean;
}

const offered = window as unknown as {
  customCards: Suggests[];
  customCardFeatures: Features[];
  customStrategies: { type: string; strategyType: string }[];
};

const fern = { name: "Fern", area: "Kitchen", id: "fern" };

describe("what Home Assistant is offered", () => {
  it("lists both cards, in its language", () => {
    document.documentElement.lang = "de";
    expect(offered.customCards.map((card) => card.name)).toEqual(["PlantOps-Pflanze", "PlantOps-Garten"]);
    document.documentElement.lang = "en";
    expect(offered.customCards.map((card) => card.name)).toEqual(["PlantOps plant", "PlantOps garden"]);
  });

  it("suggests a card for what it can show, and for nothing else", () => {
    const { hass } = home([fern]);
    const suggested = (entity: string) => offered.customCards.map((card) => card.getEntitySuggestion(hass, entity));
    expect(suggested("sensor.fern_x_health")).toEqual([
      { config: { type: "custom:plantops-plant-card", device: "fern" } },
      null,
    ]);
    expect(suggested("todo.server_x_care_tasks")).toEqual([null, { config: { type: "custom:plantops-garden-card" } }]);
    expect(suggested("sensor.probe_x_battery")).toEqual([null, null]);
    expect(suggested("light.lamp")).toEqual([null, null]);
  });

  it("has a feature for whatever belongs to a plant", async () => {
    const house = home([fern]);
    const [feature] = offered.customCardFeatures;
    expect(feature?.isSupported(house.hass, { entity_id: "button.fern_x_log_watering" })).toBe(false);
    expect(feature?.isSupported(house.hass, { entity_id: "sensor.fern_x_soil_moisture" })).toBe(true);
    expect(feature?.isSupported(house.hass, { entity_id: "light.lamp" })).toBe(false);
    expect(feature?.isSupported(house.hass, {})).toBe(false);
    const shown = new WateredFeature();
    shown.hass = house.hass;
    shown.context = { entity_id: "sensor.fern_x_soil_moisture" };
    document.body.append(shown);
    await shown.updateComplete;
    const button = shown.renderRoot.querySelector("plantops-watered");
    await button?.updateComplete;
    button?.shadowRoot?.querySelector("button")?.click();
    expect(house.called).toEqual([["plantops", "log_care", { device_id: ["fern"], kind: "watered" }]]);
  });

  it("begins with a plant that there is", () => {
    expect(PlantCard.getStubConfig(home([fern]).hass)).toEqual({ device: "fern" });
    expect(PlantCard.getStubConfig(home([]).hass)).toEqual({});
  });

  it("names each field of its form", () => {
    document.documentElement.lang = "de";
    const { schema, computeLabel } = plantForm();
    const fields = schema.flatMap((field) => (field["schema"] as typeof schema | undefined) ?? [field]);
    const names = fields.map((field) => field.name);
    expect(names).toEqual(["device", "name", "line", "photo", "values", "care", "days", "tap_action"]);
    expect(fields.filter((field) => computeLabel(field) === field.name)).toEqual([]);
    document.documentElement.lang = "en";
  });
});

describe("the dashboard that lays itself out", () => {
  const thirsty = { ...CONTENT, "sensor.health": "thirsty" } as const;

  it("shows who needs care, what is to be done, and every plant by its place", async () => {
    const { hass } = home([
      { name: "Aloe", area: "Study" },
      { name: "Basil", area: "Kitchen", shows: thirsty },
      { name: "Moss" },
    ]);
    const { views } = await DashboardStrategy.generate({}, hass);
    expect(views.map((view) => view.path)).toEqual(["garden", "care", "probes"]);
    const [first] = views;
    const cards = first?.sections.map((section) =>
      section.cards.map((card) => card["heading"] ?? card["device"] ?? card["type"]),
    );
    expect(cards).toEqual([
      ["Need care", "custom:plantops-garden-card"],
      ["To do", "todo-list"],
      ["Kitchen", "plant1"],
      ["Study", "plant0"],
      ["Elsewhere", "plant2"],
    ]);
    expect(first?.badges).toEqual([{ type: "entity", entity: "sensor.server_x_thirsty_plants", show_name: true }]);
    expect(JSON.stringify(views[1])).toContain("calendar.server_x_care_calendar");
    expect(JSON.stringify(views[2])).toContain("binary_sensor.probe_x_heard");
  });

  it("takes lines instead of cards where there are very many plants", async () => {
    const { hass } = home(Array.from({ length: 61 }, (_, at) => ({ name: `P${String(at)}`, area: "Kitchen" })));
    const { views } = await DashboardStrategy.generate({}, hass);
    const kitchen = views[0]?.sections.at(-1)?.cards;
    expect(kitchen).toHaveLength(2);
    expect(kitchen?.[1]).toEqual({ type: "custom:plantops-garden-card", areas: ["kitchen"] });
  });

  it("is something also without any plant", async () => {
    const { views } = await DashboardStrategy.generate({}, home([]).hass);
    expect(views[0]?.sections).toHaveLength(2);
  });
});
