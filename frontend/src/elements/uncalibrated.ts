/** Why a plant's soil has no per cents: its probe sends volts that nobody has calibrated yet; and the way to do so. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { uncalibratedOf } from "../data/feeling.js";
import { store } from "../data/store.js";
import type { Channel, Plant } from "../data/types.js";
import { lines } from "../look/lines.js";
import { shared } from "../look/shared.js";
import { measure } from "../words/format.js";
import { words } from "../words/index.js";

import "./calibration-form.js";

@customElement("plantops-uncalibrated")
export class Uncalibrated extends LitElement {
  @property({ attribute: false }) plant!: Plant;
  @state() private calibrating: Channel | undefined;

  static override styles = [
    shared,
    lines,
    css`
      .card {
        margin-bottom: 1rem;
      }
    `,
  ];

  override render() {
    return html`${this.why()} ${this.question()}`;
  }

  private why() {
    const value = uncalibratedOf(this.plant);
    if (!value) return nothing;
    return html`<div class="card line">
      <div class="what">
        <strong>${words.plant.uncalibrated}</strong>
        <div>${words.plant.volts(measure(value.value, value.unit, value.metric))}</div>
      </div>
      ${
        store.may("garden")
          ? html`<div class="acts">
              <button @click=${() => (this.calibrating = channelOf(value.channel_id))}>
                ${words.calibration.open}
              </button>
            </div>`
          : nothing
      }
    </div>`;
  }

  /** It stays open when the first calibrated value comes before its own answer. */
  private question() {
    if (!this.calibrating) return nothing;
    return html`<plantops-calibration-form
      .channel=${this.calibrating}
      @closed=${() => (this.calibrating = undefined)}
    ></plantops-calibration-form>`;
  }
}

function channelOf(id: number): Channel | undefined {
  const devices = [...(store.garden?.devices.values() ?? [])];
  return devices.flatMap((device) => device.channels).find((channel) => channel.id === id);
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-uncalibrated": Uncalibrated;
  }
}
