import { afterEach, describe, expect, it, vi } from "vitest";

import { gardenFile } from "../src/data/garden-file.js";
import { store } from "../src/data/store.js";
import { drawn } from "../src/elements/qr.js";
import { device, gardenWith } from "./gardens.js";
import { until } from "./waiting.js";

import "../src/elements/join-form.js";

const PLACE = {
  url: "https://plantops.local:8443",
  mqtt_host: "plantops.local",
  mqtt_port: 8883,
  authority: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
  problem: null,
};

describe("what a node is built with", () => {
  it("is the package that ESPHome takes", () => {
    expect(gardenFile(PLACE, "plantops_reg_7m2k")).toBe(`substitutions:
  plantops_url: https://plantops.local:8443
  registration_key: plantops_reg_7m2k
  mqtt_broker: "plantops.local"
  mqtt_port: "8883"
  ca_pem: |
    -----BEGIN CERTIFICATE-----
    MIIB
    -----END CERTIFICATE-----

http_request:
  ca_certificate_path: garden-ca.pem
`);
  });
});

describe("a QR code", () => {
  it("has its three marks in the corners, and light around", () => {
    const { path, size } = drawn("plantops_reg_7m2k9qx4c0v8t3n6w1r5y0ab");
    expect((size - 8 - 17) % 4).toBe(0);
    const last = size - 4 - 7;
    for (const [x, y] of [
      [4, 4],
      [last, 4],
      [4, last],
    ]) {
      expect(path).toContain(`M${x} ${y}h7v1h-7z`);
    }
    expect(path).not.toMatch(/M[0-3] /);
  });
});

describe("adding a device", () => {
  afterEach(() => {
    document.body.replaceChildren();
    vi.unstubAllGlobals();
    store.garden = undefined;
  });

  it("looks out for it, and lets one in that waits", async () => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", (url: string, { method }: RequestInit) => {
      asked.push(`${method} ${url}`);
      const key = { registration_key: "plantops_reg_7m2k", name: "New", expires_at: "2026-11-25T13:00:00Z" };
      return Promise.resolve(Response.json(url.endsWith("place") ? PLACE : key));
    });
    HTMLDialogElement.prototype.showModal = () => undefined;
    store.garden = gardenWith([]);
    const form = document.body.appendChild(document.createElement("plantops-join-form"));
    await form.updateComplete;
    const dialog = form.shadowRoot?.querySelector("plantops-dialog");
    expect(await dialog?.work()).toBe("open");
    await until(() => expect(form.shadowRoot?.querySelector(".news")?.textContent).toContain("Looking out"));

    store.garden = gardenWith([], [device(), device({ id: "plant-new", name: "New", access: "pending" })]);
    form.requestUpdate();
    await form.updateComplete;
    const news = form.shadowRoot?.querySelector(".news");
    expect(news?.textContent).toContain("New knocks and waits");
    expect(news?.textContent).not.toContain("Basil node");
    news?.querySelector("button")?.click();
    await until(() => expect(asked).toContain("POST /api/v1/devices/plant-new/approve"));
  });
});
