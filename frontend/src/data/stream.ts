/** The live stream: one WebSocket, a snapshot on each connection, and a new try with growing pauses when it breaks. */
import { hear } from "../words/locale.js";
import { type Garden, type GardenEvent, after, gardenOf } from "./garden.js";
import type { GardenSnapshot } from "./types.js";

/** The schema that this page understands (`aioplantops/events.py`). */
const SCHEMA = 1;
const SHORTEST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
/** Milliseconds without greeting and snapshot, after which a connection is given up. */
const GREETING = 10_000;

export type Link = "connecting" | "open" | "away" | "too_new" | "too_old";

export interface Listener {
  garden(garden: Garden): void;
  link(link: Link): void;
  /** A plant is no more: there is nothing to ask about it. */
  gone(plantId: string): void;
  /** A connection could not be made: the session may have ended. Answers whether to go on trying. */
  refused(): Promise<boolean>;
}

interface Message {
  type: string;
  schema_version?: number;
  min_schema_version?: number;
  language?: string;
  garden?: GardenSnapshot;
}

export class Stream {
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pause = SHORTEST_PAUSE;
  #garden: Garden | undefined;
  /** Plants that are known to be gone, which has not been told yet: what is told until then was seen before. */
  #gone = new Set<string>();
  #closed = false;
  #waiting = false;
  #heard = 0;

  constructor(
    private readonly listener: Listener,
    private readonly connect: () => WebSocket = connectHere,
  ) {}

  open(): void {
    this.#waiting = false;
    this.listener.link(this.#garden ? "away" : "connecting");
    const socket = this.connect();
    this.#socket = socket;
    this.#timer = setTimeout(() => {
      socket.close();
    }, GREETING);
    socket.addEventListener("message", ({ data }) => {
      this.#heard = Date.now();
      this.#take(JSON.parse(String(data)) as Message);
    });
    socket.addEventListener("close", () => {
      if (socket !== this.#socket) return;
      this.#socket = undefined;
      void this.#again();
    });
  }

  /** Milliseconds since anything was heard. */
  quietFor(now: number): number {
    return now - this.#heard;
  }

  /** Give a connection up that seems dead: a browser notices late that nobody is at the other end. */
  drop(): void {
    const socket = this.#socket;
    socket?.close();
    // The closing handshake with nobody takes its time.
    socket?.dispatchEvent(new Event("close"));
  }

  /** Try again now rather than later: the network is back, or somebody looks. */
  hurry(): void {
    if (!this.#waiting) return;
    clearTimeout(this.#timer);
    this.open();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
    this.#socket = undefined;
  }

  #take(message: Message): void {
    if (message.type === "hello") {
      hear(message.language ?? "en");
      if ((message.min_schema_version ?? 0) > SCHEMA) this.#end("too_old");
      else if ((message.schema_version ?? 0) < SCHEMA) this.#end("too_new");
    } else if (message.type === "snapshot" && message.garden) {
      clearTimeout(this.#timer);
      this.#pause = SHORTEST_PAUSE;
      this.#begin(gardenOf(message.garden));
      this.listener.link("open");
    } else this.#hear(message as GardenEvent);
  }

  /** Know of a plant that is gone before it is told. */
  forget(plantId: string): void {
    this.#gone.add(plantId);
    this.#know({ type: "plant_removed", plant_id: plantId });
  }

  #begin(garden: Garden): void {
    const there = [...garden.plants].filter(([id]) => !this.#gone.has(id));
    this.#gone = new Set([...this.#gone].filter((id) => garden.plants.has(id)));
    this.#garden = { ...garden, plants: new Map(there) };
    this.listener.garden(this.#garden);
  }

  #hear(event: GardenEvent): void {
    if (event.type === "plant" && this.#gone.has(event.plant.id)) return;
    if (event.type === "plant_removed") {
      this.#gone.delete(event.plant_id);
      this.listener.gone(event.plant_id);
    }
    this.#know(event);
  }

  #know(event: GardenEvent): void {
    if (!this.#garden) return;
    this.#garden = after(this.#garden, event);
    this.listener.garden(this.#garden);
  }

  /** The page and the backend are of ages that don't understand each other: trying again would not help. */
  #end(link: Link): void {
    this.close();
    this.listener.link(link);
  }

  async #again(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.listener.link(this.#garden ? "away" : "connecting");
    if (!(await this.listener.refused())) {
      this.close();
      return;
    }
    this.#waiting = true;
    this.#timer = setTimeout(
      () => {
        if (!this.#closed) this.open();
      },
      this.#pause * (0.5 + Math.random() / 2),
    );
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }
}

function connectHere(): WebSocket {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return new WebSocket(`${scheme}://${location.host}/api/v1/stream`);
}
