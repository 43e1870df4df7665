/** One picture in front of the page; arrow keys lead to the older and the newer ones, Escape back. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { ask } from "../data/api.js";
import { store } from "../data/store.js";
import type { Photo, Plant } from "../data/types.js";
import { front } from "../look/front.js";
import { shared } from "../look/shared.js";
import { date } from "../words/format.js";
import { words } from "../words/index.js";
import { tell, tellProblem } from "./told.js";

@customElement("plantops-lightbox")
export class Lightbox extends LitElement {
  @property({ attribute: false }) plant!: Plant;
  /** The newest first. */
  @property({ attribute: false }) photos: readonly Photo[] = [];
  @property({ type: Number }) at = 0;
  /** Somebody asked to remove the picture, and is asked whether that is meant. */
  @state() private removing = false;
  @query("dialog") private dialog!: HTMLDialogElement;

  static override styles = [
    shared,
    front,
    css`
      dialog {
        width: min(60rem, calc(100vw - 1.5rem));
        max-height: calc(100dvh - 1.5rem);
        padding: 0.8rem;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 70%);
      }
      img {
        display: block;
        max-width: 100%;
        height: calc(100dvh - 10rem);
        max-height: 60rem;
        margin: 0 auto 0.8rem;
        object-fit: contain;
      }
      .ways {
        justify-content: center;
      }
      .which {
        margin: 0 0 0.6rem;
        text-align: center;
      }
      @media (max-width: 40rem) {
        img {
          height: auto;
          max-height: calc(100dvh - 13rem);
        }
      }
      .bad {
        color: var(--alarm);
      }
    `,
  ];

  protected override firstUpdated(): void {
    this.dialog.showModal();
  }

  override render() {
    const last = this.photos.length - 1;
    const at = Math.min(this.at, last);
    const photo = this.photos[at];
    if (!photo) return nothing;
    const name = words.photos.of(this.plant.name, date(photo.taken_at));
    return html`<dialog aria-label=${name} @close=${this.closed} @keydown=${this.key} @click=${this.beside}>
      <img
        src="/api/v1/plants/${this.plant.id}/photos/${photo.id}"
        alt=${name}
        width=${photo.width}
        height=${photo.height}
      />
      <p class="which" role="status">
        ${date(photo.taken_at)} <span class="soft">· ${words.photos.where(at + 1, this.photos.length)}</span>
      </p>
      <div class="ways">
        <button type="button" ?disabled=${at === last} @click=${() => this.go(1)}>‹ ${words.photos.before}</button>
        <button type="button" ?disabled=${at === 0} @click=${() => this.go(-1)}>${words.photos.after} ›</button>
        ${
          store.may("care")
            ? html`<button type="button" class=${this.removing ? "bad" : ""} @click=${() => void this.forget(photo)}>
                ${this.removing ? words.ask.sure : words.photos.remove}
              </button>`
            : nothing
        }
        <button type="button" autofocus @click=${() => this.dialog.close()}>${words.ask.close}</button>
      </div>
    </dialog>`;
  }

  private go(step: number): void {
    this.at = Math.min(Math.max(this.at + step, 0), this.photos.length - 1);
    this.removing = false;
  }

  private key(event: KeyboardEvent): void {
    const last = this.photos.length - 1;
    const step = { ArrowLeft: 1, ArrowRight: -1, Home: last, End: -last }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.go(step);
  }

  private beside(event: Event): void {
    if (event.target === this.dialog) this.dialog.close();
  }

  private closed(): void {
    this.dispatchEvent(new CustomEvent("closed"));
  }

  private async forget(photo: Photo): Promise<void> {
    if (!this.removing) {
      this.removing = true;
      return;
    }
    try {
      await ask("DELETE", `plants/${this.plant.id}/photos/${photo.id}`);
      tell(words.photos.removed);
      this.dialog.close();
    } catch (error) {
      tellProblem(error);
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-lightbox": Lightbox;
  }
}
