/** Say which channels serve a plant, from now on: one for each metric at most. */
import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";

import { ask } from "../data/api.js";
import { moistureFirst } from "../data/feeling.js";
import { store } from "../data/store.js";
import type { Channel, Metric, Plant } from "../data/types.js";
import { fields } from "../look/fields.js";
import { shared } from "../look/shared.js";
import { measure } from "../words/format.js";
import { words } from "../words/index.js";
import { tell } from "./told.js";

import "./dialog.js";

/** What tells of a device rather than of a plant. */
const NOT_A_PLANTS: readonly Metric[] = ["battery", "battery_voltage", "signal_strength"];

@customElement("plantops-assign-form")
export class AssignForm extends LitElement {
  @property({ attribute: false }) plant!: Plant;

  static override styles = [
    shared,
    fields,
    css`
      label {
        margin-bottom: 0.8rem;
      }
    `,
  ];

  override render() {
    const byMetric = this.channels();
    return html`<plantops-dialog heading=${words.form.serves(this.plant.name)} .work=${() => this.save()}>
      <p class="soft small">${words.form.servesMore}</p>
      ${byMetric.size === 0 ? html`<p>${words.form.noChannels}</p>` : ""}
      ${[...byMetric].map(
        ([metric, channels]) =>
          html`<label
            >${words.metrics[metric] ?? metric}
            <select name=${metric}>
              <option value="">–</option>
              ${channels.map(
                (channel) =>
                  html`<option value=${channel.id} ?selected=${channel.id === this.served(metric)?.channel_id}>
                    ${describe(channel)}
                  </option>`,
              )}
            </select>
          </label>`,
      )}
    </plantops-dialog>`;
  }

  /** Give the assignment that holds now for a metric. */
  private served(metric: string) {
    const now = Date.now();
    return this.plant.assignments.find(
      (one) => one.metric === metric && Date.parse(one.from) <= now && (!one.until || Date.parse(one.until) > now),
    );
  }

  private channels(): Map<Metric, Channel[]> {
    const found = new Map<Metric, Channel[]>();
    for (const device of store.garden?.devices.values() ?? []) {
      for (const channel of device.channels) {
        if (NOT_A_PLANTS.includes(channel.metric)) continue;
        found.set(channel.metric, [...(found.get(channel.metric) ?? []), channel]);
      }
    }
    return new Map([...found].sort(([a], [b]) => moistureFirst(a, b)));
  }

  /** What was served ends with the hour that has begun; what serves now begins there: the history follows the plant. */
  private async save(): Promise<void> {
    const hour = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000).toISOString();
    const path = `plants/${this.plant.id}/assignments`;
    for (const select of this.renderRoot.querySelectorAll("select")) {
      const before = this.served(select.name);
      const wanted = select.value ? Number(select.value) : undefined;
      if (wanted === before?.channel_id) continue;
      if (before && Date.parse(before.from) >= Date.parse(hour)) await ask("DELETE", `${path}/${before.id}`);
      else if (before) await ask("PATCH", `${path}/${before.id}`, { until: hour });
      if (wanted !== undefined) await ask("POST", path, { channel_id: wanted, from: hour });
    }
    tell(words.form.changed(this.plant.name));
  }
}

function describe(channel: Channel): string {
  const device = store.garden?.devices.get(channel.device_id);
  const now = channel.latest ? ` (${measure(channel.latest.value, channel.unit, channel.metric)})` : "";
  return `${device?.name ?? channel.device_id}: ${channel.name}${now}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-assign-form": AssignForm;
  }
}
