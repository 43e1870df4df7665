/** How PlantOps itself is, part by part. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";

import { store, Watching } from "../data/store.js";
import type { Health } from "../data/types.js";
import { moods, shared } from "../look/shared.js";
import { ago, number } from "../words/format.js";
import { words } from "../words/index.js";

import "../elements/letters.js";

/** Milliseconds between two looks. */
const EVERY = 5_000;
const DAY = 86_400_000;

@customElement("plantops-system-page")
export class SystemPage extends LitElement {
  @state() private health: Health | undefined;
  @state() private problem = "";
  #timer: ReturnType<typeof setInterval> | undefined;

  static override styles = [
    shared,
    moods,
    css`
      .parts {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr));
        gap: 1rem;
        margin-bottom: 1rem;
      }
      .api {
        margin-top: 1rem;
      }
    `,
  ];

  constructor() {
    super();
    new Watching(this);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.look();
    this.#timer = setInterval(() => void this.look(), EVERY);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  override render() {
    return html`<div class="head"><h1>${words.system.title}</h1></div>
      ${this.problem ? html`<p role="status" class="warn"><span class="mood">${this.problem}</span></p>` : nothing}
      ${this.health ? this.parts(this.health) : this.problem ? nothing : html`<p class="soft" role="status">${words.ask.looking}</p>`}
      ${store.may("admin") ? html`<plantops-letters></plantops-letters>` : nothing}
      <p class="api"><a href="/api/docs">${words.system.api}</a></p>`;
  }

  private parts(health: Health) {
    const now = Date.now();
    const { ingest, database } = health;
    const well = health.status === "ok";
    const started = now - health.uptime_seconds * 1000;
    return html`<div class="parts">
      ${part(words.system.status, [
        [
          words.system.status,
          html`<span class=${well ? "fine" : "warn"}
            ><span class="mood">${well ? words.system.ok : words.system.degraded}</span></span
          >`,
        ],
        [words.system.version, health.version],
        [words.system.uptime, ago(started, now)],
        [words.system.listeners, number(health.stream_clients)],
      ])}
      ${part(words.system.ingest, [
        [words.system.status, ingest.problem ?? words.system[ingest.role]],
        [words.system.stored, pace(ingest.readings_per_minute)],
        [words.system.lastStored, ingest.last_stored_at ? ago(ingest.last_stored_at, now) : "–"],
        ["", ingest.queue_depth ? words.system.waiting(number(ingest.queue_depth)) : undefined],
        [words.system.dropped, ingest.broker_dropped ? number(ingest.broker_dropped) : undefined],
      ])}
      ${part(words.system.database, [
        ["PostgreSQL", database.latency_ms ? `${number(database.latency_ms, 1)} ms` : "–"],
        ["TimescaleDB", database.timescale ?? "–"],
      ])}
      ${
        health.certificates?.length
          ? part(
              words.system.certificates,
              health.certificates.map((one) => [
                one.file,
                one.problem ?? (one.days_left === null ? "–" : words.system.ends(ago(now + one.days_left * DAY, now))),
              ]),
            )
          : nothing
      }
    </div>`;
  }

  private async look(): Promise<void> {
    try {
      const answer = await fetch("/api/health", { signal: AbortSignal.timeout(EVERY) });
      this.health = (await answer.json()) as Health;
      this.problem = "";
    } catch {
      this.problem = words.link.unreachable;
    }
  }
}

type Fact = readonly [string, unknown];

/** A backend older than this page does not tell. */
function pace(readings: number | null | undefined): string | undefined {
  return readings === null || readings === undefined ? undefined : words.system.perMinute(number(readings));
}

function part(title: string, facts: readonly Fact[]) {
  return html`<section class="card">
    <h2>${title}</h2>
    <dl>
      ${facts.map(([name, fact]) =>
        fact === undefined
          ? nothing
          : html`<dt>${name}</dt>
              <dd>${fact}</dd>`,
      )}
    </dl>
  </section>`;
}
