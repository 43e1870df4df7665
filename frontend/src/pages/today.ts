/** Today: what is wrong, what is to be done, and what comes in the next days. */
import { css, html, LitElement, nothing } from "lit";
import { customElement } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { worstFirst } from "../data/feeling.js";
import { store, Watching } from "../data/store.js";
import type { Alert, CareTask } from "../data/types.js";
import { Rows } from "../elements/rows.js";
import { wanted } from "../elements/task-line.js";
import { shared } from "../look/shared.js";
import { words } from "../words/index.js";

import "../elements/alert-line.js";
import "../elements/task-line.js";

/** What somebody knows of, or has put off, asks for nothing now. */
function unknownFirst(alerts: readonly Alert[]): readonly Alert[] {
  const known = (alert: Alert) => Number(Boolean(alert.acknowledged_at ?? alert.snoozed_until));
  return [...alerts].sort((a, b) => known(a) - known(b));
}

/** Milliseconds ahead that are shown. */
const AHEAD = 7 * 86_400_000;

@customElement("plantops-today-page")
export class TodayPage extends LitElement {
  static override styles = [
    shared,
    css`
      ul {
        display: grid;
        gap: 0.8rem;
        margin: 0 0 1.6rem;
        padding: 0;
        list-style: none;
      }
    `,
  ];

  constructor() {
    super();
    new Watching(this);
    new Rows(this, "plantops-alert, plantops-task", "h1");
  }

  override render() {
    if (!store.garden) return html`<p class="empty soft" role="status">${words.app.loading}</p>`;
    const now = Date.now();
    const alerts = unknownFirst(worstFirst([...store.garden.alerts.values()]));
    const tasks = [...store.garden.tasks.values()].sort((a, b) => wanted(a) - wanted(b));
    const due = tasks.filter((task) => wanted(task) <= now);
    const later = tasks.filter((task) => wanted(task) > now && wanted(task) <= now + AHEAD);
    return html`<div class="head"><h1>${words.today.title}</h1></div>
      ${alerts.length + due.length === 0 ? html`<p class="empty soft">${words.today.calm}</p>` : nothing}
      ${this.tasks(words.today.todo, due)}
      ${
        alerts.length === 0
          ? nothing
          : html`<h2>${words.today.alerts}</h2>
              <ul>
                ${repeat(
                  alerts,
                  (alert) => alert.id,
                  (alert) => html`<li class="card"><plantops-alert .alert=${alert}></plantops-alert></li>`,
                )}
              </ul>`
      }
      ${this.tasks(words.today.later, later)}`;
  }

  private tasks(title: string, tasks: readonly CareTask[]) {
    if (tasks.length === 0) return nothing;
    return html`<h2>${title}</h2>
      <ul>
        ${repeat(
          tasks,
          (task) => task.id,
          (task) => html`<li class="card"><plantops-task .task=${task}></plantops-task></li>`,
        )}
      </ul>`;
  }
}
