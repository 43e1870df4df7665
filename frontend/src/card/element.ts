/** What all elements of the card have in common: Home Assistant's object, and not being drawn anew for what is not theirs. */
import { LitElement, type PropertyValues, type ReactiveController } from "lit";
import { property, state } from "lit/decorators.js";

import type { Hass } from "./hass.js";

const REGISTRIES = ["entities", "devices", "areas", "language", "locale"] as const;
const MINUTE = 60_000;

/** Tell whether anything changed that an element shows: its entities, or what things are called. */
export function concerns(before: Hass | undefined, now: Hass, entities: Iterable<string>): boolean {
  if (!before || REGISTRIES.some((one) => before[one] !== now[one])) return true;
  for (const id of entities) if (before.states[id] !== now.states[id]) return true;
  return false;
}

/** One timer for all elements on a page. */
class Minutes {
  readonly #heard = new Set<() => void>();
  #timer: ReturnType<typeof setInterval> | undefined;

  follow(heard: () => void): void {
    this.#heard.add(heard);
    this.#timer ??= setInterval(() => this.#heard.forEach((one) => one()), MINUTE);
  }

  leave(heard: () => void): void {
    this.#heard.delete(heard);
    if (this.#heard.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

const minutes = new Minutes();

class EachMinute implements ReactiveController {
  readonly #tick: () => void;

  constructor(tick: () => void) {
    this.#tick = tick;
  }

  hostConnected(): void {
    minutes.follow(this.#tick);
  }

  hostDisconnected(): void {
    minutes.leave(this.#tick);
  }
}

/** An element that Home Assistant hands its object with each change of anything in the house. */
export abstract class HassElement extends LitElement {
  @property({ attribute: false }) hass: Hass | undefined;
  @state() protected now = Date.now();

  constructor() {
    super();
    this.addController(new EachMinute(() => (this.now = Date.now())));
  }

  /** List the entities that it shows. */
  protected abstract entities(hass: Hass): Iterable<string>;

  protected override shouldUpdate(changed: PropertyValues): boolean {
    if (changed.size > 1 || !changed.has("hass") || !this.hass) return true;
    return concerns(changed.get("hass") as Hass | undefined, this.hass, this.entities(this.hass));
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("hass")) this.now = Date.now();
  }
}
