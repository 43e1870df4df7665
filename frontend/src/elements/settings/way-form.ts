/** Add a way on which people are told, or change what is told on one. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { ask, Problem } from "../../data/api.js";
import { store } from "../../data/store.js";
import type { NotificationChannel, NotificationChannelCreated } from "../../data/types.js";
import { type Said, type Way, type WayField, WAYS } from "../../data/ways.js";
import { fields } from "../../look/fields.js";
import { shared } from "../../look/shared.js";
import { words } from "../../words/settings.js";
import { tell } from "../told.js";

import "../dialog.js";
import "../secret.js";

const KINDS = Object.keys(words.ways.kinds);
const SEVERITIES = ["info", "warning", "critical"] as const;

@customElement("plantops-way-form")
export class WayForm extends LitElement {
  /** None: a new one. */
  @property({ attribute: false }) way: NotificationChannel | undefined;
  @state() private kind: Way = "ntfy";
  /** What a new webhook signs with; shown instead of the form. */
  @state() private secret: { name: string; text: string } | undefined;

  static override styles = [
    shared,
    fields,
    css`
      .choices {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(13rem, 100%), 1fr));
        max-height: 14rem;
        overflow-y: auto;
      }
    `,
  ];

  override willUpdate(): void {
    if (this.way && this.way.kind !== "apprise") this.kind = this.way.kind;
    else if (this.way) this.kind = "apprise";
  }

  override render() {
    if (this.secret) {
      return html`<plantops-dialog heading=${this.secret.name} does="">
        <plantops-secret label=${words.ways.secret} text=${this.secret.text}></plantops-secret>
      </plantops-dialog>`;
    }
    const { way } = this;
    const heading = way ? words.ways.change(way.name) : words.ways.add;
    return html`<plantops-dialog heading=${heading} .work=${() => this.save()}>
      <div class="fields">
        ${way ? nothing : this.kinds()}
        <label class=${way ? "wide" : ""}
          >${words.ways.name}<input
            name="name"
            required
            maxlength="120"
            placeholder=${words.ways.namePlaceholder}
            ?disabled=${way?.source === "settings"}
            .value=${way?.name ?? ""}
        /></label>
        ${way ? nothing : this.address()}
        <label class="wide"
          >${words.ways.severity}
          <select name="min_severity">
            ${SEVERITIES.map(
              (one) =>
                html`<option value=${one} ?selected=${one === (way?.min_severity ?? "info")}>
                  ${words.ways.severities[one]}
                </option>`,
            )}
          </select></label
        >
        ${check("digest", words.ways.daily, way?.digest ?? false)}
        ${way ? check("enabled", words.ways.enabled, way.enabled) : nothing}
      </div>
      ${this.what()} ${this.whose()}
      ${
        way?.source === "user"
          ? html`<details>
              <summary>${words.ways.address}</summary>
              <div class="fields">${this.address()}</div>
            </details>`
          : nothing
      }
    </plantops-dialog>`;
  }

  private kinds() {
    return html`<label
      >${words.ways.kind}
      <select @change=${(event: Event) => (this.kind = (event.target as HTMLSelectElement).value as Way)}>
        ${Object.keys(WAYS).map((one) => html`<option value=${one}>${words.ways.kindsOf[one]}</option>`)}
      </select></label
    >`;
  }

  /** A change needs no address: an empty one stays what it is. */
  private address() {
    return html`<p class="wide soft small">${words.ways.hints[this.kind]}</p>
      ${WAYS[this.kind].fields.map(
        (field) =>
          html`<label class=${field.name === "url" || field.name === "secret" ? "wide" : ""}
            >${words.ways.fields[field.name]}<input
              name="way ${field.name}"
              type=${field.type}
              placeholder=${field.placeholder}
              autocomplete=${field.type === "password" ? "new-password" : "off"}
              ?required=${field.required && !this.way}
              minlength=${field.name === "secret" ? 16 : 0}
          /></label>`,
      )}`;
  }

  private what() {
    const told = this.way?.kinds;
    return html`<details>
      <summary>${words.ways.whatFor}</summary>
      <div class="choices">
        ${KINDS.map((kind) =>
          choice("kinds", kind, words.ways.kinds[kind] ?? kind, !told || told.some((one) => one === kind)),
        )}
      </div>
    </details>`;
  }

  private whose() {
    const plants = [...(store.garden?.plants.values() ?? [])].sort((a, b) => a.name.localeCompare(b.name));
    const areas = new Set([...plants.map((plant) => plant.area ?? ""), ...(this.way?.areas ?? [])]);
    areas.delete("");
    if (plants.length === 0) return nothing;
    return html`<details>
      <summary>${words.ways.whose}</summary>
      <p class="soft small">${words.ways.whoseMore}</p>
      <div class="choices" tabindex="0" role="group" aria-label=${words.ways.whose}>
        ${[...areas].sort().map((area) => choice("areas", area, area, this.way?.areas?.includes(area) ?? false))}
        ${plants.map(({ id, name }) => choice("plant_ids", id, name, this.way?.plant_ids?.includes(id) ?? false))}
      </div>
    </details>`;
  }

  private async save(): Promise<"open" | undefined> {
    const { way } = this;
    const kinds = this.chosen("kinds");
    if (kinds.length === 0) throw new Problem("invalid", 0, words.ways.someKind);
    const name = this.text("name");
    const wish = {
      min_severity: this.renderRoot.querySelector<HTMLSelectElement>('[name="min_severity"]')?.value ?? "info",
      digest: this.checked("digest"),
      kinds: kinds.length === KINDS.length ? null : kinds,
      areas: orNull(this.chosen("areas")),
      plant_ids: orNull(this.chosen("plant_ids")),
    };
    const said = this.said();
    if (way) {
      const asGiven = way.source === "settings" ? {} : { name, ...(given(said) && this.whereTo(said)) };
      await ask("PATCH", `notification-channels/${way.id}`, { ...wish, ...asGiven, enabled: this.checked("enabled") });
      tell(words.ways.changed(name));
      return undefined;
    }
    const body = { ...wish, name, kind: WAYS[this.kind].kind, ...this.whereTo(said) };
    const made = await ask<NotificationChannelCreated>("POST", "notification-channels", body);
    tell(words.ways.added(name));
    if (!made.secret || said.secret) return undefined;
    this.secret = { name, text: made.secret };
    return "open";
  }

  private whereTo(said: Said) {
    return { url: WAYS[this.kind].address(said), ...(said.secret && { secret: said.secret }) };
  }

  private said(): Said {
    const filled = WAYS[this.kind].fields
      .map(({ name }: WayField) => [name, this.text(`way ${name}`)] as const)
      .filter(([, text]) => text !== "");
    return Object.fromEntries(filled);
  }

  private text(name: string): string {
    return this.renderRoot.querySelector<HTMLInputElement>(`[name="${name}"]`)?.value.trim() ?? "";
  }

  private checked(name: string): boolean {
    return this.renderRoot.querySelector<HTMLInputElement>(`[name="${name}"]`)?.checked ?? false;
  }

  private chosen(name: string): string[] {
    const boxes = this.renderRoot.querySelectorAll<HTMLInputElement>(`[name="${name}"]:checked`);
    return [...boxes].map((box) => box.value);
  }
}

function given(said: Said): boolean {
  return Object.keys(said).length > 0;
}

function orNull(chosen: string[]): string[] | null {
  return chosen.length > 0 ? chosen : null;
}

function check(name: string, label: string, checked: boolean) {
  return html`<label class="wide check"><input type="checkbox" name=${name} .checked=${checked} />${label}</label>`;
}

function choice(name: string, value: string, label: string, checked: boolean) {
  return html`<label class="check"
    ><input type="checkbox" name=${name} value=${value} .checked=${checked} />${label}</label
  >`;
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-way-form": WayForm;
  }
}
