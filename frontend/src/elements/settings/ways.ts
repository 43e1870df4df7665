/** The ways on which people are told: how each is, a test, and what may be done about it. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { ask } from "../../data/api.js";
import type { NotificationChannel, NotificationTest, Page } from "../../data/types.js";
import { lines } from "../../look/lines.js";
import { moods, shared } from "../../look/shared.js";
import { ago } from "../../words/format.js";
import { words } from "../../words/settings.js";
import { Asked } from "../asked.js";
import { inWords, tell } from "../told.js";

import "../dialog.js";
import "../section.js";
import "./way-form.js";

type Result = "running" | { readonly delivered: boolean; readonly words: string };

@customElement("plantops-ways")
export class Ways extends LitElement {
  private readonly asked = new Asked<Page<NotificationChannel>>(this, () =>
    ask("GET", "notification-channels?limit=200"),
  );
  @state() private adding = false;
  @state() private changing: NotificationChannel | undefined;
  @state() private removing: NotificationChannel | undefined;
  @state() private results: ReadonlyMap<string, Result> = new Map();

  static override styles = [
    shared,
    moods,
    lines,
    css`
      p.result {
        margin: 0.5rem 0 0;
      }
    `,
  ];

  override render() {
    return html`<plantops-section heading=${words.ways.title} why=${words.ways.why}>
        ${this.asked.show(({ items }) => this.ways(items))}
      </plantops-section>
      <div @closed=${this.closed}>${this.question()}</div>`;
  }

  private ways(ways: readonly NotificationChannel[]) {
    const list = html`<ul class="lines">
      ${repeat(
        ways,
        (way) => way.id,
        (way) => html`<li>${this.way(way)}</li>`,
      )}
    </ul>`;
    return html`${ways.length > 0 ? list : html`<p class="soft">${words.ways.empty}</p>`}
      <div class="acts"><button @click=${() => (this.adding = true)}>${words.ways.add}</button></div>`;
  }

  private question() {
    if (this.adding || this.changing) return html`<plantops-way-form .way=${this.changing}></plantops-way-form>`;
    const { removing } = this;
    if (!removing) return nothing;
    return html`<plantops-dialog
      heading=${words.ways.remove}
      does=${words.ways.remove}
      grave
      .work=${() => this.takeAway(removing)}
    >
      <p>${words.ways.removeSure(removing.name)}</p>
    </plantops-dialog>`;
  }

  private way(way: NotificationChannel) {
    const { mood, said } = stateOf(way);
    const result = this.results.get(way.id);
    return html`<div class="line">
        <div class="what">
          <strong>${way.name}</strong>
          <span class="soft">${[way.service, way.host].filter(Boolean).join(" · ")}</span>
          <div class="small ${mood}"><span class="mood">${said}</span></div>
          ${way.untold > 0 ? html`<div class="small soft">${words.ways.untold(way.untold)}</div>` : nothing}
          ${way.source === "settings" ? html`<div class="small soft">${words.ways.outside}</div>` : nothing}
        </div>
        <div class="acts">
          <button
            aria-label="${words.ways.test}: ${way.name}"
            ?disabled=${result === "running"}
            @click=${() => void this.test(way)}
          >
            ${words.ways.test}
          </button>
          <button aria-label="${words.ways.edit}: ${way.name}" @click=${() => (this.changing = way)}>
            ${words.ways.edit}
          </button>
          ${
            way.source === "settings"
              ? nothing
              : html`<button aria-label="${words.ways.remove}: ${way.name}" @click=${() => (this.removing = way)}>
                  ${words.ways.remove}
                </button>`
          }
        </div>
      </div>
      ${this.result(result)}`;
  }

  private result(result: Result | undefined) {
    if (result === undefined) return nothing;
    if (result === "running") return html`<p class="result soft" role="status">${words.ways.testing}</p>`;
    const said = result.delivered ? words.ways.delivered(result.words) : words.ways.lost(result.words);
    return html`<p class="result ${result.delivered ? "fine" : "alarm"}" role="status">
      <span class="mood">${said}</span>
    </p>`;
  }

  private closed(): void {
    this.adding = false;
    this.changing = undefined;
    this.removing = undefined;
    void this.asked.again();
  }

  private async test(way: NotificationChannel): Promise<void> {
    this.told(way, "running");
    try {
      this.told(way, await ask<NotificationTest>("POST", `notification-channels/${way.id}/test`));
    } catch (error) {
      this.told(way, { delivered: false, words: inWords(error) });
    }
    await this.asked.again();
  }

  private told(way: NotificationChannel, result: Result): void {
    this.results = new Map(this.results).set(way.id, result);
  }

  private async takeAway(way: NotificationChannel): Promise<void> {
    await ask("DELETE", `notification-channels/${way.id}`);
    tell(words.ways.removed(way.name));
  }
}

/** Tell in a word how a way is. */
function stateOf(way: NotificationChannel): { mood: string; said: string } {
  const now = Date.now();
  const why = way.last_failure ?? "";
  if (!way.enabled) return { mood: "unknown", said: words.ways.off };
  if (way.refused_at) return { mood: "alarm", said: words.ways.refused(why) };
  if (way.paused_until && Date.parse(way.paused_until) > now) {
    return { mood: "warn", said: words.ways.paused(ago(way.paused_until, now), why) };
  }
  if (way.last_success_at) return { mood: "fine", said: words.ways.fine(ago(way.last_success_at, now)) };
  return { mood: "unknown", said: words.ways.fresh };
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-ways": Ways;
  }
}
