/** The card's front door: what Home Assistant's dashboards find when the integration has them load this file. */
import { GardenCard } from "./garden-card.js";
import type { Hass } from "./hass.js";
import { PlantCard } from "./plant-card.js";
import { find } from "./plants.js";
import { DashboardStrategy, ViewStrategy } from "./strategy.js";
import { plantOf, WateredFeature } from "./watered-feature.js";
import { words } from "./words.js";

const DOCUMENTATION = "https://github.com/your-org/plantops/blob/main/docs/home-assistant.md#the-card";

interface Offers {
  customCards?: object[];
  customCardFeatures?: object[];
  customStrategies?: object[];
}

/** Names are asked for when they are shown: only then Home Assistant's language is known. */
const plantEntry = {
  type: "plantops-plant-card",
  preview: true,
  documentationURL: DOCUMENTATION,
  get name() {
    return words().plantCard;
  },
  get description() {
    return words().plantCardMore;
  },
  getEntitySuggestion(hass: Hass, entity: string) {
    const plant = plantOf(hass, entity);
    return plant ? { config: { type: "custom:plantops-plant-card", device: plant.id } } : null;
  },
};

const gardenEntry = {
  type: "plantops-garden-card",
  preview: true,
  documentationURL: DOCUMENTATION,
  get name() {
    return words().gardenCard;
  },
  get description() {
    return words().gardenCardMore;
  },
  getEntitySuggestion(hass: Hass, entity: string) {
    const ours = find(hass).servers.has(hass.entities[entity]?.device_id ?? "");
    return ours ? { config: { type: "custom:plantops-garden-card" } } : null;
  },
};

const featureEntry = {
  type: "plantops-watered-feature",
  configurable: false,
  get name() {
    return words().wateredFeature;
  },
  isSupported(hass: Hass, context: { entity_id?: string }) {
    return plantOf(hass, context.entity_id) !== undefined;
  },
};

const strategyEntry = {
  type: "plantops",
  strategyType: "dashboard",
  documentationURL: DOCUMENTATION,
  get name() {
    return words().dashboard;
  },
  get description() {
    return words().dashboardMore;
  },
};

const ELEMENTS: Readonly<Record<string, CustomElementConstructor>> = {
  "plantops-plant-card": PlantCard,
  "plantops-garden-card": GardenCard,
  "plantops-watered-feature": WateredFeature,
  "ll-strategy-dashboard-plantops": DashboardStrategy,
  "ll-strategy-view-plantops": ViewStrategy,
};

/** Offer everything to Home Assistant. */
export function offer(offers: Offers): void {
  for (const [name, element] of Object.entries(ELEMENTS)) customElements.define(name, element);
  (offers.customCards ??= []).push(plantEntry, gardenEntry);
  (offers.customCardFeatures ??= []).push(featureEntry);
  (offers.customStrategies ??= []).push(strategyEntry);
}

offer(window as Offers);
