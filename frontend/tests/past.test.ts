import { afterEach, describe, expect, it, vi } from "vitest";

import { forgetPasts, freshFor, past } from "../src/data/past.js";
import { NOW } from "./gardens.js";

const DAY = 86_400_000;

describe("a past", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    forgetPasts();
  });

  const asking = () => {
    const asked: URL[] = [];
    vi.stubGlobal("fetch", (path: string) => {
      asked.push(new URL(path, "http://garden"));
      return Promise.resolve(Response.json({ points: [] }));
    });
    return asked;
  };

  it("is asked for once while it is new enough, an hour's sooner again than a week's", async () => {
    const asked = asking();
    const shortly = NOW + freshFor(1 / 24) + 1;
    for (const now of [NOW, NOW + 1_000, shortly]) await past("p", "soil_moisture", 7, 400, { now });
    expect(asked).toHaveLength(1);
    for (const now of [NOW, NOW + 1_000, shortly]) await past("p", "soil_moisture", 1 / 24, 400, { now });
    expect(asked).toHaveLength(3);
  });

  it("ends whole spans ago where somebody goes back in time", async () => {
    const asked = asking();
    await past("p", "soil_moisture", 30, 400, { now: NOW, back: 2 });
    const { searchParams } = asked[0] ?? new URL("http://nobody");
    expect(Date.parse(searchParams.get("until") ?? "")).toBe(NOW - 60 * DAY);
    expect(Date.parse(searchParams.get("from") ?? "")).toBe(NOW - 90 * DAY);
  });

  it("is asked for anew after an interruption, and where it could not be had", async () => {
    const asked = asking();
    await past("p", "soil_moisture", 7, 400, { now: NOW });
    forgetPasts();
    await past("p", "soil_moisture", 7, 400, { now: NOW });
    expect(asked).toHaveLength(2);
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    await expect(past("q", "soil_moisture", 7, 400, { now: NOW })).rejects.toThrow();
    const again = asking();
    await past("q", "soil_moisture", 7, 400, { now: NOW });
    expect(again).toHaveLength(1);
  });
});
