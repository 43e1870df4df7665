/** Write down what was done to a plant, with what belongs to it. */
import { html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { ask } from "../data/api.js";
import type { Plant } from "../data/types.js";
import { fields } from "../look/fields.js";
import { shared } from "../look/shared.js";
import { words } from "../words/index.js";
import { tell } from "./told.js";

import "./dialog.js";

const KINDS = ["watered", "fertilised", "repotted", "pruned", "misted", "moved", "note"] as const;
type Kind = (typeof KINDS)[number];

@customElement("plantops-care-form")
export class CareForm extends LitElement {
  @property({ attribute: false }) plant!: Plant;
  @state() private kind: Kind = "watered";

  static override styles = [shared, fields];

  override render() {
    return html`<plantops-dialog heading=${words.form.care(this.plant.name)} .work=${() => this.save()}>
      <div class="fields">
        <label
          >${words.form.what}
          <select @change=${(event: Event) => (this.kind = (event.target as HTMLSelectElement).value as Kind)}>
            ${KINDS.map((kind) => html`<option value=${kind}>${words.care[kind]}</option>`)}
          </select>
        </label>
        <label>${words.form.when}<input type="datetime-local" name="at" .value=${localNow()} /></label>
        ${this.more()}
        <label class="wide">${words.care["note"]}<textarea name="note" maxlength="2000"></textarea></label>
      </div>
    </plantops-dialog>`;
  }

  private more() {
    switch (this.kind) {
      case "watered":
        return html`<label
          >${words.form.litres}<input name="litres" type="number" min="0.01" step="any" placeholder="–"
        /></label>`;
      case "repotted":
        return html`<label
            >${words.form.pot}<input
              name="pot_litres"
              type="number"
              min="0.01"
              step="any"
              .value=${String(this.plant.pot_litres ?? "")} /></label
          ><label
            >${words.plant.substrate}<input name="substrate" maxlength="120" .value=${this.plant.substrate ?? ""}
          /></label>`;
      case "moved":
        return html`<label>${words.plant.place}<input name="area" required maxlength="120" /></label>`;
      default:
        return nothing;
    }
  }

  private async save(): Promise<void> {
    const inputs = this.renderRoot.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea");
    const said: Record<string, string | number> = { kind: this.kind };
    for (const { name, type, value } of inputs) {
      const text = value.trim();
      if (text === "") continue;
      if (name === "at") said[name] = new Date(text).toISOString();
      else said[name] = type === "number" ? Number(text) : text;
    }
    await ask("POST", `plants/${this.plant.id}/care`, said);
    tell(words.form.cared(words.care[this.kind] ?? this.kind, this.plant.name));
  }
}

/** Write now as a field for local times wants it. */
function localNow(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-care-form": CareForm;
  }
}
