/** Let a pump or valve water plants, or change what it may do. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { ask, Problem } from "../../data/api.js";
import { freeValves } from "../../data/valves.js";
import { store } from "../../data/store.js";
import type { Channel, Irrigator, Plant } from "../../data/types.js";
import { fields } from "../../look/fields.js";
import { shared } from "../../look/shared.js";
import { words as all } from "../../words/irrigation.js";
import { tell } from "../told.js";

import "../dialog.js";

const words = all.form;
const BASES = ["moisture", "next_watering"] as const;

@customElement("plantops-irrigator-form")
export class IrrigatorForm extends LitElement {
  @property({ attribute: false }) plant!: Plant;
  /** None: a new one. */
  @property({ attribute: false }) irrigator: Irrigator | undefined;
  @state() private byItself: boolean | undefined;

  static override styles = [
    shared,
    fields,
    css`
      .choices {
        max-height: 11rem;
        overflow-y: auto;
      }
    `,
  ];

  override render() {
    const { irrigator } = this;
    return html`<plantops-dialog
      heading=${irrigator ? words.change(irrigator.name) : words.add}
      .work=${() => this.save()}
    >
      <div class="fields">
        ${irrigator ? nothing : this.valves()}
        <label class=${irrigator ? "wide" : ""}
          >${words.name}<input
            name="name"
            maxlength="120"
            ?required=${irrigator !== undefined}
            placeholder=${words.asValve}
            .value=${irrigator?.name ?? ""}
        /></label>
        ${this.plants()} ${irrigator ? check("enabled", words.enabled, irrigator.enabled) : nothing}
      </div>
      ${this.limits()} ${this.watched()} ${this.automatic()}
    </plantops-dialog>`;
  }

  private valves() {
    const free = store.garden ? freeValves(store.garden) : [];
    return html`<label
      >${words.valve}
      <select name="valve">
        ${free.map(
          ({ device, valve }) =>
            html`<option value="${device.id} ${valve.key}">${device.name}: ${valve.name ?? valve.key}</option>`,
        )}
      </select></label
    >`;
  }

  private plants() {
    const plants = [...(store.garden?.plants.values() ?? [])].sort((a, b) => a.name.localeCompare(b.name));
    const on = this.irrigator?.plant_ids ?? [this.plant.id];
    return html`<fieldset class="wide">
      <legend>${words.plants}</legend>
      <div class="choices" tabindex="0" role="group" aria-label=${words.plants}>
        ${plants.map(
          ({ id, name }) =>
            html`<label class="check"
              ><input type="checkbox" name="plants" value=${id} .checked=${on.includes(id)} />${name}</label
            >`,
        )}
      </div>
    </fieldset>`;
  }

  private limits() {
    const { irrigator } = this;
    return html`<details>
      <summary>${words.limits}</summary>
      <div class="fields">
        ${amount("max_seconds", words.most, irrigator?.max_seconds ?? 30, 1, 3600)}
        ${amount("pause_minutes", words.pause, (irrigator?.pause_seconds ?? 3600) / 60, 0, 10_080)}
        ${amount("daily_max_seconds", words.daily, irrigator?.daily_max_seconds ?? 120, 1, 86_400)}
        <label
          >${words.litres}<input
            name="litres_per_minute"
            type="number"
            min="0.001"
            max="200"
            step="any"
            placeholder=${words.declared}
            .value=${String(irrigator?.litres_per_minute ?? "")}
        /></label>
      </div>
    </details>`;
  }

  private watched() {
    const { irrigator } = this;
    return html`<details>
      <summary>${words.watched}</summary>
      <p class="soft small">${words.watchedMore}</p>
      <div class="fields">
        ${channel("reservoir_channel_id", words.reservoir, ["water_level"], irrigator?.reservoir_channel_id)}
        ${amount("reservoir_minimum", words.minimum, irrigator?.reservoir_minimum ?? 10, 0, 100)}
        ${channel("leak_channel_id", words.leak, ["leak"], irrigator?.leak_channel_id)}
        ${channel("flow_channel_id", words.flow, ["flow", "valve_open"], irrigator?.flow_channel_id)}
      </div>
    </details>`;
  }

  private automatic() {
    const now = this.irrigator?.automatic;
    const on = this.byItself ?? Boolean(now);
    return html`<details>
      <summary>${words.self}</summary>
      <p class="soft small">${words.selfMore}</p>
      <div class="fields">
        <label class="wide check"
          ><input
            type="checkbox"
            name="automatic"
            .checked=${on}
            @change=${(event: Event) => (this.byItself = (event.target as HTMLInputElement).checked)}
          />${words.self}</label
        >
        ${
          on
            ? html`${amount("seconds", words.each, now?.seconds ?? 10, 1, 3600)}
                ${amount("most_per_day", words.times, now?.most_per_day ?? 1, 1, 24)}
                <label class="wide"
                  >${words.basis}
                  <select name="basis">
                    ${BASES.map(
                      (basis) =>
                        html`<option value=${basis} ?selected=${basis === now?.basis}>${words.bases[basis]}</option>`,
                    )}
                  </select></label
                >
                ${time("from", words.from, now?.from ?? "07:00")} ${time("until", words.until, now?.until ?? "10:00")}`
            : nothing
        }
      </div>
    </details>`;
  }

  private async save(): Promise<void> {
    const { irrigator } = this;
    const boxes = this.renderRoot.querySelectorAll<HTMLInputElement>('[name="plants"]:checked');
    if (boxes.length === 0) throw new Problem("invalid", 0, words.somePlant);
    const name = this.text("name");
    const flow = this.text("litres_per_minute");
    const wish = {
      ...(name && { name }),
      plant_ids: [...boxes].map((box) => box.value),
      max_seconds: Number(this.text("max_seconds")),
      pause_seconds: Number(this.text("pause_minutes")) * 60,
      daily_max_seconds: Number(this.text("daily_max_seconds")),
      ...((flow || irrigator) && { litres_per_minute: flow ? Number(flow) : null }),
      reservoir_channel_id: numberOrNull(this.text("reservoir_channel_id")),
      reservoir_minimum: Number(this.text("reservoir_minimum")),
      leak_channel_id: numberOrNull(this.text("leak_channel_id")),
      flow_channel_id: numberOrNull(this.text("flow_channel_id")),
      automatic: this.checked("automatic") ? this.wishedAutomatic() : null,
    };
    if (irrigator) {
      await ask("PATCH", `irrigators/${irrigator.id}`, { ...wish, enabled: this.checked("enabled") });
      tell(words.saved(name));
    } else {
      const [device, valve] = this.text("valve").split(" ");
      const made = await ask<Irrigator>("POST", "irrigators", { ...wish, device_id: device, valve });
      tell(words.saved(made.name));
    }
  }

  private wishedAutomatic() {
    return {
      seconds: Number(this.text("seconds")),
      basis: this.text("basis"),
      from: this.text("from"),
      until: this.text("until"),
      most_per_day: Number(this.text("most_per_day")),
    };
  }

  private text(name: string): string {
    const field = this.renderRoot.querySelector<HTMLInputElement | HTMLSelectElement>(`[name="${name}"]`);
    return field?.value.trim() ?? "";
  }

  private checked(name: string): boolean {
    return this.renderRoot.querySelector<HTMLInputElement>(`[name="${name}"]`)?.checked ?? false;
  }
}

