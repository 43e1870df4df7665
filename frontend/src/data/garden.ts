/** The garden as this page knows it: a snapshot, and what each event makes of it. Pure, as its Python twin. */
import type { Alert, CareEvent, CareTask, Device, GardenSnapshot, Irrigator, Plant, PlantValue } from "./types.js";

export interface Garden {
  readonly devices: ReadonlyMap<string, Device>;
  readonly plants: ReadonlyMap<string, Plant>;
  /** Those that are open. */
  readonly alerts: ReadonlyMap<string, Alert>;
  /** Those that are to be done: one for each rule. */
  readonly tasks: ReadonlyMap<string, CareTask>;
  readonly irrigators: ReadonlyMap<string, Irrigator>;
  /** How often each plant's care log was told to have changed: its past is asked for, not carried around. */
  readonly cared: ReadonlyMap<string, number>;
}

interface ReadingsEvent {
  type: "readings";
  device_id: string;
  last_seen: string;
  channels: { channel_id: number; time: string; value: number }[];
  plants: { plant_id: string; value: PlantValue }[];
}

export type GardenEvent =
  | ReadingsEvent
  | { type: "status"; device_id: string; status: Device["status"]; status_at: string }
  | { type: "device"; device: Device }
  | { type: "device_removed"; device_id: string }
  | { type: "plant"; plant: Plant }
  | { type: "plant_removed"; plant_id: string }
  | { type: "alert"; alert: Alert }
  | { type: "task"; task: CareTask }
  | { type: "task_removed"; task_id: string }
  | { type: "irrigator"; irrigator: Irrigator }
  | { type: "irrigator_removed"; irrigator_id: string }
  | { type: "care"; event: CareEvent }
  | { type: "care_removed"; event_id: string; plant_id: string };

export function gardenOf(snapshot: GardenSnapshot): Garden {
  return {
    devices: new Map(snapshot.devices.map((device) => [device.id, device])),
    plants: new Map(snapshot.plants.map((plant) => [plant.id, plant])),
    alerts: new Map(snapshot.alerts.map((alert) => [alert.id, alert])),
    tasks: new Map(snapshot.tasks.map((task) => [task.id, task])),
    irrigators: new Map(snapshot.irrigation.map((irrigator) => [irrigator.id, irrigator])),
    cared: new Map(),
  };
}

/** Tell the garden as it is after an event; events of a newer backend that this page doesn't know change nothing. */
export function after(garden: Garden, event: GardenEvent): Garden {
  switch (event.type) {
    case "device":
      return { ...garden, devices: put(garden.devices, event.device.id, event.device) };
    case "device_removed":
      return withoutDevice(garden, event);
    case "plant":
      return { ...garden, plants: put(garden.plants, event.plant.id, event.plant) };
    case "plant_removed":
      return { ...garden, plants: drop(garden.plants, event.plant_id), alerts: without(garden, event) };
    case "alert":
      return {
        ...garden,
        alerts: event.alert.resolved_at
          ? drop(garden.alerts, event.alert.id)
          : put(garden.alerts, event.alert.id, event.alert),
      };
    case "task":
      return {
        ...garden,
        tasks: event.task.completed_at
          ? drop(garden.tasks, event.task.id)
          : put(garden.tasks, event.task.id, event.task),
      };
    case "task_removed":
      return { ...garden, tasks: drop(garden.tasks, event.task_id) };
    case "irrigator":
      return { ...garden, irrigators: put(garden.irrigators, event.irrigator.id, event.irrigator) };
    case "irrigator_removed":
      return { ...garden, irrigators: drop(garden.irrigators, event.irrigator_id) };
    case "care":
      return cared(garden, event.event.plant_id);
    case "care_removed":
      return cared(garden, event.plant_id);
    case "status":
      return withStatus(garden, event.device_id, event.status, event.status_at);
    case "readings":
      return withReadings(garden, event);
    default:
      return garden;
  }
}

function put<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key, value: Value): ReadonlyMap<Key, Value> {
  return new Map(map).set(key, value);
}

function drop<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): ReadonlyMap<Key, Value> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}

function cared(garden: Garden, plant: string): Garden {
  return { ...garden, cared: put(garden.cared, plant, (garden.cared.get(plant) ?? 0) + 1) };
}

/** A device takes its alerts with it, and the irrigators whose valves it opened. */
function withoutDevice(garden: Garden, gone: { device_id: string }): Garden {
  const irrigators = new Map([...garden.irrigators].filter(([, one]) => one.device_id !== gone.device_id));
  return { ...garden, devices: drop(garden.devices, gone.device_id), alerts: without(garden, gone), irrigators };
}

/** Give the alerts without those of a plant or device that is gone. */
function without(garden: Garden, gone: { plant_id?: string; device_id?: string }): ReadonlyMap<string, Alert> {
  const left = [...garden.alerts].filter(
    ([, alert]) =>
      (gone.plant_id === undefined || alert.plant_id !== gone.plant_id) &&
      (gone.device_id === undefined || alert.device_id !== gone.device_id),
  );
  return new Map(left);
}

function withStatus(garden: Garden, id: string, status: Device["status"], at: string): Garden {
  const device = garden.devices.get(id);
  if (!device || (device.status_at && Date.parse(at) < Date.parse(device.status_at))) return garden;
  return { ...garden, devices: put(garden.devices, id, { ...device, status, status_at: at }) };
}

function withReadings(garden: Garden, event: ReadingsEvent): Garden {
  let { devices, plants } = garden;
  const device = devices.get(event.device_id);
  if (device) devices = put(devices, device.id, told(device, event));
  if (event.plants.length > 0) {
    const felt = new Map(plants);
    for (const { plant_id, value } of event.plants) {
      const plant = felt.get(plant_id);
      if (plant) felt.set(plant_id, feeling(plant, value));
    }
    plants = felt;
  }
  return { ...garden, devices, plants };
}

function told(device: Device, event: ReadingsEvent): Device {
  const news = new Map(event.channels.map((reading) => [reading.channel_id, reading]));
  const channels = device.channels.map((channel) => {
    const reading = news.get(channel.id);
    if (!reading || (channel.latest && Date.parse(channel.latest.time) > Date.parse(reading.time))) return channel;
    return { ...channel, latest: { time: reading.time, value: reading.value } };
  });
  const later = !device.last_seen || Date.parse(event.last_seen) > Date.parse(device.last_seen);
  return { ...device, channels, last_seen: later ? event.last_seen : device.last_seen };
}

function feeling(plant: Plant, value: PlantValue): Plant {
  const old = plant.values.find((one) => one.metric === value.metric);
  if (old?.channel_id === value.channel_id && Date.parse(old.time) > Date.parse(value.time)) return plant;
  const others = plant.values.filter((one) => one.metric !== value.metric);
  return { ...plant, values: [...others, value].sort((a, b) => a.metric.localeCompare(b.metric)) };
}
