/** One subject of the settings: its name and what it is about, and beside them what there is to see and to change. */
import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";

import { shared } from "../look/shared.js";

@customElement("plantops-section")
export class Section extends LitElement {
  @property() heading = "";
  @property() why = "";

  static override styles = [
    shared,
    css`
      section {
        display: grid;
        grid-template-columns: minmax(12rem, 1fr) minmax(0, 2.4fr);
        gap: 0.6rem 2rem;
        align-items: start;
        padding: 1.4rem 0;
        border-top: 1px solid var(--line);
      }
      h2 {
        margin: 0 0 0.3rem;
      }
      .about p {
        margin: 0;
      }
      .card {
        display: flow-root;
      }
      @media (max-width: 52rem) {
        section {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  override render() {
    return html`<section aria-labelledby="heading">
      <div class="about">
        <h2 id="heading">${this.heading}</h2>
        <p class="soft small">${this.why}</p>
      </div>
      <div class="card"><slot></slot></div>
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-section": Section;
  }
}
