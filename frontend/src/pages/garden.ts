/** The garden: every plant as a card, the neediest first, to be searched and sifted. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { type Felt, type Mood, MOODS, neediestFirst } from "../data/feeling.js";
import type { Garden } from "../data/garden.js";
import { past } from "../data/past.js";
import { store, Watching } from "../data/store.js";
import type { Point } from "../data/types.js";
import { shared } from "../look/shared.js";
import { words } from "../words/index.js";

import "../elements/plant-card.js";
import "../elements/plant-form.js";

const LINE_DAYS = 14;
const LINE_POINTS = 84;
/** Cards that are drawn at once, which fill a screen, and those after each frame: none makes a tap wait. */
const FIRST = 12;
const MORE = 4;
/** Milliseconds for which a card must be seen before its line is fetched: who scrolls past needs none. */
const LOOK = 150;
/** Milliseconds in which no words on a card change by time alone. */
const MINUTE = 60_000;

/** How the garden was looked at last: who comes back from a plant finds it so. */
const left = { search: "", area: "", mood: "", drawn: FIRST };

type Card = Element & { felt: Felt; points: readonly Point[] | undefined };

@customElement("plantops-garden-page")
export class GardenPage extends LitElement {
  @state() private search = left.search;
  @state() private area = left.area;
  @state() private mood = left.mood;
  @state() private adding = false;
  @state() private drawn = left.drawn;
  #lines = new Map<string, readonly Point[]>();
  #sorted: { garden: Garden; minute: number; all: readonly Felt[] } | undefined;
  #drawing = false;
  #watched = new WeakSet<Element>();
  #inSight = new Set<Element>();
  #looking: ReturnType<typeof setTimeout> | undefined;
  #met = 0;
  #seen = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting) this.#inSight.add(target);
        else this.#inSight.delete(target);
      }
      clearTimeout(this.#looking);
      this.#looking = setTimeout(() => {
        for (const card of this.#inSight) void this.fetchLine(card as Card);
      }, LOOK);
    },
    { rootMargin: "300px" },
  );

  static override styles = [
    shared,
    css`
      .plants {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr));
        gap: 1rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      plantops-plant-card {
        height: 100%;
      }
      .title {
        display: flex;
        flex: 1 1 auto;
        gap: 0.6rem;
        align-items: baseline;
      }
      input {
        flex: 1 1 14rem;
        max-width: 22rem;
      }
      @media (max-width: 40rem) {
        input {
          flex-basis: 100%;
          max-width: none;
        }
        select {
          flex: 1 1 0;
          min-width: 0;
          padding-inline: 0.6rem;
        }
      }
    `,
  ];

  constructor() {
    super();
    new Watching(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    Object.assign(left, { search: this.search, area: this.area, mood: this.mood });
    this.#seen.disconnect();
    this.#inSight.clear();
    clearTimeout(this.#looking);
  }

  override render() {
    if (!store.garden) return html`<p class="empty soft" role="status">${words.app.loading}</p>`;
    const now = Date.now();
    const all = this.sorted(store.garden, now - (now % MINUTE));
    if (all.length === 0) {
      return html`<div class="empty">
        <h1>${words.garden.empty}</h1>
        <p class="soft">${words.garden.emptyMore}</p>
        ${this.add()}
      </div>`;
    }
    const sought = this.search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const sifted = sought.length > 0 || this.area || this.mood;
    const some = sifted ? all.filter((felt) => this.fits(felt, sought)) : all;
    return html`${this.head(all, some.length)}
    ${
      some.length === 0
        ? html`<div class="empty">
            <p>${words.garden.none}</p>
            <button @click=${this.clear}>${words.garden.clear}</button>
          </div>`
        : html`<ul class="plants" @click=${this.leave}>
            ${repeat(
              some.slice(0, this.drawn),
              ({ plant }) => plant.id,
              (felt) =>
                html`<li>
                  <plantops-plant-card
                    .felt=${felt}
                    .points=${this.#lines.get(felt.plant.id)}
                    .now=${now - (now % MINUTE)}
                  ></plantops-plant-card>
                </li>`,
            )}
          </ul>`
    }`;
  }

  /** The order is found anew when something happened, or a minute has passed. */
  private sorted(garden: Garden, minute: number): readonly Felt[] {
    if (this.#sorted?.garden !== garden || this.#sorted.minute !== minute) {
      this.#sorted = { garden, minute, all: neediestFirst(garden, minute) };
    }
    return this.#sorted.all;
  }

  private head(all: readonly Felt[], some: number) {
    const areas = [...new Set(all.flatMap(({ plant }) => plant.area ?? []))].sort((a, b) => a.localeCompare(b));
    return html`<div class="head">
      <div class="title">
        <h1>${words.garden.title}</h1>
        <span class="soft small" role="status">
          ${some < all.length ? words.garden.some(some, all.length) : words.garden.count(all.length)}
        </span>
      </div>
      ${this.add()}
      <input
        type="search"
        aria-label=${words.garden.search}
        placeholder=${words.garden.search}
        .value=${this.search}
        @input=${(event: InputEvent) => (this.search = (event.target as HTMLInputElement).value)}
      />
      <select aria-label=${words.garden.area} @change=${(event: Event) => (this.area = chosen(event))}>
        <option value="">${words.garden.everywhere}</option>
        ${areas.map((area) => html`<option ?selected=${area === this.area}>${area}</option>`)}
      </select>
      <select aria-label=${words.garden.state} @change=${(event: Event) => (this.mood = chosen(event))}>
        <option value="">${words.garden.anyState}</option>
        ${MOODS.map((mood) => html`<option value=${mood} ?selected=${mood === this.mood}>${moodWords(mood)}</option>`)}
      </select>
    </div>`;
  }

  private add() {
    if (!store.may("garden")) return nothing;
    return html`<button class="main" @click=${() => (this.adding = true)}>${words.form.add}</button> ${
        this.adding ? html`<plantops-plant-form @closed=${() => (this.adding = false)}></plantops-plant-form>` : nothing
      }`;
  }

  protected override updated(): void {
    this.drawMore();
    if (this.#met !== store.met) {
      // What is seen is told anew to the observer, and its line fetched anew.
      this.#met = store.met;
      this.#seen.disconnect();
      this.#inSight.clear();
      this.#watched = new WeakSet();
    }
    for (const card of this.renderRoot.querySelectorAll("plantops-plant-card")) {
      if (this.#watched.has(card)) continue;
      this.#watched.add(card);
      this.#seen.observe(card);
    }
  }

  private fits({ plant, feeling }: Felt, sought: readonly string[]): boolean {
    if (this.area && plant.area !== this.area) return false;
    if (this.mood && feeling.mood !== this.mood) return false;
    const text = `${plant.name} ${plant.species ?? ""} ${plant.area ?? ""}`.toLocaleLowerCase();
    return sought.every((word) => text.includes(word));
  }

  /** As many cards are drawn at once when somebody comes back as let the page stand where it was. */
  private leave(event: Event): void {
    const cards = [...this.renderRoot.querySelectorAll("plantops-plant-card")];
    left.drawn = cards.findIndex((card) => event.composedPath().includes(card)) + FIRST + MORE;
  }

  private clear(): void {
    this.search = this.area = this.mood = "";
  }

  /** Draw the other cards little by little, some after each frame. */
  private drawMore(): void {
    if (this.#drawing || this.drawn >= (store.garden?.plants.size ?? 0)) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      setTimeout(() => {
        this.#drawing = false;
        this.drawn += MORE;
      });
    });
  }

  /** A line that can't be had now is no line; it is tried again when the card is seen the next time. */
  private async fetchLine(card: Card): Promise<void> {
    const { id } = card.felt.plant;
    const found = await past(id, "soil_moisture", LINE_DAYS, LINE_POINTS).catch(() => undefined);
    if (!found) return;
    this.#lines.set(id, found.points);
    // Only this card is drawn anew, not the whole garden.
    if (card.felt.plant.id === id) card.points = found.points;
  }
}

function chosen(event: Event): string {
  return (event.target as HTMLSelectElement).value;
}

function moodWords(mood: Mood): string {
  return words.state[mood];
}