function check(name: string, label: string, checked: boolean) {
  return html`<label class="wide check"><input type="checkbox" name=${name} .checked=${checked} />${label}</label>`;
}

function amount(name: string, label: string, value: number, min: number, max: number) {
  return html`<label
    >${label}<input name=${name} type="number" required step="any" min=${min} max=${max} .value=${String(value)}
  /></label>`;
}

function time(name: string, label: string, value: string) {
  return html`<label>${label}<input name=${name} type="time" required .value=${value.slice(0, 5)} /></label>`;
}

function channel(name: string, label: string, metrics: readonly string[], chosen: number | null | undefined) {
  const channels = [...(store.garden?.devices.values() ?? [])].flatMap((device) =>
    device.channels.filter((one) => metrics.includes(one.metric)).map((one) => [device.name, one] as const),
  );
  const option = ([device, one]: readonly [string, Channel]) =>
    html`<option value=${one.id} ?selected=${one.id === chosen}>${device}: ${one.name}</option>`;
  return html`<label
    >${label}
    <select name=${name}>
      <option value="">${words.nobody}</option>
      ${channels.map(option)}
    </select></label
  >`;
}

function numberOrNull(text: string): number | null {
  return text === "" ? null : Number(text);
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-irrigator-form": IrrigatorForm;
  }
}
