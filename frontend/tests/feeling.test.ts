import { describe, expect, it } from "vitest";

import { feelingOf, neediestFirst } from "../src/data/feeling.js";
import { device, gardenWith, NOW, plant, value } from "./gardens.js";

const next = (at: string) =>
  ({ at, earliest: at, latest: at, reason: "", basis: "threshold", confidence: "high" }) as const;

describe("how a plant feels", () => {
  it.each([
    ["fine", plant()],
    ["thirsty", plant({ values: [value("soil_moisture", 34.9)] })],
    ["fine", plant({ values: [value("soil_moisture", 35)] })],
    ["warn", plant({ values: [value("soil_moisture", 76)] })],
    ["thirsty", plant({ next_watering: next("2026-11-25T11:00:00Z") })],
    ["fine", plant({ next_watering: next("2026-11-25T13:00:00Z") })],
    ["unknown", plant({ values: [] })],
    // Volts are no per cent: they can't be judged by a span in per cent.
    ["fine", plant({ values: [value("soil_moisture", 1.4, { unit: "V" })] })],
    // A need without a span is not judged; neither is a metric that is no need.
    ["fine", plant({ values: [value("soil_moisture", 50), value("temperature", -10), value("co2", 90_000)] })],
  ])("is %s", (mood, one) => {
    expect(feelingOf(one, gardenWith([one]), NOW).mood).toBe(mood);
  });

  it("is never fine when nobody speaks for it", () => {
    const one = plant();
    const garden = gardenWith([one], [device({ status: "offline" })]);
    expect(feelingOf(one, garden, NOW)).toEqual({ mood: "silent", misfits: [], silentSince: "2026-11-25T11:59:00Z" });
  });

  it("puts the neediest first, then who wants water soonest, then by name", () => {
    const plants = [
      plant({ id: "1", name: "Aloe" }),
      plant({ id: "2", name: "Mint", values: [value("soil_moisture", 10)] }),
      plant({ id: "3", name: "Fern", next_watering: next("2026-11-27T12:00:00Z") }),
      plant({ id: "4", name: "Yucca", next_watering: next("2026-11-26T12:00:00Z") }),
      plant({ id: "5", name: "Agave" }),
    ];
    const names = neediestFirst(gardenWith(plants), NOW).map(({ plant: one }) => one.name);
    expect(names).toEqual(["Mint", "Yucca", "Fern", "Agave", "Aloe"]);
  });
});
