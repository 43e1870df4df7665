import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Garden } from "../src/data/garden.js";
import { type Link, Stream } from "../src/data/stream.js";
import { device, plant } from "./gardens.js";

class Socket extends EventTarget {
  closed = false;
  close() {
    this.closed = true;
    this.dispatchEvent(new Event("close"));
  }
  say(message: object) {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) }));
  }
}

const HELLO = { type: "hello", schema_version: 1, min_schema_version: 1 };
const SNAPSHOT = {
  type: "snapshot",
  seq: 0,
  garden: { devices: [device()], plants: [plant()], alerts: [], irrigation: [], tasks: [] },
};

describe("the stream", () => {
  let sockets: Socket[];
  let links: Link[];
  let garden: Garden | undefined;
  let gone: string[];
  let loggedIn: boolean;
  let stream: Stream;
  const newest = () => sockets.at(-1) as Socket;
  const soon = () => vi.advanceTimersByTimeAsync(40_000);

  beforeEach(() => {
    vi.useFakeTimers();
    sockets = [];
    links = [];
    garden = undefined;
    gone = [];
    loggedIn = true;
    const listener = {
      garden: (now: Garden) => (garden = now),
      link: (now: Link) => links.push(now),
      gone: (plantId: string) => gone.push(plantId),
      refused: () => Promise.resolve(loggedIn),
    };
    stream = new Stream(listener, () => {
      sockets.push(new Socket());
      return newest() as unknown as WebSocket;
    });
    stream.open();
  });
  afterEach(() => {
    stream.close();
    vi.useRealTimers();
  });

  it("gives the snapshot, and the garden after each event", () => {
    newest().say(HELLO);
    newest().say(SNAPSHOT);
    newest().say({ type: "plant_removed", seq: 1, plant_id: plant().id });
    expect(garden?.plants.size).toBe(0);
    expect(links).toEqual(["connecting", "open"]);
  });

  it("keeps what it knows while the backend is away, and comes back by itself", async () => {
    newest().say(SNAPSHOT);
    newest().close();
    expect(garden?.plants.size).toBe(1);
    await soon();
    expect(sockets.length).toBeGreaterThan(1);
    newest().say(SNAPSHOT);
    expect(links.filter((link) => link === "open")).toHaveLength(2);
    expect(links).toContain("away");
  });

  describe("forgets a plant that was removed here", () => {
    const { id } = plant();
    const removed = { type: "plant_removed", seq: 2, plant_id: id };

    it("before that is told, whatever was seen of it before and comes late", () => {
      newest().say(SNAPSHOT);
      stream.forget(id);
      expect(garden?.plants.size).toBe(0);
      newest().say({ type: "plant", seq: 1, plant: plant() });
      expect(garden?.plants.size).toBe(0);
      newest().say(removed);
      expect([garden?.plants.size, gone]).toEqual([0, [id]]);
    });

    it("also where the whole garden was seen before and comes late", async () => {
      newest().say(SNAPSHOT);
      stream.forget(id);
      newest().close();
      await soon();
      newest().say(SNAPSHOT);
      newest().say({ type: "plant", seq: 1, plant: plant() });
      expect(garden?.plants.size).toBe(0);
    });

    it("until it is told: whoever puts a garden back has it", () => {
      newest().say(SNAPSHOT);
      stream.forget(id);
      newest().say(removed);
      newest().say({ type: "plant", seq: 3, plant: plant() });
      expect(garden?.plants.size).toBe(1);
    });
  });

  it("waits longer and longer between tries", async () => {
    const counts: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const before = sockets.length;
      const end = Date.now() + 20_000;
      while (Date.now() < end) {
        if (!newest().closed) newest().close();
        await vi.advanceTimersByTimeAsync(250);
      }
      counts.push(sockets.length - before);
    }
    expect(counts[2]).toBeLessThan(counts[0] ?? 0);
  });

  it("tries at once when the network is back, and only then", async () => {
    newest().say(SNAPSHOT);
    stream.hurry();
    expect(sockets).toHaveLength(1);
    newest().close();
    await vi.advanceTimersByTimeAsync(0);
    stream.hurry();
    expect(sockets).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(sockets).toHaveLength(2);
  });

  it("gives a line up that seems dead, without waiting for an answer to its goodbye", async () => {
    newest().say(SNAPSHOT);
    await vi.advanceTimersByTimeAsync(70_000);
    expect(stream.quietFor(Date.now())).toBe(70_000);
    stream.drop();
    expect(links.at(-1)).toBe("away");
    await soon();
    newest().say(SNAPSHOT);
    expect(links.at(-1)).toBe("open");
  });

  it("ends when the session has ended", async () => {
    newest().say(SNAPSHOT);
    loggedIn = false;
    newest().close();
    await soon();
    expect(sockets).toHaveLength(1);
  });

  it.each([
    [{ ...HELLO, schema_version: 3, min_schema_version: 2 }, "too_old"],
    [{ ...HELLO, schema_version: 0, min_schema_version: 0 }, "too_new"],
  ])("says so when page and backend don't understand each other", async (hello, link) => {
    newest().say(hello);
    await soon();
    expect(links.at(-1)).toBe(link);
    expect(sockets).toHaveLength(1);
  });

  it("gives up a connection that says nothing", async () => {
    await vi.advanceTimersByTimeAsync(10_001);
    expect(sockets[0]?.closed).toBe(true);
    await soon();
    expect(sockets.length).toBeGreaterThan(1);
  });
});
