import { afterEach, describe, expect, it, vi } from "vitest";

import { store } from "../src/data/store.js";
import { until } from "./waiting.js";

import "../src/pages/system.js";

const HEALTH = {
  status: "ok",
  version: "0.1.0",
  uptime_seconds: 90,
  stream_clients: 2,
  database: { latency_ms: 1.23, timescale: null },
  ingest: { role: "active", queue_depth: 0, last_stored_at: null, broker_dropped: 0, readings_per_minute: 1234 },
};
const LETTER = {
  id: 7,
  received_at: "2026-11-25T12:00:00Z",
  device_id: "plant-1",
  topic: "plantops/plant-1/telemetry",
  reason: "range",
  detail: "<b>soil_moisture</b> cannot be 900.",
};

describe("how PlantOps is", () => {
  afterEach(() => {
    document.body.replaceChildren();
    vi.unstubAllGlobals();
    store.scopes = [];
  });

  const shown = async (letters: () => Response) => {
    const asked = vi.fn((path: string) => Promise.resolve(path === "/api/health" ? Response.json(HEALTH) : letters()));
    vi.stubGlobal("fetch", asked);
    const page = document.body.appendChild(document.createElement("plantops-system-page"));
    await until(() => expect(page.shadowRoot?.querySelector("dl")).toBeTruthy());
    return page.shadowRoot;
  };
  const lettersOf = (root: ShadowRoot | null) => root?.querySelector("plantops-letters")?.shadowRoot;

  it("tells how many readings are stored", async () => {
    expect((await shown(() => Response.json({ items: [] })))?.textContent).toContain("1,234 in the last minute");
  });

  it("tells those who may know what could not be stored, and why, in words alone", async () => {
    store.scopes = ["admin"];
    const root = await shown(() => Response.json({ items: [LETTER], next: null }));
    await until(() => expect(lettersOf(root)?.textContent).toContain("<b>soil_moisture</b> cannot be 900."));
    expect(lettersOf(root)?.querySelector("b")).toBeNull();
  });

  it("says so where everything could be stored, and asks nothing for those who may not know", async () => {
    store.scopes = ["admin"];
    const root = await shown(() => Response.json({ items: [], next: null }));
    await until(() => expect(lettersOf(root)?.textContent).toContain("Everything that came could be stored."));
    store.scopes = ["garden"];
    const other = await shown(() => Response.error());
    expect(other?.querySelector("plantops-letters")).toBeNull();
  });
});
