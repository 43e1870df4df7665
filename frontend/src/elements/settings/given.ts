/** What opens something and is given away: which there are, a new one that is shown once, and an end to one. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { ask } from "../../data/api.js";
import type { Page } from "../../data/types.js";
import { fields } from "../../look/fields.js";
import { lines } from "../../look/lines.js";
import { shared } from "../../look/shared.js";
import { moment } from "../../words/format.js";
import { words } from "../../words/settings.js";
import { Asked } from "../asked.js";
import { tell } from "../told.js";
import { ending, ends, stands } from "./ends.js";

import "../dialog.js";
import "../secret.js";
import "../section.js";

interface One {
  readonly id: string;
  readonly name: string;
  readonly created_at: string;
  readonly expires_at?: string | null;
  readonly revoked_at?: string | null;
}

/** What is said of it as a whole, and of one. */
interface Said {
  readonly title: string;
  readonly why: string;
  readonly empty: string;
  readonly add: string;
  readonly name: string;
  readonly made: (name: string) => string;
  readonly revokeSure: (name: string) => string;
  readonly revoked: (name: string) => string;
}

export abstract class Given<Known extends One, Made extends { readonly name: string }> extends LitElement {
  private readonly asked = new Asked<Page<Known>>(this, () => ask("GET", `${this.path}?limit=200`));
  @state() private making = false;
  @state() private made: Made | undefined;
  @state() private revoking: Known | undefined;

  static override styles = [shared, fields, lines];

  protected abstract readonly path: string;
  protected abstract readonly said: Said;
  /** Hours after which a new one may end; undefined: never. */
  protected abstract readonly ends: readonly (number | undefined)[];
  protected readonly usual: number | undefined = undefined;

  /** Tell what it is good for. */
  protected abstract about(one: Known): string;
  /** Tell how it was used. */
  protected abstract used(one: Known, now: number): string;
  /** Give what is shown this once. */
  protected abstract secret(made: Made): string;
  /** Ask what a new one shall be good for. */
  protected abstract question(): TemplateResult;
  /** Give the answer, as the API wants it. */
  protected abstract answer(form: ParentNode): object;

  protected opens(one: Known): boolean {
    return stands(one);
  }

  override render() {
    return html`<plantops-section heading=${this.said.title} why=${this.said.why}>
        ${this.asked.show(({ items }) => this.list(items.filter((one) => this.opens(one))))}
      </plantops-section>
      <div @closed=${this.closed}>${this.dialog()}</div>`;
  }

  private list(all: readonly Known[]) {
    const list = html`<ul class="lines">
      ${repeat(
        all,
        (one) => one.id,
        (one) => html`<li>${this.line(one)}</li>`,
      )}
    </ul>`;
    return html`${all.length > 0 ? list : html`<p class="soft">${this.said.empty}</p>`}
      <div class="acts"><button @click=${() => (this.making = true)}>${this.said.add}</button></div>`;
  }

  private line(one: Known) {
    const now = Date.now();
    return html`<div class="line">
      <div class="what">
        <strong>${one.name}</strong> <span class="soft">${this.about(one)}</span>
        <div class="small soft" title=${moment(one.created_at)}>
          ${this.used(one, now)}${ending(one.expires_at, now)}
        </div>
      </div>
      <button aria-label="${words.tokens.revoke}: ${one.name}" @click=${() => (this.revoking = one)}>
        ${words.tokens.revoke}
      </button>
    </div>`;
  }

  private dialog() {
    const { made, revoking, said } = this;
    if (made) {
      return html`<plantops-dialog heading=${said.made(made.name)} does="">
        <p>${words.tokens.once}</p>
        <plantops-secret label=${said.title} text=${this.secret(made)}></plantops-secret>
      </plantops-dialog>`;
    }
    if (this.making) return this.form();
    if (!revoking) return nothing;
    return html`<plantops-dialog
      heading=${words.tokens.revoke}
      does=${words.tokens.revoke}
      grave
      .work=${() => this.revoke(revoking)}
    >
      <p>${said.revokeSure(revoking.name)}</p>
    </plantops-dialog>`;
  }

  private form() {
    return html`<plantops-dialog heading=${this.said.add} does=${words.tokens.make} .work=${() => this.make()}>
      <div class="fields">
        <label class="wide">${this.said.name}<input name="name" required maxlength="120" /></label>
        ${this.question()} ${ends(words.tokens.ends, this.ends, this.usual)}
      </div>
    </plantops-dialog>`;
  }

  private async make(): Promise<"open"> {
    const text = (name: string) => this.renderRoot.querySelector<HTMLInputElement>(`[name="${name}"]`)?.value ?? "";
    const hours = text("ends");
    this.made = await ask<Made>("POST", this.path, {
      name: text("name"),
      ...this.answer(this.renderRoot),
      ...(hours && { expires_at: new Date(Date.now() + Number(hours) * 3_600_000).toISOString() }),
    });
    return "open";
  }

  private async revoke(one: Known): Promise<void> {
    await ask("DELETE", `${this.path}/${one.id}`);
    tell(this.said.revoked(one.name));
  }

  private closed(): void {
    this.making = false;
    this.made = undefined;
    this.revoking = undefined;
    void this.asked.again();
  }
}
