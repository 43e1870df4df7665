/** A small line without axes: how a series went in the last days, with the span in which the plant is content. */
import { css, html, LitElement, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Band } from "../data/feeling.js";
import type { Point } from "../data/types.js";

const WIDTH = 200;
const HEIGHT = 44;

export interface Drawn {
  readonly path: string;
  readonly band: { readonly y: number; readonly height: number } | undefined;
}

/** Lay points into the picture: a gap in the readings is a gap in the line. */
export function draw(points: readonly Point[], band: Band | undefined): Drawn | undefined {
  const means = points.flatMap((point) => point.mean ?? []);
  if (means.length === 0) return undefined;
  const times = points.map((point) => Date.parse(point.time));
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 1];
  const bounds = [...means, band?.low ?? undefined, band?.high ?? undefined].filter((one) => one !== undefined);
  const [bottom, top] = [Math.min(...bounds), Math.max(...bounds)];
  const room = Math.max(top - bottom, 1) * 0.08;
  const x = (time: number) => ((time - first) / Math.max(last - first, 1)) * WIDTH;
  const y = (value: number) => HEIGHT - ((value - bottom + room) / (Math.max(top - bottom, 1) + 2 * room)) * HEIGHT;
  let path = "";
  let pen = "M";
  points.forEach((point, at) => {
    if (point.mean === null) {
      pen = "M";
      return;
    }
    path += `${pen}${x(times[at] ?? first).toFixed(1)} ${y(point.mean).toFixed(1)}`;
    pen = "L";
  });
  if (!band) return { path, band: undefined };
  const upper = band.high === null ? 0 : y(band.high);
  const lower = band.low === null ? HEIGHT : y(band.low);
  return { path, band: { y: upper, height: lower - upper } };
}

@customElement("plantops-line")
export class Line extends LitElement {
  @property({ attribute: false }) points: readonly Point[] | undefined;
  @property({ attribute: false }) band: Band | undefined;

  static override styles = css`
    :host {
      display: block;
      height: 2.75rem;
    }
    svg {
      display: block;
      width: 100%;
      height: 100%;
    }
    path {
      fill: none;
      stroke: var(--leaf);
      stroke-width: 2;
      stroke-linejoin: round;
      stroke-linecap: round;
      vector-effect: non-scaling-stroke;
    }
    rect {
      fill: var(--band);
    }
  `;

  override render() {
    const drawn = this.points && draw(this.points, this.band);
    return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
      ${drawn?.band ? svg`<rect x="0" y=${drawn.band.y} width=${WIDTH} height=${drawn.band.height} />` : nothing}
      ${drawn ? svg`<path d=${drawn.path} />` : nothing}
    </svg>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-line": Line;
  }
}
