/** One plant on a dashboard of Home Assistant. */
import { css, html, nothing, type PropertyValues } from "lit";
import { state } from "lit/decorators.js";

import { moods } from "../look/moods.js";
import { ago, day } from "../words/format.js";
import { HassElement } from "./element.js";
import { type Shown, shown, valuesOf } from "./feeling.js";
import { plantForm } from "./forms.js";
import { fire, type Hass } from "./hass.js";
import { theme } from "./look.js";
import { type SoilPast, soilPast } from "./past.js";
import { deviceOf, find, type PlantDevice } from "./plants.js";
import { words } from "./words.js";

import "../elements/line.js";
import "../elements/ring.js";
import "./watered.js";

const MOST_VALUES = 4;
const DAYS = 14;
const MOST_DAYS = 365;

export interface PlantCardConfig {
  readonly type: string;
  readonly device?: string;
  /** Any entity of the plant, for those who write YAML. */
  readonly entity?: string;
  readonly name?: string;
  readonly photo?: boolean;
  readonly line?: boolean;
  readonly values?: boolean;
  readonly care?: boolean;
  readonly days?: number;
  readonly tap_action?: Readonly<Record<string, unknown>>;
}

export class PlantCard extends HassElement {
  @state() private config: PlantCardConfig = { type: "" };
  @state() private past: SoilPast | undefined;

  static override styles = [
    moods,
    theme,
    css`
      ha-card {
        position: relative;
        container-type: inline-size;
      }
      .photo {
        display: block;
        width: 100%;
        height: 8rem;
        object-fit: cover;
      }
      .body {
        display: grid;
        grid-template-columns: 1fr auto;
        flex: 1;
        align-content: start;
        gap: 0.5rem 0.75rem;
        padding: 1rem;
      }
      .what {
        min-width: 0;
      }
      .mood {
        margin-top: 0.6rem;
      }
      plantops-ring {
        width: 5rem;
        margin: -0.25rem -0.25rem 0 0;
      }
      .wide {
        grid-column: 1 / -1;
      }
      .values {
        display: flex;
        flex-wrap: wrap;
        gap: 0.2rem 0.9rem;
        margin: 0;
        padding: 0;
        list-style: none;
        --mdc-icon-size: 1.1em;
      }
      .values li {
        display: inline-flex;
        align-items: center;
        gap: 0.3em;
      }
      .values ha-icon {
        color: var(--soft);
      }
      .values b {
        color: var(--ink);
        font-weight: var(--ha-font-weight-medium, 500);
      }
      plantops-watered {
        z-index: 1;
        margin-top: auto;
      }
      @container (max-width: 12rem) {
        .body {
          grid-template-columns: 1fr;
          padding: 0.75rem;
        }
        plantops-ring {
          width: 4.5rem;
          margin: 0;
        }
        .values {
          display: none;
        }
      }
    `,
  ];

  /** Take the card's configuration. Throws what Home Assistant shows in its editor. */
  setConfig(config: PlantCardConfig): void {
    for (const name of ["device", "entity", "name"] as const) {
      if (config[name] !== undefined && typeof config[name] !== "string") throw new Error(words().badConfig(name));
    }
    const days = config.days ?? DAYS;
    if (!(days > 0 && days <= MOST_DAYS)) throw new Error(words().badConfig("days"));
    this.config = config;
    this.past = undefined;
  }

  static getConfigForm = plantForm;

  static getStubConfig(hass: Hass): Partial<PlantCardConfig> {
    const [first] = find(hass).plants.keys();
    return first ? { device: first } : {};
  }

  getCardSize(): number {
    return 4;
  }

  getGridOptions() {
    return { columns: 12, min_columns: 5, rows: "auto" };
  }

  protected override entities(hass: Hass): Iterable<string> {
    return this.plant(hass)?.shows.values() ?? [];
  }

  private plant(hass: Hass): PlantDevice | undefined {
    return find(hass).plants.get(deviceOf(hass, this.config) ?? "");
  }

  override render() {
    const { hass, config } = this;
    if (!hass) return html`<ha-card aria-busy="true"></ha-card>`;
    const plant = this.plant(hass);
    if (!plant) return this.nothingToShow(hass);
    const one = shown(hass, plant);
    return html`<ha-card>
      ${config.photo === false ? nothing : photo(hass, plant)}
      <div class="body ${one.mood}">
        <div class="what">
          <h2>
            <button class="name cut" @click=${() => this.tap(plant)}>${config.name || plant.name}</button>
          </h2>
          <p class="soft small cut">${[plant.species, plant.area].filter(Boolean).join(" · ") || "\u00a0"}</p>
          <p class="mood"><span>${headline(one, hass)}</span></p>
          <p class="soft small">${reason(one, hass, this.now)}</p>
        </div>
        ${one.measured ? this.soil(one, hass) : nothing} ${this.line(one)} ${this.values(hass, plant)}
        ${
          config.care === false
            ? nothing
            : html`<plantops-watered
                class="wide"
                .hass=${hass}
                .device=${plant.id}
                .plant=${config.name || plant.name}
                ?disabled=${one.away}
              ></plantops-watered>`
        }
      </div>
    </ha-card>`;
  }

