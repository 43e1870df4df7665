/** The devices: who is there, who fell silent, whose battery ends, who waits to be let in. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { ask } from "../data/api.js";
import { store, Watching } from "../data/store.js";
import type { Channel, Device } from "../data/types.js";
import { tell, tellProblem } from "../elements/told.js";
import { moods, shared } from "../look/shared.js";
import { ago, measure, moment } from "../words/format.js";
import { words } from "../words/index.js";
import { written } from "../words/locale.js";

import "../elements/calibration-form.js";

const MOOD_OF = { online: "fine", offline: "warn", unknown: "unknown" } as const;

@customElement("plantops-devices-page")
export class DevicesPage extends LitElement {
  @state() private calibrating: Channel | undefined;
  @state() private adding = false;

  static override styles = [
    shared,
    moods,
    css`
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr));
        gap: 1rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      h2 {
        margin: 0;
      }
      .first > div {
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .first {
        display: flex;
        gap: 0.8rem;
        justify-content: space-between;
        margin-bottom: 0.6rem;
      }
      details {
        margin-top: 0.6rem;
      }
      summary {
        cursor: pointer;
        min-height: 1.75rem;
      }
      li button {
        margin-top: 0.7rem;
      }
    `,
  ];

  constructor() {
    super();
    new Watching(this);
  }

  override render() {
    if (!store.garden) return html`<p class="empty soft" role="status">${words.app.loading}</p>`;
    const devices = [...store.garden.devices.values()].sort(waitingFirst);
    return html`${devices.length === 0 ? this.nobody() : this.everybody(devices)} ${this.question()}`;
  }

  private nobody() {
    return html`<div class="empty">
      <h1>${words.devices.empty}</h1>
      <p class="soft">${words.devices.emptyMore}</p>
      ${this.add()}
    </div>`;
  }

  private everybody(devices: readonly Device[]) {
    return html`<div class="head">
        <h1>${words.devices.title}</h1>
        ${this.add()}
      </div>
      <ul>
        ${repeat(
          devices,
          (device) => device.id,
          (device) => html`<li class="card">${this.device(device)}</li>`,
        )}
      </ul>`;
  }

  /** A question stays open while devices come and go behind it. */
  private question() {
    if (this.adding) {
      return html`<plantops-join-form @closed=${() => (this.adding = false)}></plantops-join-form>`;
    }
    if (!this.calibrating) return nothing;
    return html`<plantops-calibration-form
      .channel=${this.calibrating}
      @closed=${() => (this.calibrating = undefined)}
    ></plantops-calibration-form>`;
  }

  private add() {
    return store.may("admin") ? html`<button @click=${this.join}>${words.devices.add}</button>` : nothing;
  }

  private join(): void {
    import("../elements/join-form.js").then(() => (this.adding = true)).catch(tellProblem);
  }

  private device(device: Device) {
    const latest = (metric: string) => device.channels.find((channel) => channel.metric === metric);
    const facts: [string, string | undefined][] = [
      [words.devices.seen, device.last_seen ? ago(device.last_seen, Date.now()) : words.devices.never],
      [words.devices.battery, valueOf(latest("battery") ?? latest("battery_voltage"))],
      [words.devices.signal, valueOf(latest("signal_strength"))],
      [words.devices.firmware, device.firmware ?? undefined],
    ];
    return html`<div class="first">
        <div>
          <h2>${device.name}</h2>
          <div class="soft small">${[device.id, device.area].filter(Boolean).join(" · ")}</div>
        </div>
        <span class=${MOOD_OF[device.status]}><span class="mood">${this.status(device)}</span></span>
      </div>
      <dl class="small">
        ${facts.map(([name, fact]) =>
          fact
            ? html`<dt>${name}</dt>
                <dd>${fact}</dd>`
            : nothing,
        )}
      </dl>
      ${this.approval(device)} ${this.channels(device)}`;
  }

  private status(device: Device): string {
    if (device.access === "pending") return words.devices.pending;
    return device.access === "revoked" ? words.devices.revoked : words.devices[device.status];
  }

  private calibrate(channel: Channel) {
    if (channel.metric !== "soil_moisture" || !store.may("garden")) return nothing;
    return html`<button
      aria-label="${words.calibration.open}: ${channel.name}"
      @click=${() => (this.calibrating = channel)}
    >
      ${words.calibration.open}
    </button>`;
  }

  private approval(device: Device) {
    if (device.access !== "pending" || !store.may("admin")) return nothing;
    return html`<button class="main" @click=${() => void approve(device)}>${words.devices.approve}</button>`;
  }

  private channels(device: Device) {
    return html`<details class="small">
      <summary>${words.devices.channels} (${device.channels.length})</summary>
      <dl>
        ${device.channels.map(
          (channel) =>
            html`<dt>${channel.name}</dt>
              <dd title=${channel.latest ? moment(channel.latest.time) : ""}>
                ${valueOf(channel) ?? "–"}
                ${channel.calibration_hint ? html`<div class="small" lang=${written}>${channel.calibration_hint.reason}</div>` : nothing}
                ${this.calibrate(channel)}
              </dd>`,
        )}
      </dl>
    </details>`;
  }
}

function waitingFirst(a: Device, b: Device): number {
  const rank = (device: Device) => (device.access === "pending" ? 0 : device.status === "offline" ? 1 : 2);
  return rank(a) - rank(b) || a.name.localeCompare(b.name);
}

function valueOf(channel: Device["channels"][number] | undefined): string | undefined {
  return channel?.latest ? measure(channel.latest.value, channel.unit, channel.metric) : undefined;
}

async function approve(device: Device): Promise<void> {
  try {
    await ask("POST", `devices/${device.id}/approve`);
    tell(words.devices.approved(device.name));
  } catch (error) {
    tellProblem(error);
  }
}
