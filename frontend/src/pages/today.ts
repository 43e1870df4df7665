/** Today: what is wrong, and what is to be done. */
import { css, html, LitElement } from "lit";
import { customElement } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { worstFirst } from "../data/feeling.js";
import { store, Watching } from "../data/store.js";
import { shared } from "../look/shared.js";
import { words } from "../words/index.js";

import "../elements/alert-line.js";

@customElement("plantops-today-page")
export class TodayPage extends LitElement {
  static override styles = [
    shared,
    css`
      ul {
        display: grid;
        gap: 0.8rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }
    `,
  ];

  constructor() {
    super();
    new Watching(this);
  }

  override render() {
    if (!store.garden) return html`<p class="empty soft" role="status">${words.app.loading}</p>`;
    const alerts = worstFirst([...store.garden.alerts.values()]);
    return html`<div class="head"><h1>${words.today.title}</h1></div>
      ${
        alerts.length === 0
          ? html`<p class="empty soft">${words.today.calm}</p>`
          : html`<h2>${words.today.alerts}</h2>
              <ul>
                ${repeat(
                  alerts,
                  (alert) => alert.id,
                  (alert) => html`<li class="card"><plantops-alert .alert=${alert}></plantops-alert></li>`,
                )}
              </ul>`
      }`;
  }
}
