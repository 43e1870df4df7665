/** A plant at a glance: how it is, its soil and how that went, when it wants water. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import { bandOf, type Felt, uncalibratedOf, valueOf } from "../data/feeling.js";
import type { Point } from "../data/types.js";
import { moods, shared } from "../look/shared.js";
import { ago, day, measure } from "../words/format.js";
import { words } from "../words/index.js";

import "./line.js";
import "./ring.js";

@customElement("plantops-plant-card")
export class PlantCard extends LitElement {
  @property({ attribute: false }) felt!: Felt;
  @property({ attribute: false }) points: readonly Point[] | undefined;
  @property({ type: Number }) now = 0;

  static override styles = [
    shared,
    moods,
    css`
      :host {
        display: block;
        contain: content;
      }
      a {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 0.1rem 0.8rem;
        height: 100%;
        color: inherit;
        text-decoration: none;
      }
      a:hover {
        border-color: var(--leaf);
      }
      h2 {
        margin: 0;
      }
      h2,
      .kind {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .what,
      .names {
        min-width: 0;
      }
      .first {
        display: flex;
        gap: 0.7rem;
        align-items: center;
      }
      img {
        flex: none;
        border-radius: 0.6rem;
        object-fit: cover;
        background: var(--raised);
      }
      .mood {
        margin: 0.5rem 0 0;
      }
      .next {
        margin: 0;
      }
      .volts {
        display: block;
      }
      plantops-line {
        grid-column: 1 / -1;
        margin-top: 0.6rem;
      }
    `,
  ];

  override render() {
    const { plant, feeling } = this.felt;
    const moisture = valueOf(plant, "soil_moisture");
    const calibrated = !uncalibratedOf(plant);
    const band = calibrated ? bandOf(plant, "soil_moisture") : undefined;
    return html`<a class="card ${feeling.mood}" href="/plants/${plant.id}">
      <div class="what">
        <div class="first">
          ${this.photo()}
          <div class="names">
            <h2>${plant.name}</h2>
            <div class="kind soft small">${plant.area ?? plant.species ?? "\u00a0"}</div>
          </div>
        </div>
        <p class="mood">${words.state[feeling.mood]}</p>
        <p class="next soft small">${this.reason()}</p>
      </div>
      <plantops-ring
        .value=${calibrated ? moisture?.value : undefined}
        .band=${band}
        mood=${feeling.mood}
        label=${moisture ? `${words.metrics["soil_moisture"] ?? ""}: ${measure(moisture.value, moisture.unit, "soil_moisture")}` : ""}
      ></plantops-ring>
      <plantops-line .points=${this.points} .band=${band}></plantops-line>
    </a>`;
  }

  private photo() {
    const { id, photo_id: photo } = this.felt.plant;
    if (!photo) return nothing;
    return html`<img
      src="/api/v1/plants/${id}/photos/${photo}/thumbnail"
      alt=""
      loading="lazy"
      width="48"
      height="48"
    />`;
  }

  /** What is below its state, in a line; and in another why its soil has no per cents, where that is so. */
  private reason() {
    const because = this.because();
    if (!uncalibratedOf(this.felt.plant)) return because || "\u00a0";
    return html`${because} <span class="volts">${words.plant.uncalibrated}</span>`;
  }

  private because(): string {
    const { plant, feeling } = this.felt;
    if (feeling.silentSince) return words.plant.silentSince(ago(feeling.silentSince, this.now));
    const [alert] = feeling.alerts;
    if (alert && feeling.mood !== "thirsty" && feeling.mood !== "fine") return words.alerts[alert.kind] ?? alert.words;
    if (!plant.next_watering) return "";
    const at = Date.parse(plant.next_watering.at);
    return `${words.plant.next}: ${at <= this.now ? words.plant.now : day(at, this.now)}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-plant-card": PlantCard;
  }
}
