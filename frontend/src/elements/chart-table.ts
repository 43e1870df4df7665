/** What a chart shows, as a table: for those who don't see it, and for those who want numbers. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { type Slot, slots } from "../data/series.js";
import { shared } from "../look/shared.js";
import { measure, moment } from "../words/format.js";
import { words } from "../words/index.js";
import type { Line } from "./chart.js";

const ROWS = 24;

@customElement("plantops-chart-table")
export class ChartTable extends LitElement {
  @property({ attribute: false }) lines: readonly Line[] = [];
  @property() label = "";
  @state() private open = false;

  static override styles = [
    shared,
    css`
      summary {
        width: fit-content;
        min-height: 1.5rem;
        font-size: 0.875rem;
        color: var(--soft);
        cursor: pointer;
      }
      .wide {
        overflow-x: auto;
        max-height: 22rem;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 0.875rem;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        padding: 0.3rem 0.8rem 0.3rem 0;
        text-align: left;
        border-bottom: 1px solid var(--line);
        white-space: nowrap;
      }
      thead th {
        position: sticky;
        top: 0;
        background: var(--card);
      }
      tbody th {
        font-weight: 400;
      }
    `,
  ];

  override render() {
    return html`<details @toggle=${(event: Event) => (this.open = (event.target as HTMLDetailsElement).open)}>
      <summary>${words.charts.table}</summary>
      ${this.open ? this.table() : nothing}
    </details>`;
  }

  private table() {
    const columns = this.lines.map(({ history }) => slots(history, ROWS));
    const write = (line: Line | undefined, slot: Slot | undefined) => {
      if (!line || !slot?.told) return html`<td class="soft">${words.charts.nothing}</td>`;
      const { unit, metric } = line.history;
      const { mean, low, high } = slot.told;
      const said = (value: number) => measure(value, unit, metric);
      return html`<td>
        ${said(mean)} ${low === high ? nothing : html`<span class="soft">(${said(low)} – ${said(high)})</span>`}
      </td>`;
    };
    return html`<div class="wide" tabindex="0" role="region" aria-label=${this.label}>
      <table>
        <caption class="visually-hidden">
          ${this.label}
        </caption>
        <thead>
          <tr>
            <th scope="col">${words.charts.from}</th>
            ${this.lines.map(({ name }) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${columns[0]?.map(
            (slot, row) =>
              html`<tr>
                <th scope="row">${moment(slot.at)}</th>
                ${columns.map((column, at) => write(this.lines[at], column[row]))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-chart-table": ChartTable;
  }
}
