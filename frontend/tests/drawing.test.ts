import { describe, expect, it } from "vitest";

import { columns, slots, summed, together } from "../src/data/series.js";
import { draw } from "../src/elements/line.js";
import { reach } from "../src/elements/plot.js";
import { arc, place } from "../src/elements/ring.js";
import type { History, Point } from "../src/data/types.js";

const point = (hour: number, mean: number | null): Point => ({
  time: `2026-11-25T0${hour}:00:00Z`,
  mean,
  min: mean,
  max: mean === null ? null : mean + 1,
  count: mean === null ? 0 : 6,
});

describe("a small line", () => {
  it("leaves a gap where there are no readings", () => {
    const drawn = draw([point(0, 10), point(1, 12), point(2, null), point(3, 20)], undefined);
    expect(drawn?.path.match(/M/g)).toHaveLength(2);
    expect(drawn?.path.match(/L/g)).toHaveLength(1);
  });

  it("shows the span in which the plant is content, also where the soil never was in it", () => {
    const drawn = draw([point(0, 10), point(1, 12)], { low: 30, high: 60 });
    const lowest = Number(drawn?.path.match(/M[\d.]+ ([\d.]+)/)?.[1]);
    expect((drawn?.band?.y ?? 0) + (drawn?.band?.height ?? 0)).toBeLessThan(lowest);
  });

  it("is nothing without readings", () => {
    expect(draw([], undefined)).toBeUndefined();
    expect(draw([point(0, null)], { low: 1, high: 2 })).toBeUndefined();
  });
});

describe("a chart", () => {
  it("puts a bucket's mean in its middle, and nulls where a gap begins", () => {
    const history = {
      unit: "%",
      metric: "soil_moisture",
      bucket_seconds: 3600,
      points: [point(0, 10), point(1, null)],
    };
    const [times, means, lows, highs] = columns(history as unknown as History);
    expect(times[0]).toBe(Date.parse("2026-11-25T00:30:00Z") / 1000);
    expect([means, lows, highs]).toEqual([
      [10, null],
      [10, null],
      [11, null],
    ]);
  });

  it("speaks Fahrenheit where the reader does", () => {
    localStorage.setItem("degrees", "°F");
    const history = { unit: "°C", metric: "temperature", points: [point(0, 20)] } as unknown as History;
    expect(columns(history)[1]).toEqual([68]);
    localStorage.clear();
  });
});

describe("two plants in one chart", () => {
  const told = (points: Point[]) =>
    ({
      unit: "%",
      metric: "soil_moisture",
      from: "2026-11-25T00:00:00Z",
      until: "2026-11-25T10:00:00Z",
      points,
    }) as unknown as History;

  it("share their times; a gap of one stays one between the other's readings", () => {
    const laid = together(told([point(0, 10), point(2, null), point(4, 12)]), told([point(1, 50), point(3, 51)]));
    expect(laid[0]).toHaveLength(5);
    expect(laid[1]).toEqual([10, null, null, null, 12]);
    expect(laid[4]).toEqual([undefined, 50, undefined, 51, undefined]);
  });

  it("become rows of a table, where no readings are none", () => {
    const rows = slots(told([point(0, 10), point(1, 20), point(2, null), point(9, 30)]), 5);
    expect(rows.map((row) => row.told?.mean)).toEqual([15, undefined, undefined, undefined, 30]);
    expect(rows[0]?.told).toEqual({ mean: 15, low: 10, high: 21 });
  });

  it("count each reading once in a mean of means", () => {
    expect(summed([{ ...point(0, 10), count: 3 }, point(1, null), { ...point(2, 50), count: 1 }])?.mean).toBe(20);
    expect(summed([point(0, null)])).toBeUndefined();
  });
});

describe("a chart's height", () => {
  const what = (band: { low: number | null; high: number | null }) => ({
    history: { unit: "%" } as unknown as History,
    other: undefined,
    band,
    marks: [],
  });

  it("reaches to the bound that was passed, and not to one far away", () => {
    const [bottom, top] = reach(20, 25, what({ low: 35, high: 90 }));
    expect(top).toBeGreaterThan(35);
    expect(top).toBeLessThan(40);
    expect(bottom).toBeGreaterThan(10);
    expect(reach(80, 85, what({ low: 35, high: 75 }))[0]).toBeLessThan(75);
  });

  it("is never below nothing, and never flat", () => {
    const [bottom, top] = reach(0, 0, what({ low: null, high: null }));
    expect(bottom).toBe(0);
    expect(top).toBeGreaterThan(0);
  });
});

describe("the ring", () => {
  it("is open at the bottom, begins left and ends right", () => {
    const [begin, middle, end] = [place(0), place(0.5), place(1)];
    expect(begin.x).toBeLessThan(50);
    expect(end.x).toBeGreaterThan(50);
    expect(begin.y).toBeCloseTo(end.y);
    expect(middle).toEqual({ x: expect.closeTo(50) as number, y: expect.closeTo(8) as number });
  });

  it("goes the long way round where it must", () => {
    expect(arc(0, 1)).toContain(" 1 1 ");
    expect(arc(0.2, 0.5)).toContain(" 0 1 ");
  });
});
