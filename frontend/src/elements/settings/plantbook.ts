/** The account at OpenPlantbook: whether there is one, another one, none. */
import { html, LitElement, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";

import { ask } from "../../data/api.js";
import { store } from "../../data/store.js";
import type { OpenPlantbookAccount } from "../../data/types.js";
import { fields } from "../../look/fields.js";
import { lines } from "../../look/lines.js";
import { shared } from "../../look/shared.js";
import { ago } from "../../words/format.js";
import { words } from "../../words/settings.js";
import { Asked } from "../asked.js";
import { tell } from "../told.js";

import "../dialog.js";
import "../section.js";

const PATH = "settings/openplantbook";

@customElement("plantops-plantbook")
export class Plantbook extends LitElement {
  private readonly asked = new Asked<OpenPlantbookAccount>(this, () => ask("GET", PATH));
  @state() private asks: "give" | "forget" | undefined;

  static override styles = [shared, fields, lines];

  override render() {
    return html`<plantops-section heading=${words.plantbook.title} why=${words.plantbook.why}>
        ${this.asked.show((account) => this.account(account))}
      </plantops-section>
      <div @closed=${this.closed}>${this.question()}</div>`;
  }

  private account(account: OpenPlantbookAccount) {
    const { configured, set_at: at } = account;
    return html`<p>${configured ? words.plantbook.there(at ? ago(at, Date.now()) : "") : words.plantbook.none}</p>
      ${
        store.may("admin")
          ? html`<div class="acts">
              <button @click=${() => (this.asks = "give")}>
                ${configured ? words.plantbook.replace : words.plantbook.give}
              </button>
              ${
                configured
                  ? html`<button @click=${() => (this.asks = "forget")}>${words.plantbook.forget}</button>`
                  : nothing
              }
            </div>`
          : nothing
      }`;
  }

  private question() {
    if (this.asks === "forget") {
      return html`<plantops-dialog
        heading=${words.plantbook.title}
        does=${words.plantbook.forget}
        grave
        .work=${() => this.forget()}
      >
        <p>${words.plantbook.forgetSure}</p>
      </plantops-dialog>`;
    }
    if (this.asks !== "give") return nothing;
    return html`<plantops-dialog heading=${words.plantbook.give} .work=${() => this.give()}>
      <p class="soft small">${words.plantbook.hint}</p>
      <div class="fields">
        <label class="wide"
          >${words.plantbook.id}<input name="client_id" required maxlength="200" autocomplete="off"
        /></label>
        <label class="wide"
          >${words.plantbook.secret}<input
            name="client_secret"
            type="password"
            required
            maxlength="200"
            autocomplete="new-password"
        /></label>
      </div>
    </plantops-dialog>`;
  }

  private async give(): Promise<void> {
    const text = (name: string) => this.renderRoot.querySelector<HTMLInputElement>(`[name="${name}"]`)?.value ?? "";
    await ask("PUT", PATH, { client_id: text("client_id"), client_secret: text("client_secret") });
    tell(words.plantbook.kept);
  }

  private async forget(): Promise<void> {
    await ask("DELETE", PATH);
    tell(words.plantbook.forgotten);
  }

  private closed(): void {
    this.asks = undefined;
    void this.asked.again();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-plantbook": Plantbook;
  }
}
