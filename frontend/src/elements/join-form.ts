/** Let a device in: a key for it alone, as text and for a phone, what its firmware is built with, and a look-out for it. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";

import { ask } from "../data/api.js";
import { gardenFile } from "../data/garden-file.js";
import { store, Watching } from "../data/store.js";
import type { Device, RegistrationKeyCreated, RegistrationPlace } from "../data/types.js";
import { fields } from "../look/fields.js";
import { moods, shared } from "../look/shared.js";
import { moment } from "../words/format.js";
import { words as common } from "../words/index.js";
import { words } from "../words/settings.js";
import { Asked } from "./asked.js";
import { Tap } from "./tap.js";
import { tell } from "./told.js";

import "./dialog.js";
import "./qr.js";
import "./secret.js";

/** Milliseconds that a key lets its device in. */
const LASTS = 3_600_000;

@customElement("plantops-join-form")
export class JoinForm extends LitElement {
  private readonly place = new Asked<RegistrationPlace>(this, () => ask("GET", "registration-place"));
  private readonly tap = new Tap(this);
  @state() private made: RegistrationKeyCreated | undefined;
  /** Who was here already when the key was made. */
  #known: ReadonlySet<string> = new Set();

  static override styles = [
    shared,
    moods,
    fields,
    css`
      ol {
        margin: 0;
        padding-left: 1.3rem;
      }
      ol > li {
        margin-bottom: 1.1rem;
      }
      .key p {
        margin: 0.6rem 0 0;
      }
      .key {
        display: grid;
        grid-template-columns: minmax(0, 11rem) minmax(0, 1fr);
        gap: 0.8rem 1.1rem;
        margin-bottom: 1.1rem;
      }
      pre {
        margin: 0 0 0.6rem;
        padding: 0.6rem 0.9rem;
        border-radius: 0.6rem;
        background: var(--raised);
        white-space: pre-wrap;
      }
      .news {
        margin-bottom: 1.1rem;
        padding: 0.8rem 0.9rem;
        border: 1px solid var(--line);
        border-radius: 0.6rem;
      }
      .news p:last-child {
        margin: 0;
      }
      @media (max-width: 28rem) {
        .key {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  constructor() {
    super();
    new Watching(this);
  }

  override render() {
    const { made } = this;
    if (!made) {
      return html`<plantops-dialog heading=${words.join.title} does=${words.join.make} .work=${() => this.make()}>
        <p>${words.join.why}</p>
        <label
          >${words.join.name}<input name="name" required maxlength="120" placeholder=${words.join.placeholder}
        /></label>
      </plantops-dialog>`;
    }
    return html`<plantops-dialog heading=${words.join.title} does="">
      <p>${words.join.once(moment(made.expires_at ?? Date.now()))}</p>
      <div class="key">
        <plantops-qr text=${made.registration_key} label=${words.join.qr}></plantops-qr>
        <div>
          <plantops-secret label=${words.join.key} text=${made.registration_key}></plantops-secret>
          <p class="soft small">${words.join.phone}</p>
        </div>
      </div>
      ${this.news()} ${this.place.show((place) => this.steps(place, made.registration_key))}
    </plantops-dialog>`;
  }

  private steps(place: RegistrationPlace, key: string) {
    return html`${
        place.problem
          ? html`<p class="warn" role="alert"><span class="mood" lang="en">${place.problem}</span></p>`
          : nothing
      }
      <ol>
        <li>
          <p>${words.join.file}</p>
          <plantops-secret label="garden.yaml" text=${gardenFile(place, key)}></plantops-secret>
        </li>
        ${
          place.authority
            ? html`<li>
                <p>${words.join.authority}</p>
                <plantops-secret label="garden-ca.pem" text=${place.authority}></plantops-secret>
              </li>`
            : nothing
        }
        <li>
          <p>${words.join.build}</p>
          <pre><code>cp basil.example.yaml basil.yaml
esphome run basil.yaml</code></pre>
        </li>
        <li>${words.join.comes}</li>
      </ol>`;
  }

  /** The page hears of new devices by itself; one that waits is let in right here. */
  private news() {
    const devices = [...(store.garden?.devices.values() ?? [])].filter((device) => !this.#known.has(device.id));
    return html`<div class="news" role="status">
      ${devices.length === 0 ? html`<p class="soft">${words.join.waiting}</p>` : devices.map((one) => this.arrived(one))}
    </div>`;
  }

  private arrived(device: Device) {
    const waits = device.access === "pending";
    return html`<p class=${waits ? "warn" : "fine"}>
        <span class="mood">${waits ? words.join.knocks(device.name) : words.join.isIn(device.name)}</span>
        <span class="soft small">${device.id}</span>
      </p>
      ${
        waits
          ? html`<button type="button" class="main" ?disabled=${this.tap.busy} @click=${() => this.approve(device)}>
              ${common.devices.approve}
            </button>`
          : nothing
      }`;
  }

  private async make(): Promise<"open"> {
    this.#known = new Set(store.garden?.devices.keys());
    this.made = await ask<RegistrationKeyCreated>("POST", "registration-keys", {
      name: this.renderRoot.querySelector<HTMLInputElement>('[name="name"]')?.value ?? "",
      once: true,
      expires_at: new Date(Date.now() + LASTS).toISOString(),
    });
    return "open";
  }

  private approve(device: Device): void {
    void this.tap.do(async () => {
      await ask("POST", `devices/${device.id}/approve`);
      tell(common.devices.approved(device.name));
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-join-form": JoinForm;
  }
}
