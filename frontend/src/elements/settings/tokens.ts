/** The keys to PlantOps: who has one, a new one, and an end to one. */
import { html, LitElement, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { ask } from "../../data/api.js";
import type { Page, Scope, Token, TokenCreated } from "../../data/types.js";
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

const SCOPES: readonly Scope[] = ["read", "care", "garden", "admin", "ingest"];
const DAY = 24;
const ENDS = [undefined, 30 * DAY, 90 * DAY, 365 * DAY] as const;

@customElement("plantops-tokens")
export class Tokens extends LitElement {
  private readonly asked = new Asked<Page<Token>>(this, () => ask("GET", "tokens?limit=200"));
  @state() private making = false;
  @state() private made: TokenCreated | undefined;
  @state() private revoking: Token | undefined;

  static override styles = [shared, fields, lines];

  override render() {
    return html`<plantops-section heading=${words.tokens.title} why=${words.tokens.why}>
        ${this.asked.show(
          ({ items }) =>
            html`<ul class="lines">
                ${repeat(
                  items.filter(stands),
                  (token) => token.id,
                  (token) => html`<li>${this.token(token)}</li>`,
                )}
              </ul>
              <div class="acts"><button @click=${() => (this.making = true)}>${words.tokens.add}</button></div>`,
        )}
      </plantops-section>
      <div @closed=${this.closed}>${this.question()}</div>`;
  }

  private token(token: Token) {
    const now = Date.now();
    const used = token.last_used_at ? words.tokens.used(ago(token.last_used_at, now)) : words.tokens.unused;
    return html`<div class="line">
      <div class="what">
        <strong>${token.name}</strong> <span class="soft">${token.scopes.join(", ")}</span>
        <div class="small soft" title=${moment(token.created_at)}>${used}${ending(token.expires_at, now)}</div>
      </div>
      <button aria-label="${words.tokens.revoke}: ${token.name}" @click=${() => (this.revoking = token)}>
        ${words.tokens.revoke}
      </button>
    </div>`;
  }

  private question() {
    const { made, revoking } = this;
    if (made) {
      return html`<plantops-dialog heading=${words.tokens.made(made.name)} does="">
        <p>${words.tokens.once}</p>
        <plantops-secret label=${words.tokens.title} text=${made.token}></plantops-secret>
      </plantops-dialog>`;
    }
    if (this.making) return this.form();
    if (!revoking) return nothing;
    return html`<plantops-dialog
      heading=${words.tokens.revoke}
      does=${words.tokens.revoke}
      .work=${() => this.revoke(revoking)}
    >
      <p>${words.tokens.revokeSure(revoking.name)}</p>
    </plantops-dialog>`;
  }

  private form() {
    return html`<plantops-dialog heading=${words.tokens.add} does=${words.tokens.make} .work=${() => this.make()}>
      <div class="fields">
        <label class="wide">${words.tokens.name}<input name="name" required maxlength="120" /></label>
        <fieldset class="wide">
          <legend>${words.tokens.scope}</legend>
          ${SCOPES.map(
            (scope) =>
              html`<label class="check top"
                ><input type="radio" name="scope" value=${scope} ?checked=${scope === "read"} /><span
                  ><strong>${scope}</strong> <span class="soft">${words.tokens.scopes[scope]}</span></span
                ></label
              >`,
          )}
        </fieldset>
        ${ends(words.tokens.ends, ENDS, undefined)}
      </div>
    </plantops-dialog>`;
  }

  private async make(): Promise<"open"> {
    const value = (selector: string) => this.renderRoot.querySelector<HTMLInputElement>(selector)?.value ?? "";
    const hours = value('[name="ends"]');
    this.made = await ask<TokenCreated>("POST", "tokens", {
      name: value('[name="name"]'),
      scopes: [value('[name="scope"]:checked')],
      ...(hours && { expires_at: new Date(Date.now() + Number(hours) * 3_600_000).toISOString() }),
    });
    return "open";
  }

  private async revoke(token: Token): Promise<void> {
    await ask("DELETE", `tokens/${token.id}`);
    tell(words.tokens.revoked(token.name));
  }

  private closed(): void {
    this.making = false;
    this.made = undefined;
    this.revoking = undefined;
    void this.asked.again();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-tokens": Tokens;
  }
}
