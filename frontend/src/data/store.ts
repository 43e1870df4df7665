/** What the page knows, in one place: session, link and garden. Elements that use it are drawn anew when it changes. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

import { ask, leave, Problem, remove } from "./api.js";
import type { Garden } from "./garden.js";
import { forgetPasts } from "./past.js";
import { type Link, Stream } from "./stream.js";
import type { Scope, Session } from "./types.js";

export type Login = "unknown" | "out" | "in";

const LADDER: readonly Scope[] = ["read", "care", "garden", "admin"];

/** Milliseconds after which ages are told anew while nothing else happens. */
const TICK = 20_000;
/** Milliseconds of silence after which the page asks whether anybody is there. */
const SILENCE = 60_000;

export class Store {
  login: Login = "unknown";
  scopes: readonly Scope[] = [];
  link: Link = "connecting";
  garden: Garden | undefined;
  /** When the garden was last known to be as it is, while nobody tells. */
  lost: number | undefined;
  /** How often the whole garden was told: once, and after each interruption. */
  met = 0;
  /** Why nobody can be asked whether there is a session. */
  problem: Problem | undefined;
  #hosts = new Set<ReactiveControllerHost>();
  #stream: Stream | undefined;
  #drawing = false;
  #tick: ReturnType<typeof setInterval> | undefined;
  #hurry = () => {
    if (document.visibilityState === "visible") this.#stream?.hurry();
  };

  /** Tell whether the session may do what needs a scope. */
  may(wanted: Scope): boolean {
    return this.scopes.some((scope) => scope === wanted || LADDER.indexOf(scope) >= LADDER.indexOf(wanted));
  }

  /** Find out whether this browser is logged in, and listen if it is. */
  async begin(): Promise<void> {
    if (await this.#look()) this.#listen();
  }

  async enter(token: string): Promise<void> {
    this.#in(await ask<Session>("POST", "session", { token }));
    this.#listen();
  }

  async leave(): Promise<void> {
    await ask("DELETE", "session");
    this.#out();
  }

  /** Remove a plant, and know that it is gone before it is told: whoever showed it would ask for its past. */
  async removePlant(plantId: string): Promise<void> {
    try {
      await remove(pathOf(plantId));
    } catch (error) {
      this.#askAnew();
      throw error;
    }
    this.#stream?.forget(plantId);
  }

  watch(host: ReactiveControllerHost): void {
    this.#hosts.add(host);
  }

  unwatch(host: ReactiveControllerHost): void {
    this.#hosts.delete(host);
  }

  /** Answers false where it is certain that nobody is logged in. */
  async #look(): Promise<boolean> {
    this.problem = undefined;
    try {
      this.#in(await ask<Session>("GET", "session"));
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 401) this.#out();
      else {
        this.problem = error;
        this.#changed();
      }
      return error.status !== 401;
    }
  }

  #in(session: Session): void {
    this.login = "in";
    this.scopes = session.scopes;
    this.#changed();
  }

  #out(): void {
    this.#stream?.close();
    this.#stream = undefined;
    clearInterval(this.#tick);
    removeEventListener("online", this.#hurry);
    document.removeEventListener("visibilitychange", this.#hurry);
    this.login = "out";
    this.garden = undefined;
    this.#changed();
  }

  #listen(): void {
    this.#stream?.close();
    this.#stream = new Stream({
      garden: (garden) => {
        this.garden = garden;
        this.#changed();
      },
      link: (link) => {
        this.#linked(link);
      },
      gone: (plantId) => {
        leave(pathOf(plantId));
      },
      refused: () => this.#look(),
    });
    this.#stream.open();
    clearInterval(this.#tick);
    this.#tick = setInterval(() => void this.#ticked(), TICK);
    addEventListener("online", this.#hurry);
    document.addEventListener("visibilitychange", this.#hurry);
  }

  /** Time goes by: ages grow, waterings become due; and a line that is silent for long may be cut. */
  async #ticked(): Promise<void> {
    this.#changed();
    const stream = this.#stream;
    if (this.link !== "open" || !stream || stream.quietFor(Date.now()) < SILENCE) return;
    await this.#look();
    if (this.problem?.code === "unreachable" && stream === this.#stream) stream.drop();
  }

  #linked(link: Link): void {
    if (link === "open") {
      this.lost = undefined;
      this.#askAnew();
    } else if (this.link === "open") this.lost = Date.now();
    this.link = link;
    this.#changed();
  }

  /** What was asked for may be another by now, or was not answered. */
  #askAnew(): void {
    this.met += 1;
    forgetPasts();
    this.#changed();
  }

  /** A burst of events is one drawing. A hidden page gets no frames, and needs none. */
  #changed(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      for (const host of this.#hosts) host.requestUpdate();
    });
  }
}

function pathOf(plantId: string): string {
  return `plants/${plantId}`;
}

export const store = new Store();

/** Lets an element be drawn anew whenever the store changes. */
export class Watching implements ReactiveController {
  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostConnected(): void {
    store.watch(this.host);
  }

  hostDisconnected(): void {
    store.unwatch(this.host);
  }
}
