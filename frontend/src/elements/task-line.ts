/** One care task: what is to be done, where, when; done or put off in one tap. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";

import { ask } from "../data/api.js";
import { store } from "../data/store.js";
import type { CareTask } from "../data/types.js";
import { lines } from "../look/lines.js";
import { moods, shared } from "../look/shared.js";
import { ago, day, moment } from "../words/format.js";
import { words } from "../words/index.js";
import { Tap } from "./tap.js";
import { tell } from "./told.js";

/** Tell when a task wants to be heard of: when it is due, or when it was put off to. */
export function wanted(task: CareTask): number {
  return Math.max(Date.parse(task.due_at), task.snoozed_until ? Date.parse(task.snoozed_until) : 0);
}

@customElement("plantops-task")
export class TaskLine extends LitElement {
  @property({ attribute: false }) task!: CareTask;
  readonly tap = new Tap(this);

  static override styles = [
    shared,
    moods,
    lines,
    css`
      :host {
        display: block;
      }
    `,
  ];

  override render() {
    const { task } = this;
    const plant = task.plant_id ? store.garden?.plants.get(task.plant_id) : undefined;
    const now = Date.now();
    const due = wanted(task);
    const isDue = due <= now;
    const name = task.kind === "custom" ? task.title : (words.tasks[task.kind] ?? task.title);
    return html`<div class="line">
      <div class="what">
        <strong>${name}</strong>
        ${plant ? html`· <a href="/plants/${plant.id}">${plant.name}</a>` : nothing}
        <div class=${isDue ? "warn small" : "soft small"} title=${moment(due)}>
          <span class=${isDue ? "mood" : ""}>${isDue ? words.today.due(ago(due, now)) : day(due, now)}</span>
          ${task.basis === "model" ? html`<span class="soft">· ${words.today.foretold}</span>` : nothing}
        </div>
      </div>
      ${store.may("care") ? this.acts(plant ? `${name} · ${plant.name}` : name, isDue) : nothing}
    </div>`;
  }

  /** What is not due yet needs not be put off. */
  private acts(name: string, isDue: boolean) {
    const { busy } = this.tap;
    return html`<div class="acts">
      <button
        class=${isDue ? "main" : ""}
        aria-label="${words.today.done}: ${name}"
        ?disabled=${busy}
        @click=${() => void this.act("complete")}
      >
        ${words.today.done}
      </button>
      ${
        isDue
          ? html`<button
              aria-label="${words.today.snooze}: ${name}"
              ?disabled=${busy}
              @click=${() => void this.act("snooze", { days: 1 })}
            >
              ${words.today.snooze}
            </button>`
          : nothing
      }
    </div>`;
  }

  private act(what: "complete" | "snooze", body: object = {}): Promise<void> {
    return this.tap.do(async () => {
      await ask("POST", `tasks/${this.task.id}/${what}`, body);
      if (what === "complete") tell(words.today.wasDone(words.tasks[this.task.kind] ?? this.task.title));
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-task": TaskLine;
  }
}
