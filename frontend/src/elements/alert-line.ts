/** One alert: what is wrong, where, since when; and a tap to say that one knows. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import { ask } from "../data/api.js";
import { store } from "../data/store.js";
import type { Alert } from "../data/types.js";
import { lines } from "../look/lines.js";
import { moods, shared } from "../look/shared.js";
import { ago, moment } from "../words/format.js";
import { words } from "../words/index.js";
import { written } from "../words/locale.js";
import { Tap } from "./tap.js";

const MOOD_OF = { critical: "alarm", warning: "warn", info: "unknown" } as const;

@customElement("plantops-alert")
export class AlertLine extends LitElement {
  @property({ attribute: false }) alert!: Alert;
  /** The plant on whose page it is shown, and need not be named. */
  @property() here = "";
  readonly tap = new Tap(this);

  static override styles = [
    shared,
    moods,
    lines,
    css`
      :host {
        display: block;
      }
      .alert {
        border-left: 0.3rem solid var(--mood);
        padding-left: 0.8rem;
      }
      .alert.known {
        --mood: var(--quiet);
      }
    `,
  ];

  override render() {
    const { alert } = this;
    const quiet = alert.acknowledged_at ?? alert.snoozed_until;
    return html`<div class="line alert ${MOOD_OF[alert.severity]} ${quiet ? "known" : ""}">
      <div class="what">
        <span class="mood">${words.alerts[alert.kind] ?? alert.kind}</span> ${this.where()}
        <div lang=${written}>${alert.words}</div>
        <div class="soft small" title=${moment(alert.opened_at)}>
          ${words.today.since(ago(alert.opened_at, Date.now()))} ${this.known()}
          ${alert.held ? html`· ${words.today.held} <span lang=${written}>${alert.held}</span>` : nothing}
        </div>
      </div>
      ${store.may("care") && !alert.acknowledged_at ? this.acts() : nothing}
    </div>`;
  }

  private where() {
    if (this.alert.plant_id && this.alert.plant_id === this.here) return nothing;
    const plant = this.alert.plant_id ? store.garden?.plants.get(this.alert.plant_id) : undefined;
    if (plant) return html`<a href="/plants/${plant.id}">${plant.name}</a>`;
    const device = this.alert.device_id ? store.garden?.devices.get(this.alert.device_id) : undefined;
    return device ? html`<a href="/devices">${device.name}</a>` : nothing;
  }

  private known(): string {
    if (this.alert.acknowledged_at) return `· ${words.today.acknowledged}`;
    return this.alert.snoozed_until ? `· ${words.today.snoozed(moment(this.alert.snoozed_until))}` : "";
  }

  private acts() {
    const { kind, plant_id: plant } = this.alert;
    const name = [words.alerts[kind] ?? kind, store.garden?.plants.get(plant ?? "")?.name].filter(Boolean).join(" · ");
    return html`<div class="acts">
      <button
        aria-label="${words.today.acknowledge}: ${name}"
        ?disabled=${this.tap.busy}
        @click=${() => void this.act("acknowledge")}
      >
        ${words.today.acknowledge}
      </button>
      ${
        this.alert.snoozed_until
          ? nothing
          : html`<button
              aria-label="${words.today.snooze}: ${name}"
              ?disabled=${this.tap.busy}
              @click=${() => void this.act("snooze", { until: tomorrowMorning() })}
            >
              ${words.today.snooze}
            </button>`
      }
    </div>`;
  }

  private act(what: "acknowledge" | "snooze", body?: object): Promise<void> {
    return this.tap.do(() => ask("POST", `alerts/${this.alert.id}/${what}`, body));
  }
}

/** Give eight o'clock tomorrow, where the reader is. */
function tomorrowMorning(): string {
  const morning = new Date();
  morning.setDate(morning.getDate() + 1);
  morning.setHours(8, 0, 0, 0);
  return morning.toISOString();
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-alert": AlertLine;
  }
}
