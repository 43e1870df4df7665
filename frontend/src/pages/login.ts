/** The door: a token once, then the browser keeps a cookie that no script can read. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { Problem } from "../data/api.js";
import { store } from "../data/store.js";
import { inWords } from "../elements/told.js";
import { leaf } from "../look/leaf.js";
import { shared } from "../look/shared.js";
import { words } from "../words/index.js";

@customElement("plantops-login")
export class Login extends LitElement {
  @state() private said = "";
  @state() private busy = false;
  @query("input") private input!: HTMLInputElement;

  static override styles = [
    shared,
    css`
      form {
        max-width: 25rem;
        margin: 12vh auto 0;
      }
      h1 {
        margin: 0.7rem 0 1.2rem;
      }
      label {
        display: block;
        font-weight: 600;
        margin-bottom: 0.3rem;
      }
      input {
        width: 100%;
        margin-bottom: 0.4rem;
      }
      button {
        width: 100%;
        margin-top: 0.6rem;
      }
      .said {
        color: var(--alarm);
        font-weight: 600;
      }
    `,
  ];

  override render() {
    return html`<form class="card" @submit=${this.enter}>
      ${leaf(44)}
      <h1>${words.login.title}</h1>
      <label for="token">${words.login.token}</label>
      <input id="token" type="password" autocomplete="current-password" required aria-describedby="hint" autofocus />
      <p id="hint" class="soft small">${words.login.hint}</p>
      ${this.said ? html`<p class="said" role="alert">${this.said}</p>` : nothing}
      <button class="main" ?disabled=${this.busy}>${words.login.enter}</button>
    </form>`;
  }

  private async enter(event: Event): Promise<void> {
    event.preventDefault();
    this.busy = true;
    this.said = "";
    try {
      await store.enter(this.input.value.trim());
    } catch (error) {
      this.said = refusal(error);
      this.input.select();
    } finally {
      this.busy = false;
    }
  }
}

function refusal(error: unknown): string {
  if (!(error instanceof Problem)) return inWords(error);
  if (error.status === 401) return words.login.wrong;
  return error.status === 429 ? words.login.blocked : inWords(error);
}
