/** Calibrate a probe in its owner's own soil: dry, then soaked, with the live value until it has settled. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { ask, Problem } from "../data/api.js";
import type { CalibrationProcedure, Channel, ChannelCalibration } from "../data/types.js";
import { shared } from "../look/shared.js";
import { measure } from "../words/format.js";
import { words } from "../words/index.js";
import { written } from "../words/locale.js";
import { inWords, tell } from "./told.js";

import "./dialog.js";

/** Milliseconds between two looks at the live value. */
const EVERY = 2_000;
const STEPS = ["dry", "wet"] as const;
type Step = (typeof STEPS)[number];

@customElement("plantops-calibration-form")
export class CalibrationForm extends LitElement {
  @property({ attribute: false }) channel!: Channel;
  @state() private procedure: CalibrationProcedure | undefined;
  @state() private said = "";
  @state() private busy = false;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** Whether it is known if a calibration is under way already. */
  #met = false;
  /** A look that is not answered yet: what is done waits for it, so that an old answer never comes upon a newer one. */
  #looking: Promise<void> | undefined;

  static override styles = [
    shared,
    css`
      ol {
        margin: 0;
        padding-left: 1.3rem;
      }
      li {
        margin-bottom: 1rem;
      }
      .live {
        font-size: 1.6rem;
        font-weight: 650;
      }
      .said {
        color: var(--alarm);
        font-weight: 600;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.look();
    this.#timer = setInterval(() => this.look(), EVERY);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  override render() {
    const ready = this.procedure?.preview && !this.procedure.live;
    return html`<plantops-dialog
      heading=${words.calibration.title(this.channel.name)}
      does=${ready ? words.calibration.commit : ""}
      .work=${() => this.commit()}
    >
      <p class="soft">${words.calibration.why}</p>
      <ol>
        ${STEPS.map((step) => html`<li>${this.step(step)}</li>`)}
      </ol>
      ${this.said ? html`<p class="said" role="alert">${this.said}</p>` : nothing}
    </plantops-dialog>`;
  }

  private step(step: Step) {
    const taken = this.procedure?.points.find((point) => point.capture === step);
    const live = this.procedure?.live?.capture === step ? this.procedure.live : undefined;
    const unit = this.procedure?.sent_unit ?? this.channel.unit;
    const act = (label: string, path: string, body: object, main = false) =>
      html`<button
        type="button"
        class=${main ? "main" : ""}
        ?disabled=${this.busy}
        @click=${() => void this.act(path, body)}
      >
        ${label}
      </button>`;
    return html`<strong>${words.calibration[step]}</strong>
      <p class="soft small">${words.calibration[`${step}How`]}</p>
      ${taken ? html`<p>✓ ${measure(taken.sent, unit, "soil_moisture")}</p>` : nothing}
      ${
        live
          ? html`<p role="status">
                <span class="live">${live.sent === null ? "–" : measure(live.sent, unit, "soil_moisture")}</span>
                <span lang=${live.missing ? written : nothing}>${live.missing ?? words.calibration.steady}</span>
              </p>
              ${act(live.steady ? words.calibration.take : words.calibration.takeAnyway, "/capture", { anyway: !live.steady }, true)}`
          : act(taken ? words.calibration.again : words.calibration.begin, "", { capture: step })
      }`;
  }

  private get path(): string {
    return `channels/${this.channel.id}/calibration`;
  }

  /** Look how far it is, unless nothing is under way: then it begins with the first step. */
  private look(): void {
    if (this.busy || this.#looking || (this.#met && !this.procedure)) return;
    this.#looking = this.fetchProcedure()
      .catch((error: unknown) => (this.said = inWords(error)))
      .then(() => (this.#looking = undefined));
  }

  private async fetchProcedure(): Promise<void> {
    const known = this.#met || (await ask<ChannelCalibration>("GET", this.path)).under_way;
    this.#met = true;
    try {
      this.procedure = known ? await ask<CalibrationProcedure>("GET", `${this.path}/procedure`) : undefined;
    } catch (error) {
      // Somebody else has ended it.
      if (!(error instanceof Problem && error.code === "calibration_not_begun")) throw error;
      this.procedure = undefined;
    }
  }

  private async act(path: string, body: object): Promise<void> {
    this.busy = true;
    this.said = "";
    await this.#looking;
    try {
      this.procedure = await ask<CalibrationProcedure>("POST", `${this.path}/procedure${path}`, body);
    } catch (error) {
      this.said = inWords(error);
    } finally {
      this.busy = false;
    }
  }

  private async commit(): Promise<void> {
    this.busy = true;
    await this.#looking;
    try {
      await ask("POST", `${this.path}/procedure/commit`, {});
      clearInterval(this.#timer);
      tell(words.calibration.committed(this.channel.name));
    } finally {
      this.busy = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-calibration-form": CalibrationForm;
  }
}
