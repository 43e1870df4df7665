/** The keys that let new devices in: which there are, a new one, and an end to one. */
import { html, LitElement, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { ask } from "../../data/api.js";
import type { Page, RegistrationKey, RegistrationKeyCreated } from "../../data/types.js";
import { fields } from "../../look/fields.js";
import { lines } from "../../look/lines.js";
import { shared } from "../../look/shared.js";
import { ago, moment } from "../../words/format.js";
import { words } from "../../words/settings.js";
import { Asked } from "../asked.js";
import { tell } from "../told.js";
import { ending, ends, stands } from "./ends.js";

import "../dialog.js";
import "../secret.js";
import "../section.js";

const ENDS = [1, 24, 7 * 24, undefined] as const;

@customElement("plantops-keys")
export class Keys extends LitElement {
  private readonly asked = new Asked<Page<RegistrationKey>>(this, () => ask("GET", "registration-keys?limit=200"));
  @state() private making = false;
  @state() private made: RegistrationKeyCreated | undefined;
  @state() private revoking: RegistrationKey | undefined;

  static override styles = [shared, fields, lines];

  override render() {
    return html`<plantops-section heading=${words.keys.title} why=${words.keys.why}>
        ${this.asked.show(({ items }) => this.keys(items.filter((key) => stands(key) && !spent(key))))}
      </plantops-section>
      <div @closed=${this.closed}>${this.question()}</div>`;
  }

  private keys(keys: readonly RegistrationKey[]) {
    const list = html`<ul class="lines">
      ${repeat(
        keys,
        (key) => key.id,
        (key) => html`<li>${this.key(key)}</li>`,
      )}
    </ul>`;
    return html`${keys.length > 0 ? list : html`<p class="soft">${words.keys.empty}</p>`}
      <div class="acts"><button @click=${() => (this.making = true)}>${words.keys.add}</button></div>`;
  }

  private key(key: RegistrationKey) {
    const now = Date.now();
    const used = key.last_used_at ? words.keys.used(key.used_count, ago(key.last_used_at, now)) : words.tokens.unused;
    return html`<div class="line">
      <div class="what">
        <strong>${key.name}</strong> <span class="soft">${key.once ? words.keys.for.one : words.keys.for.any}</span>
        <div class="small soft" title=${moment(key.created_at)}>${used}${ending(key.expires_at, now)}</div>
      </div>
      <button aria-label="${words.tokens.revoke}: ${key.name}" @click=${() => (this.revoking = key)}>
        ${words.tokens.revoke}
      </button>
    </div>`;
  }

  private question() {
    const { made, revoking } = this;
    if (made) {
      return html`<plantops-dialog heading=${words.keys.made(made.name)} does="">
        <p>${words.tokens.once}</p>
        <plantops-secret label=${words.keys.title} text=${made.registration_key}></plantops-secret>
      </plantops-dialog>`;
    }
    if (this.making) return this.form();
    if (!revoking) return nothing;
    return html`<plantops-dialog
      heading=${words.tokens.revoke}
      does=${words.tokens.revoke}
      .work=${() => this.revoke(revoking)}
    >
      <p>${words.keys.revokeSure(revoking.name)}</p>
    </plantops-dialog>`;
  }

  private form() {
    return html`<plantops-dialog heading=${words.keys.add} does=${words.tokens.make} .work=${() => this.make()}>
      <div class="fields">
        <label class="wide">${words.keys.name}<input name="name" required maxlength="120" /></label>
        <label class="wide check"><input type="checkbox" name="once" />${words.keys.once}</label>
        ${ends(words.tokens.ends, ENDS, 24)}
      </div>
    </plantops-dialog>`;
  }

  private async make(): Promise<"open"> {
    const field = (name: string) => this.renderRoot.querySelector<HTMLInputElement>(`[name="${name}"]`);
    const hours = field("ends")?.value;
    this.made = await ask<RegistrationKeyCreated>("POST", "registration-keys", {
      name: field("name")?.value ?? "",
      once: field("once")?.checked ?? false,
      ...(hours && { expires_at: new Date(Date.now() + Number(hours) * 3_600_000).toISOString() }),
    });
    return "open";
  }

  private async revoke(key: RegistrationKey): Promise<void> {
    await ask("DELETE", `registration-keys/${key.id}`);
    tell(words.keys.revoked(key.name));
  }

  private closed(): void {
    this.making = false;
    this.made = undefined;
    this.revoking = undefined;
    void this.asked.again();
  }
}

/** A key for one device is worthless once that device is in. */
function spent(key: RegistrationKey): boolean {
  return key.once && key.used_count > 0;
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-keys": Keys;
  }
}
