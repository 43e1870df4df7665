/** Water, once more asked; every reason against it is told, and what only the plant would suffer from can be overruled. */
import { html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { ask, Problem, type Reason } from "../../data/api.js";
import { wateringKey } from "../../data/valves.js";
import { store } from "../../data/store.js";
import type { Irrigator, Plant, WateringCommand } from "../../data/types.js";
import { moods, shared } from "../../look/shared.js";
import { number, volume } from "../../words/format.js";
import { words } from "../../words/irrigation.js";
import { written } from "../../words/locale.js";
import { tell } from "../told.js";

import "../dialog.js";

/** Reasons that a person may overrule, because they see the plant: docs/irrigation.md. */
const OVERRULED: readonly string[] = ["pause", "plant_wet", "just_soaked"];

@customElement("plantops-water-form")
export class WaterForm extends LitElement {
  @property({ attribute: false }) plant!: Plant;
  @property({ attribute: false }) irrigator!: Irrigator;
  @property({ attribute: false }) seconds = 0;
  @state() private reasons: readonly Reason[] = [];
  /** The same for every attempt: a lost answer makes no second watering. */
  #key = wateringKey();

  static override styles = [shared, moods];

  override render() {
    const { irrigator, reasons } = this;
    const seconds = number(this.seconds);
    const plants = irrigator.plant_ids.map((id) => store.garden?.plants.get(id)?.name ?? "").filter(Boolean);
    const flow = irrigator.litres_per_minute;
    const overrule = reasons.length > 0 && reasons.every((reason) => OVERRULED.includes(reason.where));
    const does = reasons.length === 0 ? words.flow(seconds) : overrule ? words.anyway : "";
    return html`<plantops-dialog
      heading=${words.sure(irrigator.name)}
      does=${does}
      .work=${() => this.water(reasons.length > 0)}
    >
      <p>
        ${words.sureMore(seconds, plants.join(", "))}
        ${flow ? words.litres(volume((flow * this.seconds) / 60)) : nothing}
      </p>
      ${reasons.length > 0 ? this.refused() : nothing}
    </plantops-dialog>`;
  }

  private refused() {
    return html`<div role="alert" class="warn">
      <p><span class="mood">${words.refused}</span></p>
      <ul lang=${written}>
        ${this.reasons.map((reason) => html`<li>${reason.why}</li>`)}
      </ul>
    </div>`;
  }

  private async water(force: boolean): Promise<"open" | undefined> {
    const wish = { seconds: this.seconds, irrigator_id: this.irrigator.id, force, key: this.#key };
    try {
      const command = await ask<WateringCommand>("POST", `plants/${this.plant.id}/water`, wish);
      tell([words.told, ...command.warnings].join(" "));
      return undefined;
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "watering_refused") throw error;
      this.reasons = error.reasons;
      return "open";
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-water-form": WaterForm;
  }
}
