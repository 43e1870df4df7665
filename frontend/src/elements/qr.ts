/** A text as a QR code, so that a phone can take it over: dark on light in either theme, as scanners want it. */
import { generate } from "lean-qr";
import { css, html, LitElement, svg } from "lit";
import { customElement, property } from "lit/decorators.js";

/** Modules of light that must stay around it (ISO/IEC 18004, 6.3.8). */
const QUIET = 4;

@customElement("plantops-qr")
export class Qr extends LitElement {
  @property() text = "";
  @property() label = "";

  static override styles = css`
    svg {
      display: block;
      width: 100%;
      max-width: 13rem;
      border-radius: 0.6rem;
      background: #fff;
    }
  `;

  override render() {
    const { path, size } = drawn(this.text);
    return html`<svg viewBox="0 0 ${size} ${size}" role="img" aria-label=${this.label} shape-rendering="crispEdges">
      ${svg`<path d=${path} fill="#000" />`}
    </svg>`;
  }
}

/** Draw a text: each row's dark runs as strips of height 1, and how many modules a side has. */
export function drawn(text: string): { path: string; size: number } {
  const code = generate(text);
  let path = "";
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) {
      const begin = x;
      while (code.get(x, y)) x++;
      if (x > begin) path += `M${begin + QUIET} ${y + QUIET}h${x - begin}v1h${begin - x}z`;
    }
  }
  return { path, size: code.size + 2 * QUIET };
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-qr": Qr;
  }
}
