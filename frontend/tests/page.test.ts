import { afterEach, describe, expect, it, vi } from "vitest";

import { address, ask, Problem } from "../src/data/api.js";
import { placeOf } from "../src/router.js";
import { de } from "../src/words/de.js";
import { en } from "../src/words/en.js";
import { ago, day, measure, number, shown, volume } from "../src/words/format.js";
import { speak } from "../src/words/locale.js";
import { keysOf, NOW } from "./gardens.js";

describe("addresses", () => {
  it.each([
    ["/", { page: "garden" }],
    ["/devices", { page: "devices" }],
    ["/settings", { page: "settings" }],
    ["/plants/01a2", { page: "plant", id: "01a2" }],
    ["/plants/%3Cimg%3E", { page: "plant", id: "<img>" }],
    ["/plants", { page: "nowhere" }],
    ["/devices/1", { page: "nowhere" }],
    ["/plants/1/2", { page: "nowhere" }],
    ["/plants/%", { page: "nowhere" }],
  ])("%s", (path, place) => {
    expect(placeOf(path)).toEqual(place);
  });

  it("leave out what is not asked", () => {
    expect(address("tasks", { plant: undefined })).toBe("tasks");
    expect(address("tasks", { plant: "a b", limit: 3 })).toBe("tasks?plant=a+b&limit=3");
  });
});

describe("the backend's refusals", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    localStorage.clear();
  });

  const answering = (answer: Response | Error) => {
    vi.stubGlobal("fetch", () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)));
    return ask("GET", "plants");
  };

  it.each([
    [Response.json({ code: "plant_not_found", detail: "There is no such plant." }, { status: 404 }), "plant_not_found"],
    [new Response("<html>", { status: 502 }), "unreachable"],
    [new Response("no words", { status: 400 }), "error"],
    [new TypeError("Failed to fetch"), "unreachable"],
  ])("are told by their code", async (answer, code) => {
    const error: unknown = await answering(answer).catch((problem: unknown) => problem);
    expect(error).toBeInstanceOf(Problem);
    expect((error as Problem).code).toBe(code);
  });

  it("are none where there is nothing to say", async () => {
    expect(await answering(new Response(null, { status: 204 }))).toBeUndefined();
  });
});

describe("words", () => {
  it("are the same in both languages, and none is empty or forgotten", () => {
    expect(keysOf(de)).toEqual(keysOf(en));
    expect(JSON.stringify([en, de])).not.toContain('""');
  });

  it("write numbers with their units", () => {
    expect(measure(41.23, "%", "soil_moisture")).toBe("41\u202f%");
    expect(measure(1.234, "V", "soil_moisture")).toBe("1.23\u202fV");
    expect([volume(0.0416), volume(1.25)]).toEqual(["42\u202fml", "1.25\u202fl"]);
    expect([volume(0.25), volume(1)]).toEqual(["250\u202fml", "1\u202fl"]);
    localStorage.setItem("degrees", "°C");
    expect(shown(100, "°C")).toEqual({ value: 100, unit: "°C" });
  });

  it.each(["en-GB", "en-IN", "de-DE", "de-CH"])("write whole numbers as %s does", (tag) => {
    speak(tag);
    const writer = new Intl.NumberFormat(tag, { maximumFractionDigits: 0 });
    const numbers = [0, 0.5, 1.5, 41.23, 99.5, -2.5, -17.4, 998.6, 999.4, 999.5, 1234.5, -4321, 1e6];
    expect(numbers.map((one) => number(one))).toEqual(numbers.map((one) => writer.format(one)));
    expect(number(-0.3)).toBe("0");
    speak("en");
  });

  it.each([
    [30_000, "in 30 seconds"],
    [-58_000, "1 minute ago"],
    [-5 * 60_000, "5 minutes ago"],
    [30 * 3_600_000, "in 30 hours"],
    [-3 * 86_400_000, "3 days ago"],
    [90 * 86_400_000, "in 3 months"],
    [3651 * 86_400_000, "in 10 years"],
  ])("say how far a time is", (away, said) => {
    expect(ago(NOW + away, NOW)).toBe(said);
  });

  it("count days as the calendar has them, where the reader is", () => {
    const late = Date.parse("2026-11-25T21:50:00Z");
    const hours = (count: number) => late + count * 3_600_000;
    speak("de", "Europe/Berlin");
    expect([ago(hours(-37), late), ago(hours(-50), late)]).toEqual(["gestern", "vorgestern"]);
    expect([day(hours(1), late), day(hours(2), late), day(hours(-24), late)]).toEqual(["heute", "morgen", "gestern"]);
    expect([day(hours(72), late), day(hours(240), late)]).toEqual(["Samstag", "5. Dez."]);
    expect(day(hours(-96), late)).toBe("21. Nov.");
    speak("en-US");
  });
});
