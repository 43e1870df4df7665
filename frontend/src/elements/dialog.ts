/** A question in front of the page: a heading, what is asked (slotted), and the two ways out. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { front } from "../look/front.js";
import { shared } from "../look/shared.js";
import { words } from "../words/index.js";
import { inWords } from "./told.js";

@customElement("plantops-dialog")
export class Dialog extends LitElement {
  @property() heading = "";
  /** What the button says that does it; empty: there is nothing to do but to close. */
  @property() does = words.ask.save;
  /** It takes something away. */
  @property({ type: Boolean }) grave = false;
  /** What is done; the dialog closes when it went well (unless it answers "open"), and says in words what did not. */
  @property({ attribute: false }) work: () => Promise<unknown> = () => Promise.resolve();
  @state() private said = "";
  @state() private busy = false;
  @query("dialog") private dialog!: HTMLDialogElement;

  static override styles = [
    shared,
    front,
    css`
      dialog {
        width: min(34rem, calc(100vw - 1.5rem));
        max-height: calc(100dvh - 2rem);
      }
      .ways {
        margin-top: 1.2rem;
      }
      button.grave {
        background: var(--alarm);
        border-color: var(--alarm);
      }
      button.grave:hover:not(:disabled) {
        background: var(--alarm);
      }
      .said {
        margin: 0.8rem 0 0;
        color: var(--alarm);
        font-weight: 600;
      }
    `,
  ];

  protected override firstUpdated(): void {
    this.dialog.showModal();
  }

  override render() {
    return html`<dialog aria-labelledby="heading" @close=${this.closed}>
      <form novalidate @submit=${this.submit} @keydown=${this.entered}>
        <h2 id="heading">${this.heading}</h2>
        <slot></slot>
        ${this.said ? html`<p class="said" role="alert">${this.said}</p>` : nothing}
        <div class="ways">
          <button type="button" @click=${this.close}>${this.does ? words.ask.cancel : words.ask.close}</button>
          ${this.does ? html`<button class="main ${this.grave ? "grave" : ""}" ?disabled=${this.busy}>${this.does}</button>` : nothing}
        </div>
      </form>
    </dialog>`;
  }

  close(): void {
    this.dialog.close();
  }

  private closed(): void {
    this.dispatchEvent(new CustomEvent("closed", { bubbles: true, composed: true }));
  }

  /** Slotted fields belong to no form of another tree, so Enter in one of them is heard here. */
  private entered(event: KeyboardEvent): void {
    if (event.key !== "Enter" || !this.does || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    void this.submit(event);
  }

  /** ... and what they were asked to be (needed, a number, an address) is looked at here, too. */
  private get misfit(): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>("input:invalid, select:invalid, textarea:invalid");
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const { misfit } = this;
    if (this.busy || (misfit && !misfit.reportValidity())) return;
    this.busy = true;
    this.said = "";
    try {
      if ((await this.work()) !== "open") this.close();
    } catch (error) {
      this.said = inWords(error);
    } finally {
      this.busy = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-dialog": Dialog;
  }
}
