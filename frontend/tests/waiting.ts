/** Waiting for what comes about by and by: a busy machine may take its time, nothing is judged by it. */
import { vi } from "vitest";

const PATIENCE = 60_000;

/** Look again and again until nothing is wrong any more. */
export function until(look: () => void): Promise<void> {
  return vi.waitFor(look, { timeout: PATIENCE, interval: 10 });
}
