import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { after, gardenOf } from "../src/data/garden.js";
import { store } from "../src/data/store.js";
import type { Irrigator } from "../src/data/types.js";
import { freeValves, wateringKey } from "../src/data/valves.js";
import { de } from "../src/words/irrigation-de.js";
import { en } from "../src/words/irrigation-en.js";
import { device, gardenWith, keysOf, plant } from "./gardens.js";
import { until } from "./waiting.js";

import "../src/elements/irrigation/irrigation.js";

function irrigator(more: Partial<Irrigator> = {}): Irrigator {
  const told = {
    id: "irrigator-1",
    name: "Drip hose",
    plant_ids: [plant().id],
    device_id: "plant-1",
    valve: "pump",
    litres_per_minute: 1.2,
    max_seconds: 30,
    state: "idle",
    block: null,
    last_command: null,
    automatic: null,
    ...more,
  };
  return told as unknown as Irrigator;
}

function found<One>(one: One | null | undefined): One {
  if (!one) throw new Error("It is not there.");
  return one;
}

const pump = { key: "pump", name: "Pump", max_seconds: 60, litres_per_minute: 1.2 };
const mist = { key: "mist", name: null, max_seconds: null, litres_per_minute: null };

describe("the garden", () => {
  const begun = gardenOf({ devices: [device()], plants: [plant()], alerts: [], irrigation: [irrigator()], tasks: [] });

  it("knows its irrigators as they are told", () => {
    const flowing = after(begun, { type: "irrigator", irrigator: irrigator({ state: "running" }) });
    expect(flowing.irrigators.get("irrigator-1")?.state).toBe("running");
    expect(after(flowing, { type: "irrigator_removed", irrigator_id: "irrigator-1" }).irrigators.size).toBe(0);
    expect(after(flowing, { type: "device_removed", device_id: "plant-1" }).irrigators.size).toBe(0);
    expect(after(flowing, { type: "device_removed", device_id: "plant-2" }).irrigators.size).toBe(1);
  });

  it("tells which valves wait for something to water", () => {
    const devices = [device({ valves: [pump, mist] })];
    const garden = { ...gardenWith([plant()], devices), irrigators: new Map([["irrigator-1", irrigator()]]) };
    expect(freeValves(garden).map(({ valve }) => valve.key)).toEqual(["mist"]);
  });
});

describe("the key of a watering", () => {
  it("is long, printable and never the same", () => {
    expect(wateringKey()).toMatch(/^[0-9a-f]{32}$/);
    expect(wateringKey()).not.toBe(wateringKey());
  });
});

describe("the words of irrigation", () => {
  it("are the same in both languages, and none is empty", () => {
    expect(keysOf(de)).toEqual(keysOf(en));
    expect(JSON.stringify([en, de])).not.toContain('""');
  });
});

describe("what waters a plant", () => {
  beforeEach(() => {
    HTMLDialogElement.prototype.showModal = () => undefined;
    HTMLDialogElement.prototype.close = () => undefined;
  });

  afterEach(() => {
    document.body.replaceChildren();
    vi.unstubAllGlobals();
    store.garden = undefined;
    store.scopes = [];
  });

  const drawn = async (one: Irrigator | undefined, scope: "read" | "care" | "garden") => {
    store.scopes = [scope];
    const irrigators = new Map(one ? [[one.id, one]] : []);
    store.garden = { ...gardenWith([plant()], [device({ valves: [pump] })]), irrigators };
    const element = document.body.appendChild(document.createElement("plantops-irrigation"));
    element.plant = plant();
    await element.updateComplete;
    return found(element.shadowRoot);
  };
  const buttons = (root: ParentNode) => [...root.querySelectorAll("button")].map((one) => one.textContent.trim());

  it("is not spoken of where there is nothing to say", async () => {
    expect((await drawn(undefined, "care")).querySelector("section")).toBeNull();
    expect(buttons(await drawn(undefined, "garden"))).toEqual([en.add]);
  });

  it("offers what the session may do", async () => {
    expect(buttons(await drawn(irrigator(), "read"))).toEqual([]);
    expect(buttons(await drawn(irrigator(), "care"))).toEqual([en.water, en.stop]);
    expect(buttons(await drawn(irrigator({ state: "running" }), "care"))).toEqual([en.stop]);
    const blocked = irrigator({
      state: "blocked",
      block: { kind: "leak", since: "2026-11-25T11:00:00Z", words: "It leaks." },
    });
    const root = await drawn(blocked, "garden");
    expect(root.textContent).toContain("It leaks.");
    expect(buttons(root)).toContain(en.clear);
  });

  it("asks first, tells every reason against it, and lets a person overrule what harms the plant alone", async () => {
    const said: { force: boolean; key: string }[] = [];
    const reasons = [{ where: "pause", why: "It was watered 5 minutes ago." }];
    vi.stubGlobal("fetch", (_: string, { body }: { body: string }) => {
      said.push(JSON.parse(body) as { force: boolean; key: string });
      const refused = { code: "watering_refused", detail: "Not now.", errors: reasons };
      return Promise.resolve(
        said.length === 1 ? Response.json(refused, { status: 409 }) : Response.json({ warnings: [] }),
      );
    });
    const root = await drawn(irrigator(), "care");
    root.querySelector("form")?.requestSubmit();
    await until(() => expect(root.querySelector("plantops-water-form")).toBeTruthy());
    const form = found(root.querySelector("plantops-water-form"));
    await form.updateComplete;
    const dialog = () => found(form.shadowRoot?.querySelector("plantops-dialog"));
    expect(said).toEqual([]);
    expect(dialog().textContent).toContain("Basil");
    expect(await dialog().work()).toBe("open");
    await form.updateComplete;
    expect(dialog().textContent).toContain("It was watered 5 minutes ago.");
    expect(dialog().does).toBe(en.anyway);
    expect(await dialog().work()).toBeUndefined();
    expect(said.map(({ force }) => force)).toEqual([false, true]);
    expect(said[0]?.key).toBe(said[1]?.key);
  });
});
