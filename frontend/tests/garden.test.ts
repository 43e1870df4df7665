import { describe, expect, it } from "vitest";

import { after, type GardenEvent, gardenOf } from "../src/data/garden.js";
import { alert, device, plant, value } from "./gardens.js";

const begun = gardenOf({ devices: [device()], plants: [plant()], alerts: [], irrigation: [], tasks: [] });
const basil = plant().id;

function readings(time: string, amount: number): GardenEvent {
  return {
    type: "readings",
    device_id: "plant-1",
    last_seen: time,
    channels: [{ channel_id: 1, time, value: amount }],
    plants: [{ plant_id: basil, value: value("soil_moisture", amount, { time }) }],
  };
}

describe("the garden after an event", () => {
  it("feels newer readings, on plant and device", () => {
    const next = after(begun, readings("2026-11-25T12:00:00Z", 48));
    expect(next.plants.get(basil)?.values).toMatchObject([{ metric: "soil_moisture", value: 48 }]);
    expect(next.devices.get("plant-1")?.channels[0]?.latest?.value).toBe(48);
    expect(next.devices.get("plant-1")?.last_seen).toBe("2026-11-25T12:00:00Z");
    expect(begun.plants.get(basil)?.values[0]?.value).toBe(50);
  });

  it("is not taken back by late readings", () => {
    const next = after(begun, readings("2026-11-25T09:00:00Z", 70));
    expect(next.plants.get(basil)?.values[0]?.value).toBe(50);
    expect(next.devices.get("plant-1")?.channels[0]?.latest?.value).toBe(50);
    expect(next.devices.get("plant-1")?.last_seen).toBe("2026-11-25T11:59:00Z");
  });

  it("takes a reading of another channel even when it is older: the probe was changed", () => {
    const other = value("soil_moisture", 20, { channel_id: 2, time: "2026-11-25T09:00:00Z" });
    const event = { ...readings("2026-11-25T09:00:00Z", 20), plants: [{ plant_id: basil, value: other }] };
    expect(after(begun, event).plants.get(basil)?.values[0]?.value).toBe(20);
  });

  it("knows who came and went, by the newest word", () => {
    const status = (to: "online" | "offline", at: string): GardenEvent => ({
      type: "status",
      device_id: "plant-1",
      status: to,
      status_at: at,
    });
    const gone = after(begun, status("offline", "2026-11-25T11:00:00Z"));
    expect(gone.devices.get("plant-1")?.status).toBe("offline");
    expect(after(gone, status("online", "2026-11-25T10:30:00Z"))).toBe(gone);
  });

  it("gets and loses plants and devices", () => {
    const added = after(begun, { type: "plant", plant: plant({ id: "another", name: "Mint" }) });
    expect([...added.plants.keys()]).toEqual([basil, "another"]);
    expect(after(added, { type: "plant_removed", plant_id: basil }).plants.has(basil)).toBe(false);
    expect(after(begun, { type: "device_removed", device_id: "plant-1" }).devices.size).toBe(0);
  });

  it("knows the alerts that are open, and loses those of what is gone", () => {
    const warned = after(begun, { type: "alert", alert: alert() });
    expect([...warned.alerts.keys()]).toEqual([alert().id]);
    expect(after(warned, { type: "alert", alert: alert({ resolved_at: "2026-11-25T12:00:00Z" }) }).alerts.size).toBe(0);
    expect(after(warned, { type: "device_removed", device_id: "plant-1" }).alerts.size).toBe(1);
    expect(after(warned, { type: "plant_removed", plant_id: basil }).alerts.size).toBe(0);
  });

  it("knows what is to be done until it is done", () => {
    const task = { id: "7", kind: "watered", due_at: "2026-11-25T08:00:00Z", completed_at: null };
    const told = after(begun, { type: "task", task } as unknown as GardenEvent);
    expect([...told.tasks.keys()]).toEqual(["7"]);
    const done = { ...task, completed_at: "2026-11-25T09:00:00Z" };
    expect(after(told, { type: "task", task: done } as unknown as GardenEvent).tasks.size).toBe(0);
    expect(after(told, { type: "task_removed", task_id: "7" }).tasks.size).toBe(0);
  });

  it("tells that a plant's care log is another one", () => {
    const event = { plant_id: basil, id: "1" };
    const once = after(begun, { type: "care", event } as unknown as GardenEvent);
    expect(once.cared.get(basil)).toBe(1);
    expect(after(once, { type: "care_removed", event_id: "1", plant_id: basil }).cared.get(basil)).toBe(2);
  });

  it("stays as it is after what this page doesn't know", () => {
    expect(after(begun, { type: "of_tomorrow" } as unknown as GardenEvent)).toBe(begun);
    expect(
      after(begun, { ...readings("2026-11-25T12:00:00Z", 1), device_id: "nobody", plants: [] } as GardenEvent),
    ).toEqual(begun);
  });
});
