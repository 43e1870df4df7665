/** The keys to PlantOps: who has one, a new one, and an end to one. */
import { html } from "lit";
import { customElement } from "lit/decorators.js";

import type { Scope, Token, TokenCreated } from "../../data/types.js";
import { ago } from "../../words/format.js";
import { words } from "../../words/settings.js";
import { Given } from "./given.js";

const SCOPES: readonly Scope[] = ["read", "care", "garden", "admin", "ingest"];
const DAY = 24;

@customElement("plantops-tokens")
export class Tokens extends Given<Token, TokenCreated> {
  protected override readonly path = "tokens";
  protected override readonly said = words.tokens;
  protected override readonly ends = [undefined, 30 * DAY, 90 * DAY, 365 * DAY];

  protected override about(token: Token): string {
    return token.scopes.join(", ");
  }

  protected override used(token: Token, now: number): string {
    return token.last_used_at ? words.tokens.used(ago(token.last_used_at, now)) : words.tokens.unused;
  }

  protected override secret(made: TokenCreated): string {
    return made.token;
  }

  protected override question() {
    return html`<fieldset class="wide">
      <legend>${words.tokens.scope}</legend>
      ${SCOPES.map(
        (scope) =>
          html`<label class="check top"
            ><input type="radio" name="scope" value=${scope} ?checked=${scope === "read"} /><span
              ><strong>${scope}</strong> <span class="soft">${words.tokens.scopes[scope]}</span></span
            ></label
          >`,
      )}
    </fieldset>`;
  }

  protected override answer(form: ParentNode): object {
    return { scopes: [form.querySelector<HTMLInputElement>('[name="scope"]:checked')?.value ?? ""] };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-tokens": Tokens;
  }
}
