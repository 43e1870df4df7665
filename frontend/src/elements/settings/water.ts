/** The switch for all water in the house. */
import { html, LitElement } from "lit";
import { customElement } from "lit/decorators.js";

import { ask } from "../../data/api.js";
import { store } from "../../data/store.js";
import type { GardenSettings } from "../../data/types.js";
import { moods, shared } from "../../look/shared.js";
import { words } from "../../words/settings.js";
import { Asked } from "../asked.js";
import { Tap } from "../tap.js";
import { tell } from "../told.js";

import "../section.js";

@customElement("plantops-water")
export class Water extends LitElement {
  private readonly asked = new Asked<GardenSettings>(this, () => ask("GET", "settings"));
  private readonly tap = new Tap(this);

  static override styles = [shared, moods];

  override render() {
    return html`<plantops-section heading=${words.water.title} why=${words.water.why}>
      ${this.asked.show(({ irrigation_enabled: on }) => {
        const state = on ? words.water.on : words.water.off;
        return html`<p class=${on ? "fine" : "warn"} role="status"><span class="mood">${state}</span></p>
          ${on ? this.offSwitch() : this.onSwitch()}`;
      })}
    </plantops-section>`;
  }

  private offSwitch() {
    if (!store.may("care")) return html`<p class="soft small">${words.water.nobody}</p>`;
    return html`<button ?disabled=${this.tap.busy} @click=${() => void this.turn(false)}>
      ${words.water.turnOff}
    </button>`;
  }

  private onSwitch() {
    if (!store.may("admin")) return html`<p class="soft small">${words.water.onlyAdmin}</p>`;
    return html`<button ?disabled=${this.tap.busy} @click=${() => void this.turn(true)}>${words.water.turnOn}</button>`;
  }

  /** Whoever may care may stop the water; only who may everything lets it run again. */
  private turn(on: boolean): Promise<void> {
    return this.tap.do(async () => {
      if (on) await ask("PATCH", "settings", { irrigation_enabled: true });
      else await ask("POST", "irrigation/off");
      await this.asked.again();
      tell(on ? words.water.turnedOn : words.water.turnedOff);
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-water": Water;
  }
}
