/** A plant's pictures by date, the newest large; each opens in front of the page. */
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { ask, send } from "../data/api.js";
import { store } from "../data/store.js";
import type { Page, Photo, Plant } from "../data/types.js";
import { shared } from "../look/shared.js";
import { date } from "../words/format.js";
import { words } from "../words/index.js";
import { tell, tellProblem } from "./told.js";

import "./lightbox.js";

/** Pictures that are shown before somebody asks for all: the newest and two rows. */
const FEW = 7;

@customElement("plantops-photos")
export class Photos extends LitElement {
  @property({ attribute: false }) plant!: Plant;
  /** Another number: the plant's care log has changed, and a picture is an entry of it. */
  @property({ type: Number }) turn = 0;
  @state() private photos: readonly Photo[] | undefined;
  @state() private all = false;
  @state() private open: number | undefined;

  static override styles = [
    shared,
    css`
      img {
        display: block;
        width: 100%;
        height: 100%;
        object-fit: cover;
        background: var(--raised);
      }
      ol {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 1fr));
        gap: 0.5rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li:first-child {
        grid-column: 1 / -1;
      }
      li button {
        display: block;
        width: 100%;
        aspect-ratio: 1;
        padding: 0;
        border: 0;
        overflow: hidden;
      }
      li:first-child button {
        aspect-ratio: 4 / 3;
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
        margin-top: 0.8rem;
      }
      input {
        position: absolute;
        opacity: 0;
        min-height: 0;
        width: 1px;
      }
      .acts label {
        display: inline-flex;
        align-items: center;
        min-height: 2.75rem;
        padding: 0 0.9rem;
        border: 1px solid var(--line);
        border-radius: 0.6rem;
        font-weight: 600;
        cursor: pointer;
      }
      .acts label:has(:focus-visible) {
        outline: 0.16rem solid var(--leaf);
      }
    `,
  ];

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("plant");
    if (changed.has("turn") || !before || before.id !== this.plant.id || before.photo_id !== this.plant.photo_id) {
      void this.fetch();
    }
  }

  override render() {
    const { photos, plant } = this;
    if (photos?.length === 0 && !store.may("care")) return nothing;
    const some = this.all ? photos : photos?.slice(0, FEW);
    return html`<section class="card">
      <h2>${words.photos.title}</h2>
      ${photos?.length === 0 ? html`<p class="soft">${words.photos.none}</p>` : nothing}
      <ol>
        ${repeat(
          some ?? [],
          (photo) => photo.id,
          (photo, at) =>
            html`<li>
              <button type="button" @click=${() => (this.open = at)}>
                <img
                  src="/api/v1/plants/${plant.id}/photos/${photo.id}${at === 0 ? "" : "/thumbnail"}"
                  alt=${words.photos.of(plant.name, date(photo.taken_at))}
                  loading="lazy"
                />
              </button>
              <div class="soft small">${date(photo.taken_at)}</div>
            </li>`,
        )}
      </ol>
      <div class="acts">${this.add()} ${this.more()}</div>
      ${
        this.open === undefined || !photos?.length
          ? nothing
          : html`<plantops-lightbox
              .plant=${plant}
              .photos=${photos}
              .at=${this.open}
              @closed=${() => (this.open = undefined)}
            ></plantops-lightbox>`
      }
    </section>`;
  }

  private add() {
    if (!store.may("care")) return nothing;
    const add = (event: Event) => void this.addPhoto(event.target as HTMLInputElement);
    return html`<label><input type="file" accept="image/*" @change=${add} />${words.plant.addPhoto}</label>`;
  }

  private more() {
    const count = this.photos?.length ?? 0;
    if (count <= FEW) return nothing;
    return html`<button type="button" aria-expanded=${this.all} @click=${() => (this.all = !this.all)}>
      ${this.all ? words.photos.fewer : words.photos.all(count)}
    </button>`;
  }

  private async fetch(): Promise<void> {
    const { id } = this.plant;
    const found: Photo[] = [];
    let cursor = "";
    do {
      const path = `plants/${id}/photos?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
      const page: Page<Photo> | undefined = await ask<Page<Photo>>("GET", path).catch(() => undefined);
      if (!page || id !== this.plant.id) return;
      found.push(...page.items);
      cursor = page.next ?? "";
    } while (cursor);
    this.photos = found;
  }

  private async addPhoto(input: HTMLInputElement): Promise<void> {
    const [file] = input.files ?? [];
    if (!file) return;
    try {
      await send(`plants/${this.plant.id}/photos`, file);
      tell(words.plant.photoAdded);
      await this.fetch();
    } catch (error) {
      tellProblem(error);
    } finally {
      input.value = "";
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-photos": Photos;
  }
}
