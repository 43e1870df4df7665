import { describe, expect, it } from "vitest";

import { feelingOf, misfitOf, neediestFirst } from "../src/data/feeling.js";
import { alert, device, gardenWith, NOW, plant, value } from "./gardens.js";

const next = (at: string) =>
  ({ at, earliest: at, latest: at, reason: "", basis: "threshold", confidence: "high" }) as const;

describe("how a plant feels", () => {
  it.each([
    ["fine", plant(), []],
    ["thirsty", plant(), [alert({ kind: "soil_moisture_low" })]],
    ["warn", plant(), [alert()]],
    ["fine", plant(), [alert({ severity: "info" })]],
    ["alarm", plant(), [alert(), alert({ id: "2", severity: "critical" })]],
    ["alarm", plant(), [alert({ kind: "sensor_fault", plant_id: null, device_id: "plant-1" })]],
    ["fine", plant(), [alert({ plant_id: "another" })]],
    ["fine", plant(), [alert({ plant_id: null, device_id: "another" })]],
    ["fine", plant(), [alert({ kind: "battery_low", plant_id: null, device_id: "plant-1" })]],
    ["thirsty", plant({ next_watering: next("2026-11-25T11:00:00Z") }), []],
    ["fine", plant({ next_watering: next("2026-11-25T13:00:00Z") }), []],
    ["unknown", plant({ values: [] }), []],
  ])("is %s", (mood, one, alerts) => {
    expect(feelingOf(one, gardenWith([one], [device()], alerts), NOW).mood).toBe(mood);
  });

  it.each([
    ["offline", []],
    ["online", [alert({ kind: "device_silent", plant_id: null, device_id: "plant-1" })]],
  ] as const)("is never fine when nobody speaks for it", (status, alerts) => {
    const one = plant();
    const feeling = feelingOf(one, gardenWith([one], [device({ status })], [...alerts]), NOW);
    expect(feeling).toMatchObject({ mood: "silent", silentSince: "2026-11-25T11:59:00Z" });
  });

  it.each([
    [34.9, "low"],
    [35, undefined],
    [75.1, "high"],
  ])("%d %% lies beside its span", (amount, side) => {
    expect(misfitOf(plant(), value("soil_moisture", amount))?.side).toBe(side);
  });

  it("judges no volts by a span in per cent, and nothing without a span", () => {
    expect(misfitOf(plant(), value("soil_moisture", 1.4, { unit: "V" }))).toBeUndefined();
    expect(misfitOf(plant(), value("temperature", -10))).toBeUndefined();
  });

  it("puts the neediest first, then who wants water soonest, then by name", () => {
    const plants = [
      plant({ id: "1", name: "Aloe" }),
      plant({ id: "2", name: "Mint" }),
      plant({ id: "3", name: "Fern", next_watering: next("2026-11-27T12:00:00Z") }),
      plant({ id: "4", name: "Yucca", next_watering: next("2026-11-26T12:00:00Z") }),
      plant({ id: "5", name: "Agave" }),
    ];
    const names = neediestFirst(gardenWith(plants, [device()], [alert({ plant_id: "2" })]), NOW).map(
      ({ plant: one }) => one.name,
    );
    expect(names).toEqual(["Mint", "Yucca", "Fern", "Agave", "Aloe"]);
  });

  it("tells a plant by the same object for as long as it feels the same", () => {
    const [one, other] = [plant({ id: "1" }), plant({ id: "2" })];
    const before = neediestFirst(gardenWith([one, other]), NOW);
    expect(neediestFirst(gardenWith([one, other]), NOW + 1)[0]).toBe(before[0]);
    const worse = neediestFirst(gardenWith([one, other], [device()], [alert({ plant_id: "1" })]), NOW);
    expect(worse[0]?.feeling.mood).toBe("warn");
    expect(worse[1]).toBe(before[1]);
  });
});
