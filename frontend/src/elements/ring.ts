/** A plant's soil as a ring: the arc in which it is content, and where it stands now. */
import { css, html, LitElement, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Band, Mood } from "../data/feeling.js";
import { moods } from "../look/moods.js";
import { number } from "../words/format.js";

/** The ring is open at the bottom: 0 % at its left end, 100 % at its right. */
const OPENING = 80;
const RADIUS = 42;

/** Give the point at which a share (0 … 1) of the way around stands, and the radius given. */
export function place(share: number, radius = RADIUS): { x: number; y: number } {
  const angle = ((90 + OPENING / 2 + share * (360 - OPENING)) * Math.PI) / 180;
  return { x: 50 + radius * Math.cos(angle), y: 50 + radius * Math.sin(angle) };
}

/** Write the arc between two shares as an SVG path. */
export function arc(from: number, until: number): string {
  const [begin, end] = [place(from), place(until)];
  const long = (until - from) * (360 - OPENING) > 180 ? 1 : 0;
  return `M${begin.x.toFixed(2)} ${begin.y.toFixed(2)}A${RADIUS} ${RADIUS} 0 ${long} 1 ${end.x.toFixed(2)} ${end.y.toFixed(2)}`;
}

const share = (percent: number) => Math.min(Math.max(percent / 100, 0), 1);

@customElement("plantops-ring")
export class Ring extends LitElement {
  /** Soil moisture, %; undefined: not known. */
  @property({ type: Number }) value: number | undefined;
  @property({ attribute: false }) band: Band | undefined;
  @property() mood: Mood = "unknown";
  /** What it shows, in words; empty: they stand beside it. */
  @property() label = "";

  static override styles = [
    moods,
    css`
      :host {
        display: inline-block;
        width: 5.5rem;
        aspect-ratio: 1;
      }
      svg {
        display: block;
        overflow: visible;
      }
      path {
        fill: none;
        stroke-width: 9;
        stroke-linecap: round;
        stroke: var(--raised);
      }
      .band {
        stroke: color-mix(in srgb, var(--leaf) 38%, var(--card));
      }
      circle {
        fill: var(--mood);
        stroke: var(--card);
        stroke-width: 4;
      }
      text {
        fill: var(--ink);
        font-size: 25px;
        font-weight: 650;
        text-anchor: middle;
      }
      .silent > text {
        fill: var(--soft);
      }
      .unit {
        font-size: 13px;
        font-weight: 500;
        fill: var(--soft);
      }
    `,
  ];

  override render() {
    const dot = this.value === undefined ? undefined : place(share(this.value));
    const { low, high } = this.band ?? { low: null, high: null };
    const { label } = this;
    return html`<svg
      viewBox="0 0 100 100"
      class=${this.mood}
      role=${label ? "img" : nothing}
      aria-label=${label || nothing}
      aria-hidden=${label ? nothing : "true"}
    >
      <path d=${arc(0, 1)} />
      ${this.band ? svg`<path class="band" d=${arc(share(low ?? 0), share(high ?? 100))} />` : nothing}
      ${dot ? svg`<circle cx=${dot.x} cy=${dot.y} r="9" />` : nothing}
      <text x="50" y="57">${this.value === undefined ? "–" : number(this.value)}</text>
      <text class="unit" part="unit" x="50" y="74">%</text>
    </svg>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-ring": Ring;
  }
}
