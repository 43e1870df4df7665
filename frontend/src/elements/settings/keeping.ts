/** How long readings are kept, and how old the newest backup is. */
import { css, html, LitElement, nothing } from "lit";
import { customElement } from "lit/decorators.js";

import { ask } from "../../data/api.js";
import type { Keeping } from "../../data/types.js";
import { moods, shared } from "../../look/shared.js";
import { ago, moment, number } from "../../words/format.js";
import { words } from "../../words/settings.js";
import { Asked } from "../asked.js";

import "../section.js";

/** Milliseconds after which a daily backup is missed; its service counts as unhealthy then too. */
const OLD = 2 * 86_400_000;
const MEGABYTE = 1_000_000;

@customElement("plantops-keeping")
export class KeepingSection extends LitElement {
  private readonly asked = new Asked<Keeping>(this, () => ask("GET", "settings/keeping"));

  static override styles = [
    shared,
    moods,
    css`
      @media (max-width: 28rem) {
        dl {
          grid-template-columns: minmax(0, 1fr);
          gap: 0;
        }
        dd + dt {
          margin-top: 0.6rem;
        }
      }
    `,
  ];

  override render() {
    return html`<plantops-section heading=${words.keeping.title} why=${words.keeping.why}>
      ${this.asked.show(
        ({ raw_days: raw, hourly_days: hourly, backup }) =>
          html`<dl>
            <dt>${words.keeping.raw}</dt>
            <dd>${words.keeping.days(raw)}</dd>
            <dt>${words.keeping.hourly}</dt>
            <dd>${words.keeping.days(hourly)}</dd>
            <dt>${words.keeping.daily}</dt>
            <dd>${words.keeping.ever}</dd>
            <dt>${words.keeping.backup}</dt>
            <dd>${backup ? newest(backup) : words.keeping.none}</dd>
          </dl>`,
      )}
    </plantops-section>`;
  }
}

function newest({ made_at: at, bytes }: NonNullable<Keeping["backup"]>) {
  const now = Date.now();
  const size = `${number(bytes / MEGABYTE, bytes < 10 * MEGABYTE ? 1 : 0)}\u202fMB`;
  const old = now - Date.parse(at) > OLD;
  return html`<span title=${moment(at)}>${words.keeping.made(ago(at, now), size)}</span>
    ${old ? html`<div class="warn"><span class="mood">${words.keeping.old}</span></div>` : nothing}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-keeping": KeepingSection;
  }
}
