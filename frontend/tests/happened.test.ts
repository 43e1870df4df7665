import { describe, expect, it } from "vitest";

import { type Mark, marksOf, within } from "../src/data/happened.js";
import type { CareEvent, Metric } from "../src/data/types.js";
import { grouped, nameOf } from "../src/elements/lane.js";
import { alert, NOW, plant } from "./gardens.js";

const HOUR = 3_600_000;
const done = (kind: string, at = NOW) =>
  ({ id: kind, kind, source: "logged", at: new Date(at).toISOString(), note: "by hand" }) as unknown as CareEvent;
const kinds = (metric: Metric, ...told: Parameters<typeof marksOf>[3]) =>
  marksOf(plant(), metric, [], told).map((mark) => mark.kind);

describe("what happened to a plant", () => {
  it("is marked where it was felt", () => {
    expect(kinds("temperature", alert({ kind: "temperature_low" }), alert({ kind: "frost" }))).toEqual([
      "temperature_low",
      "frost",
    ]);
    expect(kinds("humidity", alert({ kind: "temperature_low" }))).toEqual([]);
    expect(kinds("illuminance", alert({ kind: "dli_low" }))).toEqual(["dli_low"]);
  });

  it("is marked on each chart of a device that was silent, and of the probe that was faulty", () => {
    const silent = alert({ kind: "device_silent", plant_id: null, device_id: "plant-1" });
    expect(kinds("soil_moisture", silent)).toEqual(["device_silent"]);
    expect(kinds("soil_moisture", alert({ kind: "device_silent", device_id: "another" }))).toEqual([]);
    expect(kinds("soil_moisture", alert({ kind: "sensor_fault", channel_id: 1 }))).toEqual(["sensor_fault"]);
    expect(kinds("soil_moisture", alert({ kind: "sensor_fault", channel_id: 2 }))).toEqual([]);
  });

  it("is a span from when an alert was opened until it was over, or lasts", () => {
    const ended = alert({ kind: "soil_moisture_low", resolved_at: "2026-11-25T11:00:00Z" });
    const [mark] = marksOf(plant(), "soil_moisture", [], [ended]);
    expect(mark).toMatchObject({ from: NOW - 2 * HOUR, until: NOW - HOUR, mood: "warn", words: "It is too cold." });
    expect(nameOf({ ...(mark as Mark), until: undefined })).toMatch(/^Too dry, .* – still so$/);
  });

  it("is in the order of time, deeds among alerts", () => {
    const care = [done("watered"), done("fertilised", NOW - 5 * HOUR)];
    const marks = marksOf(plant(), "soil_moisture", care, [alert({ kind: "soil_moisture_low" })]);
    expect(marks.map((mark) => mark.kind)).toEqual(["fertilised", "soil_moisture_low", "watered"]);
    expect(marksOf(plant(), "temperature", care, [])).toEqual([]);
  });

  it("is left out where it lies outside of the span", () => {
    const lasting = marksOf(plant(), "soil_moisture", [done("watered")], [alert({ kind: "soil_moisture_low" })]);
    expect(within(lasting, NOW + HOUR, NOW + 2 * HOUR).map((mark) => mark.what)).toEqual(["alert"]);
    expect(within(lasting, NOW - 9 * HOUR, NOW - 8 * HOUR)).toEqual([]);
  });
});

describe("the lane below a chart", () => {
  const at = (from: number, until: number | undefined = from): Mark => ({
    from,
    until,
    what: "care",
    kind: "watered",
    mood: undefined,
    words: "",
  });

  it("makes one of what would lie on each other, so that a finger hits it", () => {
    const groups = grouped([at(10), at(11), at(500)], 0, 1000, 1000);
    expect(groups.map((group) => group.marks.length)).toEqual([2, 1]);
    expect(groups.every((group) => group.width >= 24)).toBe(true);
  });

  it("keeps spans inside, also those that began before or last", () => {
    const [first, last] = grouped([at(-500, 100), at(990, 2000)], 0, 1000, 1000);
    expect(first).toMatchObject({ left: 0, width: 100 });
    expect((last?.left ?? 0) + (last?.width ?? 0)).toBeLessThanOrEqual(1000);
  });
});
