import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { store } from "../src/data/store.js";
import type { Plant } from "../src/data/types.js";
import { device, gardenWith, plant, value } from "./gardens.js";
import { until } from "./waiting.js";

import "../src/elements/uncalibrated.js";

const PATH = "/api/v1/channels/1/calibration";
const VOLTS = plant({ values: [value("soil_moisture", 1.9, { unit: "V" })] });

describe("a plant whose probe sends volts", () => {
  let asked: string[];
  let underWay: boolean;

  beforeEach(() => {
    asked = [];
    underWay = false;
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    HTMLDialogElement.prototype.showModal = () => undefined;
    vi.stubGlobal("fetch", (url: string, { method }: RequestInit) => {
      asked.push(`${method} ${url}`);
      if (method === "POST") underWay = true;
      const procedure = { channel_id: 1, sent_unit: "V", live: null, points: [], preview: null };
      return Promise.resolve(Response.json(url === PATH ? { under_way: underWay } : procedure));
    });
    store.garden = gardenWith([VOLTS], [device()]);
    store.scopes = ["garden"];
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    document.body.replaceChildren();
    store.garden = undefined;
    store.scopes = [];
  });

  const drawn = async (one: Plant) => {
    const element = document.createElement("plantops-uncalibrated");
    element.plant = one;
    document.body.append(element);
    await element.updateComplete;
    return element.renderRoot;
  };

  it("says why its soil has no per cents, and leads to who may mend that", async () => {
    store.scopes = ["care"];
    const root = await drawn(VOLTS);
    expect(root.textContent).toContain("It sends 1.90\u202fV");
    expect(root.querySelector("button")).toBeNull();
    expect((await drawn(plant())).querySelector("strong")).toBeNull();
  });

  it("asks how far a calibration is only while there is one", async () => {
    const root = await drawn(VOLTS);
    root.querySelector("button")?.click();
    await until(() => expect(asked).toEqual([`GET ${PATH}`]));
    const form = root.querySelector("plantops-calibration-form");
    await until(() => expect(form?.renderRoot.querySelector("ol button")).not.toBeNull());
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toEqual([`GET ${PATH}`]);
    form?.renderRoot.querySelector<HTMLButtonElement>("ol button")?.click();
    await until(() => expect(asked).toContain(`POST ${PATH}/procedure`));
    await until(() => expect(form?.renderRoot.querySelector<HTMLButtonElement>("ol button")?.disabled).toBe(false));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(asked).toContain(`GET ${PATH}/procedure`);
  });

  it("goes on with a calibration that was begun before", async () => {
    underWay = true;
    (await drawn(VOLTS)).querySelector("button")?.click();
    await until(() => expect(asked.slice(0, 2)).toEqual([`GET ${PATH}`, `GET ${PATH}/procedure`]));
  });
});
