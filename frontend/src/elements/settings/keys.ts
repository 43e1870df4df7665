/** The keys that let new devices in: which there are, a new one, and an end to one. */
import { html } from "lit";
import { customElement } from "lit/decorators.js";

import type { RegistrationKey, RegistrationKeyCreated } from "../../data/types.js";
import { ago } from "../../words/format.js";
import { words } from "../../words/settings.js";
import { Given } from "./given.js";

@customElement("plantops-keys")
export class Keys extends Given<RegistrationKey, RegistrationKeyCreated> {
  protected override readonly path = "registration-keys";
  protected override readonly said = words.keys;
  protected override readonly ends = [1, 24, 7 * 24, undefined];
  protected override readonly usual = 24;

  /** A key for one device is worthless once that device is in. */
  protected override opens(key: RegistrationKey): boolean {
    return super.opens(key) && !(key.once && key.used_count > 0);
  }

  protected override about(key: RegistrationKey): string {
    return key.once ? words.keys.for.one : words.keys.for.any;
  }

  protected override used(key: RegistrationKey, now: number): string {
    return key.last_used_at ? words.keys.used(key.used_count, ago(key.last_used_at, now)) : words.tokens.unused;
  }

  protected override secret(made: RegistrationKeyCreated): string {
    return made.registration_key;
  }

  protected override question() {
    return html`<label class="wide check"><input type="checkbox" name="once" />${words.keys.once}</label>`;
  }

  protected override answer(form: ParentNode): object {
    return { once: form.querySelector<HTMLInputElement>('[name="once"]')?.checked ?? false };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-keys": Keys;
  }
}