  private soil(one: Shown, hass: Hass) {
    const none = one.uncalibrated ? words(hass).uncalibrated : words(hass).noReading;
    const said = one.moisture === undefined ? none : `${String(Math.round(one.moisture))} %`;
    return html`<plantops-ring .value=${one.moisture} .band=${one.band} mood=${one.mood}></plantops-ring>
      <span class="unseen">${words(hass).moisture}: ${said}</span>`;
  }

  private line(one: Shown) {
    if (this.config.line === false || !one.measured) return nothing;
    // What a probe sends in volts can't be judged by a span in per cent.
    const band = this.past?.unit === "%" ? one.band : undefined;
    return html`<plantops-line class="wide" .points=${this.past?.points} .band=${band}></plantops-line>`;
  }

  private values(hass: Hass, plant: PlantDevice) {
    const values = this.config.values === false ? [] : valuesOf(hass, plant, MOST_VALUES);
    if (values.length === 0) return nothing;
    const say = words(hass);
    return html`<ul class="values wide small soft">
      ${values.map(({ icon, state, side }) => {
        const said = hass.formatEntityState(state);
        const given = state.attributes["friendly_name"];
        const name = typeof given === "string" ? given : "";
        return html`<li title=${side ? `${name}: ${say.bands[side]}` : name}>
          <ha-icon icon=${icon} aria-hidden="true"></ha-icon>
          ${side ? html`<b>${said} ${side === "low" ? "↓" : "↑"}</b>` : html`<span>${said}</span>`}
          ${side ? html`<span class="unseen">${say.bands[side]}</span>` : nothing}
        </li>`;
      })}
    </ul>`;
  }

  private nothingToShow(hass: Hass) {
    const say = words(hass);
    const { device, entity } = this.config;
    let said = device ? say.gone : say.noPlant;
    if (!device && !entity) said = find(hass).plants.size > 0 ? say.choose : say.noPlants;
    return html`<ha-card>
      <div class="empty">
        <ha-icon icon="mdi:sprout-outline"></ha-icon>
        <p>${said}</p>
      </div>
    </ha-card>`;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (this.hass && this.isConnected) void this.fetchLine(this.hass);
  }

  /** A line that can't be had now stays as it was; it is tried again within the minute. */
  private async fetchLine(hass: Hass): Promise<void> {
    const plant = this.plant(hass);
    if (!plant || this.config.line === false || !plant.shows.has("sensor.soil_moisture")) return;
    const config = this.config;
    const past = await soilPast(hass, plant.id, config.days ?? DAYS, this.now).catch(() => undefined);
    if (past && past !== this.past && config === this.config) this.past = past;
  }

  private tap(plant: PlantDevice): void {
    const entity = plant.shows.get("sensor.soil_moisture") ?? plant.shows.get("sensor.health");
    const tap_action = this.config.tap_action ?? { action: "more-info" };
    fire(this, "hass-action", { config: { entity, tap_action }, action: "tap" });
  }
}

function photo(hass: Hass, plant: PlantDevice) {
  const picture = hass.states[plant.shows.get("image.photo") ?? ""]?.attributes["entity_picture"];
  return typeof picture === "string" ? html`<img class="photo" src=${picture} alt="" loading="lazy" />` : nothing;
}

/** Say in a word how a plant is. */
export function headline(one: Shown, hass: Hass): string {
  const say = words(hass);
  if (one.away) return say.away;
  const [kind] = one.problems.filter((problem) => problem !== "soil_moisture_low");
  if (kind && (one.mood === "alarm" || one.mood === "warn")) return say.kind[kind] ?? say.state[one.mood];
  return say.state[one.mood];
}

/** Say why, or what comes next; and why nothing is known of its soil, where that is so. */
export function reason(one: Shown, hass: Hass, now: number): string {
  const said = because(one, hass, now);
  return [said, one.uncalibrated && !one.away ? words(hass).uncalibrated : ""].filter(Boolean).join(" · ") || "\u00a0";
}

function because(one: Shown, hass: Hass, now: number): string {
  const say = words(hass);
  if (one.away) return "";
  if (one.mood === "silent") return one.lastHeard ? say.lastHeard(ago(one.lastHeard, now)) : say.noReading;
  const more = one.problems.length - 1;
  if (more > 0) return say.more(more);
  if (one.nextWatering) {
    const at = Date.parse(one.nextWatering);
    return `${say.next}: ${at <= now ? say.now : day(at, now)}`;
  }
  if (one.lastWatered) return `${say.lastWatered} ${ago(one.lastWatered, now)}`;
  return one.measured ? "" : say.notMeasured;
}
