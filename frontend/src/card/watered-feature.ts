/** "Watered" as a feature of Home Assistant's own cards, e.g. of a tile that shows any entity of a plant. */
import { html, LitElement, nothing } from "lit";
import { property } from "lit/decorators.js";

import type { Hass } from "./hass.js";
import { find, type PlantDevice } from "./plants.js";

import "./watered.js";

interface Context {
  readonly entity_id?: string;
}

/** Find the plant whose entity a card shows. */
export function plantOf(hass: Hass, entity: string | undefined): PlantDevice | undefined {
  return find(hass).plants.get(hass.entities[entity ?? ""]?.device_id ?? "");
}

export class WateredFeature extends LitElement {
  @property({ attribute: false }) hass: Hass | undefined;
  @property({ attribute: false }) context: Context | undefined;

  static getStubConfig() {
    return { type: "custom:plantops-watered-feature" };
  }

  /** There is nothing to be set up. */
  setConfig(): void {
    this.requestUpdate();
  }

  override render() {
    const { hass } = this;
    const plant = hass && plantOf(hass, this.context?.entity_id);
    if (!plant) return nothing;
    const away = hass.states[this.context?.entity_id ?? ""]?.state === "unavailable";
    return html`<plantops-watered
      .hass=${hass}
      .device=${plant.id}
      .plant=${plant.name}
      ?disabled=${away}
    ></plantops-watered>`;
  }
}
