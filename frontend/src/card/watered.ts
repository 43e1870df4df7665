/** The button that writes a watering down: on the card, in the garden's lines, and as a feature of other cards. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { Hass } from "./hass.js";
import { words } from "./words.js";

/** Milliseconds for which it says that it is written down, and takes no second press. */
const STAYS = 4_000;

@customElement("plantops-watered")
export class Watered extends LitElement {
  @property({ attribute: false }) hass: Hass | undefined;
  /** The plant's device in Home Assistant. */
  @property() device = "";
  @property() plant = "";
  /** Only the picture, where there is little room. */
  @property({ type: Boolean, reflect: true }) small = false;
  @property({ type: Boolean }) disabled = false;
  @state() private step: "ready" | "writing" | "written" = "ready";
  #timer: ReturnType<typeof setTimeout> | undefined;

  static override styles = css`
    :host {
      display: block;
      position: relative;
    }
    button {
      display: inline-flex;
      align-items: center;
      justify-content: center;
      gap: 0.5em;
      width: 100%;
      height: var(--feature-height, 42px);
      padding: 0 1em;
      border: 0;
      border-radius: var(--feature-border-radius, 12px);
      color: var(--primary-text-color, #212121);
      background: color-mix(in srgb, var(--info-color, #039be5) 18%, transparent);
      font: inherit;
      font-weight: var(--ha-font-weight-medium, 500);
      cursor: pointer;
      --mdc-icon-size: 20px;
    }
    :host([small]) button {
      width: 44px;
      height: 44px;
      padding: 0;
      border-radius: 50%;
    }
    button:hover:not(:disabled) {
      background: color-mix(in srgb, var(--info-color, #039be5) 28%, transparent);
    }
    button:focus-visible {
      outline: 2px solid var(--primary-color, #03a9f4);
      outline-offset: 2px;
    }
    button:disabled {
      cursor: default;
      opacity: 0.5;
    }
    .written {
      opacity: 1;
      background: color-mix(in srgb, var(--success-color, #43a047) 22%, transparent);
    }
    [role="status"] {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    @media (prefers-reduced-motion: no-preference) {
      button {
        transition: background-color 180ms;
      }
    }
  `;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.step = "ready";
  }

  override render() {
    const say = words(this.hass);
    const written = this.step === "written";
    return html`<button
        type="button"
        class=${this.step}
        aria-label=${say.wateredOf(this.plant)}
        title=${this.small ? say.watered : nothing}
        aria-disabled=${this.step === "ready" ? nothing : "true"}
        ?disabled=${this.disabled}
        @click=${this.write}
      >
        <ha-icon icon=${written ? "mdi:check" : "mdi:watering-can"}></ha-icon>
        ${this.small ? nothing : html`<span>${written ? say.writtenDown : say.watered}</span>`}
      </button>
      <div role="status">${written ? `${say.writtenDown}: ${this.plant}` : nothing}</div>`;
  }

  /** Home Assistant itself tells when an action fails; then it can be pressed again at once. */
  private async write(event: Event): Promise<void> {
    event.stopPropagation();
    if (this.step !== "ready" || !this.hass) return;
    this.step = "writing";
    try {
      await this.hass.callService("plantops", "log_care", { device_id: [this.device], kind: "watered" });
    } catch {
      this.step = "ready";
      return;
    }
    this.step = "written";
    this.#timer = setTimeout(() => (this.step = "ready"), STAYS);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-watered": Watered;
  }
}
