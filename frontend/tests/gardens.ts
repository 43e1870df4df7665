/** Plants and devices as the API tells them, for tests. */
import type { Alert, CareTask, Device, Irrigator, Plant, PlantValue } from "../src/data/types.js";

export const NOW = Date.parse("2026-11-25T12:00:00Z");

export function value(metric: PlantValue["metric"], amount: number, more: Partial<PlantValue> = {}): PlantValue {
  return { metric, unit: "%", value: amount, time: "2026-11-25T11:59:00Z", channel_id: 1, ...more };
}

export function plant(more: Partial<Plant> = {}): Plant {
  const told = {
    id: "01a2137d-fb74-75ef-aba0-08d1d5291dbf",
    name: "Basil",
    species: "Ocimum basilicum",
    area: "Kitchen",
    assignments: [
      {
        id: "01a2137d-fb7f-77d5-9d12-47a1cd872472",
        plant_id: "01a2137d-fb74-75ef-aba0-08d1d5291dbf",
        channel_id: 1,
        device_id: "plant-1",
        metric: "soil_moisture",
        from: "2026-11-11T16:00:00Z",
        until: null,
      },
    ],
    values: [value("soil_moisture", 50)],
    thresholds: { soil_moisture: { low: 35, high: 75 } },
    next_watering: null,
    last_watered_at: null,
    ...more,
  };
  return told as unknown as Plant;
}

export function device(more: Partial<Device> = {}): Device {
  const told = {
    id: "plant-1",
    name: "Basil node",
    status: "online",
    status_at: "2026-11-25T10:00:00Z",
    last_seen: "2026-11-25T11:59:00Z",
    channels: [
      { id: 1, name: "Soil", metric: "soil_moisture", unit: "%", latest: { time: "2026-11-25T11:59:00Z", value: 50 } },
    ],
    ...more,
  };
  return told as unknown as Device;
}

export function alert(more: Partial<Alert> = {}): Alert {
  const told = {
    id: "01a2137d-0000-775d-9d12-47a1cd872472",
    kind: "temperature_low",
    severity: "warning",
    plant_id: plant().id,
    device_id: null,
    opened_at: "2026-11-25T10:00:00Z",
    words: "It is too cold.",
    ...more,
  };
  return told as Alert;
}

export function gardenWith(plants: Plant[], devices: Device[] = [device()], alerts: Alert[] = []) {
  return {
    alerts: new Map(alerts.map((one) => [one.id, one])),
    tasks: new Map<string, CareTask>(),
    irrigators: new Map<string, Irrigator>(),
    cared: new Map<string, number>(),
    plants: new Map(plants.map((one) => [one.id, one])),
    devices: new Map(devices.map((one) => [one.id, one])),
  };
}

/** Name every word in a tree of words. */
export function keysOf(tree: object): string[] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
    typeof value === "object" && value !== null ? keysOf(value).map((rest) => `${key}.${rest}`) : [key],
  );
}
