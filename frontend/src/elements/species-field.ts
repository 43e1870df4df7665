/** Choose a species profile by any of its names, in any spelling; what is typed stays free text otherwise. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { address, ask } from "../data/api.js";
import type { Page, SpeciesFound } from "../data/types.js";
import { fields } from "../look/fields.js";
import { shared } from "../look/shared.js";
import { language, words } from "../words/index.js";

/** Milliseconds without a letter, after which is searched. */
const PAUSE = 200;

@customElement("plantops-species-field")
export class SpeciesField extends LitElement {
  @property() text = "";
  @property({ attribute: false }) speciesId: string | null = null;
  @state() private found: readonly SpeciesFound[] = [];
  @state() private at = -1;
  #timer: ReturnType<typeof setTimeout> | undefined;

  static override styles = [
    shared,
    fields,
    css`
      :host {
        display: block;
        position: relative;
      }
      ul {
        position: absolute;
        z-index: 1;
        inset: 100% 0 auto;
        max-height: 14rem;
        overflow: auto;
        margin: 0.2rem 0 0;
        padding: 0.3rem;
        list-style: none;
        background: var(--card);
        border: 1px solid var(--line);
        border-radius: 0.6rem;
      }
      li {
        padding: 0.45rem 0.6rem;
        border-radius: 0.4rem;
        cursor: pointer;
      }
      li[aria-selected="true"],
      li:hover {
        background: var(--raised);
      }
    `,
  ];

  override render() {
    const open = this.found.length > 0;
    return html`<label
        >${words.plant.species}
        <input
          role="combobox"
          autocomplete="off"
          aria-expanded=${open ? "true" : "false"}
          aria-controls="found"
          aria-autocomplete="list"
          aria-activedescendant=${this.at >= 0 ? `found-${this.at}` : nothing}
          .value=${this.text}
          @input=${this.typed}
          @keydown=${this.key}
          @blur=${() => (this.found = [])}
        />
      </label>
      <span class="soft small">${this.speciesId ? words.species.chosen : words.species.free}</span>
      <ul id="found" role="listbox" aria-label=${words.plant.species} ?hidden=${!open}>
        ${this.found.map(
          (species, at) =>
            html`<li
              id="found-${at}"
              role="option"
              aria-selected=${at === this.at ? "true" : "false"}
              @pointerdown=${(event: Event) => {
                event.preventDefault();
                this.choose(species);
              }}
            >
              ${species.name} <span class="soft small">${commonName(species)}</span>
            </li>`,
        )}
      </ul>`;
  }

  private typed(event: InputEvent): void {
    this.text = (event.target as HTMLInputElement).value;
    this.speciesId = null;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.search(this.text.trim()), PAUSE);
  }

  private async search(text: string): Promise<void> {
    const page = text
      ? await ask<Page<SpeciesFound>>("GET", address("species", { search: text, limit: 8 })).catch(() => undefined)
      : undefined;
    if (text !== this.text.trim()) return;
    this.found = page?.items ?? [];
    this.at = -1;
  }

  private key(event: KeyboardEvent): void {
    const species = this.found[this.at];
    if (event.key === "ArrowDown") this.at = Math.min(this.at + 1, this.found.length - 1);
    else if (event.key === "ArrowUp") this.at = Math.max(this.at - 1, -1);
    else if (event.key === "Enter" && species) this.choose(species);
    else if (event.key === "Escape" && this.found.length > 0) this.found = [];
    else return;
    event.preventDefault();
  }

  private choose(species: SpeciesFound): void {
    this.text = species.name;
    this.speciesId = species.id;
    this.found = [];
  }
}

function commonName(species: SpeciesFound): string {
  const names = language === "de" ? species.common_names.de : species.common_names.en;
  return species.matched && species.matched !== species.name ? species.matched : (names[0] ?? "");
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-species-field": SpeciesField;
  }
}
