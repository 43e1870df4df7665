/** What this browser alone remembers: the unit of temperatures, light or dark. */
import { html, LitElement } from "lit";
import { customElement } from "lit/decorators.js";

import { fields } from "../../look/fields.js";
import { shared } from "../../look/shared.js";
import { words } from "../../words/settings.js";

import "../section.js";

@customElement("plantops-browser")
export class Browser extends LitElement {
  static override styles = [shared, fields];

  override render() {
    return html`<plantops-section heading=${words.browser.title} why=${words.browser.why}>
      <div class="fields">
        ${choice(words.browser.degrees, "degrees", [
          ["", words.browser.region],
          ["°C", "°C"],
          ["°F", "°F"],
        ])}
        ${choice(words.browser.look, "theme", [
          ["", words.browser.system],
          ["light", words.browser.light],
          ["dark", words.browser.dark],
        ])}
      </div>
    </plantops-section>`;
  }
}

function choice(label: string, key: string, choices: readonly (readonly [string, string])[]) {
  const now = localStorage.getItem(key) ?? "";
  return html`<label
    >${label}
    <select name=${key} @change=${(event: Event) => keep(key, (event.target as HTMLSelectElement).value)}>
      ${choices.map(([value, name]) => html`<option value=${value} ?selected=${value === now}>${name}</option>`)}
    </select></label
  >`;
}

function keep(key: string, value: string): void {
  if (value) localStorage.setItem(key, value);
  else localStorage.removeItem(key);
  if (key !== "theme") return;
  if (value) document.documentElement.dataset["theme"] = value;
  else delete document.documentElement.dataset["theme"];
  dispatchEvent(new Event("plantops-theme"));
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-browser": Browser;
  }
}
