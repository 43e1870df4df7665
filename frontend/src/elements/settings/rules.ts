/** When people are told: quiet hours, the summary's time, and when somebody is told once more. */
import { css, html, LitElement } from "lit";
import { customElement } from "lit/decorators.js";

import { ask } from "../../data/api.js";
import { store } from "../../data/store.js";
import type { GardenSettings } from "../../data/types.js";
import { fields } from "../../look/fields.js";
import { shared } from "../../look/shared.js";
import { words } from "../../words/settings.js";
import { words as common } from "../../words/index.js";
import { Asked } from "../asked.js";
import { Tap } from "../tap.js";
import { tell } from "../told.js";

import "../section.js";

@customElement("plantops-rules")
export class Rules extends LitElement {
  private readonly asked = new Asked<GardenSettings>(this, () => ask("GET", "settings"));
  private readonly tap = new Tap(this);

  static override styles = [
    shared,
    fields,
    css`
      button {
        margin-top: 1.1rem;
      }
    `,
  ];

  override render() {
    return html`<plantops-section heading=${words.rules.title} why=${words.rules.why}>
      ${this.asked.show((settings) => (store.may("admin") ? this.form(settings) : this.told(settings)))}
    </plantops-section>`;
  }

  private told(settings: GardenSettings) {
    const quiet = settings.quiet_from ? `${settings.quiet_from}–${settings.quiet_until ?? ""}` : words.rules.none;
    return html`<dl>
      <dt>${words.rules.quiet}</dt>
      <dd>${quiet}</dd>
      <dt>${words.rules.digest}</dt>
      <dd>${settings.digest_at}</dd>
      <dt>${words.rules.escalate}</dt>
      <dd>${settings.escalate_after_hours}</dd>
    </dl>`;
  }

  private form(settings: GardenSettings) {
    return html`<form @submit=${this.save}>
      <div class="fields">
        <fieldset class="wide">
          <legend>${words.rules.quiet}</legend>
          <p class="soft small" id="quiet-why">${words.rules.quietWhy}</p>
          <div class="fields">
            <label
              >${words.rules.from}<input
                type="time"
                name="quiet_from"
                aria-describedby="quiet-why"
                .value=${settings.quiet_from ?? ""}
            /></label>
            <label
              >${words.rules.until}<input type="time" name="quiet_until" .value=${settings.quiet_until ?? ""}
            /></label>
          </div>
        </fieldset>
        ${check("critical_breaks_quiet", words.rules.critical, settings.critical_breaks_quiet)}
        <label class="wide half"
          >${words.rules.digest}<input type="time" name="digest_at" required .value=${settings.digest_at}
        /></label>
        <label class="wide half"
          >${words.rules.escalate}<input
            type="number"
            name="escalate_after_hours"
            required
            min="0.25"
            max="168"
            step="any"
            .value=${String(settings.escalate_after_hours)}
        /></label>
        ${check("watering_tasks", words.rules.tasks, settings.watering_tasks)}
      </div>
      <button class="main" ?disabled=${this.tap.busy}>${common.ask.save}</button>
    </form>`;
  }

  /** One end of the quiet hours alone is none: both are sent as they stand, and an empty one empties both. */
  private save(event: SubmitEvent): void {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const said = new FormData(form);
    const text = (name: string) => form.querySelector<HTMLInputElement>(`[name="${name}"]`)?.value ?? "";
    const both = text("quiet_from") !== "" && text("quiet_until") !== "";
    void this.tap.do(async () => {
      const settings = await ask<GardenSettings>("PATCH", "settings", {
        quiet_from: both ? text("quiet_from") : null,
        quiet_until: both ? text("quiet_until") : null,
        critical_breaks_quiet: said.has("critical_breaks_quiet"),
        digest_at: text("digest_at"),
        escalate_after_hours: Number(text("escalate_after_hours")),
        watering_tasks: said.has("watering_tasks"),
      });
      this.asked.is(settings);
      tell(words.rules.saved);
    });
  }
}

function check(name: string, label: string, checked: boolean) {
  return html`<label class="wide check"><input type="checkbox" name=${name} .checked=${checked} />${label}</label>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-rules": Rules;
  }
}
