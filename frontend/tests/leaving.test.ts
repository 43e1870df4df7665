import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ask, leave, Problem, remove } from "../src/data/api.js";
import { forgetPasts, past } from "../src/data/past.js";

describe("of what goes", () => {
  let asked: string[];
  let answer: (path: string, answer: Response) => void;
  let plant: string;
  let number = 0;

  beforeEach(() => {
    number += 1;
    plant = `plants/${String(number)}`;
    asked = [];
    const waiting = new Map<string, (answer: Response) => void>();
    answer = (path, said) => waiting.get(`/api/v1/${path}`)?.(said);
    vi.stubGlobal("fetch", (path: string, { method, signal }: RequestInit) => {
      asked.push(`${String(method)} ${path.replace("/api/v1/", "")}`);
      return new Promise((resolve, reject) => {
        waiting.set(path, resolve);
        signal?.addEventListener("abort", () => {
          reject(signal.reason as Error);
        });
      });
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    forgetPasts();
  });

  const gone = () => new Response(null, { status: 204 });
  const refused = () => Response.json({ code: "forbidden", detail: "You may not." }, { status: 403 });

  it("nobody waits any longer for what was asked of it", async () => {
    const care = ask("GET", `${plant}/care?limit=200`);
    const other = ask("GET", `${plant}0/care`);
    const removal = remove(plant);
    await expect(care).rejects.toThrow(Problem);
    answer(`${plant}0/care`, Response.json({ items: [] }));
    expect(await other).toEqual({ items: [] });
    answer(plant, gone());
    await removal;
  });

  it("half an answer is none", async () => {
    const care = ask("GET", `${plant}/care`);
    const broken = { ok: true, status: 200, json: () => Promise.reject(new DOMException("", "AbortError")) };
    answer(`${plant}/care`, broken as unknown as Response);
    leave(plant);
    await expect(care).rejects.toThrow(Problem);
  });

  it("nobody asks any more, neither while it goes nor after, nor when its turn comes", async () => {
    const others = [1, 2, 3, 4].map((at) => past(`other${String(at)}`, "soil_moisture", 7, 400));
    const inLine = past(String(number), "soil_moisture", 7, 400);
    const removal = remove(plant);
    await expect(ask("GET", `${plant}/photos`)).rejects.toThrow(Problem);
    answer(plant, gone());
    await removal;
    await expect(ask("GET", `${plant}/photos`)).rejects.toThrow(Problem);
    for (const path of asked) answer(path.replace("GET ", ""), Response.json({ points: [] }));
    await Promise.all(others);
    await expect(inLine).rejects.toThrow(Problem);
    expect(asked.filter((path) => path.includes(`${plant}/`))).toEqual([]);
  });

  it("also nobody asks where somebody else removed it", async () => {
    leave(plant);
    await expect(ask("GET", `${plant}/care`)).rejects.toThrow(Problem);
    expect(asked).toEqual([]);
  });

  it("one asks again where it stays", async () => {
    const removal = remove(plant);
    answer(plant, refused());
    await expect(removal).rejects.toThrow("You may not.");
    const care = ask("GET", `${plant}/care`);
    answer(`${plant}/care`, Response.json({ items: [] }));
    expect(await care).toEqual({ items: [] });
  });
});
