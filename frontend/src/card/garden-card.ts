/** Many plants on a dashboard of Home Assistant, the neediest first. */
import { css, html, nothing } from "lit";
import { state } from "lit/decorators.js";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";

import { moods } from "../look/moods.js";
import { HassElement } from "./element.js";
import { isNeedy, neediest, type Shown, shown, telling } from "./feeling.js";
import { gardenForm } from "./forms.js";
import { fire, type Hass } from "./hass.js";
import { theme } from "./look.js";
import { headline, reason } from "./plant-card.js";
import { find, type PlantDevice } from "./plants.js";
import { words } from "./words.js";

import "../elements/ring.js";
import "./watered.js";

export interface GardenCardConfig {
  readonly type: string;
  readonly title?: string;
  readonly areas?: readonly string[];
  readonly only_needy?: boolean;
  readonly care?: boolean;
  readonly limit?: number;
}

export class GardenCard extends HassElement {
  @state() private config: GardenCardConfig = { type: "" };

  static override styles = [
    moods,
    theme,
    css`
      ha-card {
        container-type: inline-size;
      }
      h2 {
        padding: 1rem 1rem 0.25rem;
      }
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(18rem, 100%), 1fr));
        gap: 0 0.5rem;
        margin: 0;
        padding: 0.5rem;
        list-style: none;
      }
      li {
        position: relative;
        display: grid;
        grid-template-columns: auto 1fr auto;
        gap: 0.75rem;
        align-items: center;
        padding: 0.35rem 0.5rem;
        border-radius: var(--ha-border-radius-lg, 12px);
        content-visibility: auto;
        contain-intrinsic-size: auto 3.9rem;
      }
      li:hover {
        background: color-mix(in srgb, var(--ink) 5%, transparent);
      }
      .what {
        min-width: 0;
      }
      .name {
        font-weight: var(--ha-font-weight-medium, 500);
      }
      plantops-ring {
        width: 3.1rem;
      }
      /* Too small to be read; what is told to screen readers has it. */
      plantops-ring::part(unit) {
        display: none;
      }
      .mood span {
        min-width: 0;
      }
      plantops-watered {
        z-index: 1;
      }
      .rest {
        padding: 0 1rem 1rem;
      }
    `,
  ];

  /** Take the card's configuration. Throws what Home Assistant shows in its editor. */
  setConfig(config: GardenCardConfig): void {
    if (config.areas !== undefined && !Array.isArray(config.areas)) throw new Error(words().badConfig("areas"));
    if (config.limit !== undefined && !(config.limit >= 1)) throw new Error(words().badConfig("limit"));
    this.config = config;
  }

  static getConfigForm = gardenForm;

  static getStubConfig(): Partial<GardenCardConfig> {
    return { limit: 5 };
  }

  getCardSize(): number {
    return 1 + Math.min(this.config.limit ?? 8, 8);
  }

  getGridOptions() {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  protected override *entities(hass: Hass): Iterable<string> {
    for (const plant of this.plants(hass)) yield* telling(plant);
  }

  private plants(hass: Hass): PlantDevice[] {
    const { areas } = this.config;
    return [...find(hass).plants.values()].filter((plant) => !areas?.length || areas.includes(plant.areaId ?? ""));
  }

  override render() {
    const { hass, config } = this;
    if (!hass) return html`<ha-card aria-busy="true"></ha-card>`;
    const all = neediest(this.plants(hass).map((plant) => shown(hass, plant)));
    const wanted = config.only_needy ? all.filter(isNeedy) : all;
    const some = wanted.slice(0, config.limit);
    const say = words(hass);
    return html`<ha-card>
      ${config.title ? html`<h2>${config.title}</h2>` : nothing}
      ${
        some.length === 0
          ? this.empty(hass, all)
          : html`<ul aria-label=${config.title || say.garden}>
              ${repeat(
                some,
                (one) => one.plant.id,
                (one) => html`<li class=${one.mood}>${this.guarded(one, hass)}</li>`,
              )}
            </ul>`
      }
      ${wanted.length > some.length ? html`<p class="rest soft small">${say.more(wanted.length - some.length)}</p>` : nothing}
    </ha-card>`;
  }

  /** A line is drawn anew only for what is its own. */
  private guarded(one: Shown, hass: Hass) {
    const minute = Math.floor(this.now / 60_000);
    return guard([one, minute, hass.language, this.config], () => this.plant(one, hass));
  }

  private plant(one: Shown, hass: Hass) {
    const { plant } = one;
    const said = one.moisture === undefined ? "" : `, ${words(hass).moisture} ${String(Math.round(one.moisture))} %`;
    return html`<plantops-ring .value=${one.moisture} .band=${one.band} mood=${one.mood}></plantops-ring>
      <div class="what">
        <button class="name cut" @click=${() => this.tap(plant)}>
          ${plant.name}<span class="unseen">${said}</span>
        </button>
        <p class="mood small">
          <span class="cut">${headline(one, hass)}<span class="soft">${following(one, hass, this.now)}</span></span>
        </p>
      </div>
      ${
        this.config.care === false
          ? nothing
          : html`<plantops-watered
              small
              .hass=${hass}
              .device=${plant.id}
              .plant=${plant.name}
              ?disabled=${one.away}
            ></plantops-watered>`
      }`;
  }

  private empty(hass: Hass, all: readonly Shown[]) {
    const say = words(hass);
    if (all.length > 0) {
      return html`<div class="empty">
        <ha-icon icon="mdi:leaf"></ha-icon>
        <p>${say.content}</p>
      </div>`;
    }
    const none = find(hass).plants.size === 0;
    return html`<div class="empty">
      <ha-icon icon="mdi:sprout-outline"></ha-icon>
      <p>${none ? say.noPlants : say.nobody}</p>
      ${none ? html`<p class="small">${say.noPlantsMore}</p>` : nothing}
    </div>`;
  }

  private tap(plant: PlantDevice): void {
    const entityId = plant.shows.get("sensor.soil_moisture") ?? plant.shows.get("sensor.health");
    fire(this, "hass-more-info", { entityId });
  }
}

function following(one: Shown, hass: Hass, now: number): string {
  const said = reason(one, hass, now).trim();
  return said ? ` · ${said}` : "";
}
