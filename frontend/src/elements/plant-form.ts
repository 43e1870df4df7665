/** Add a plant, or change one: what it is, where it stands, and the spans that its owner knows better. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";

import { ask } from "../data/api.js";
import { store } from "../data/store.js";
import type { Plant } from "../data/types.js";
import { fields } from "../look/fields.js";
import { shared } from "../look/shared.js";
import { shown } from "../words/format.js";
import { words } from "../words/index.js";
import { go } from "../router.js";
import type { SpeciesField } from "./species-field.js";
import { tell } from "./told.js";

import "./dialog.js";
import "./species-field.js";

const NEEDS = [
  { need: "soil_moisture", unit: "%" },
  { need: "temperature", unit: "°C" },
  { need: "humidity", unit: "%" },
  { need: "soil_conductivity", unit: "µS/cm" },
  { need: "dli", unit: "mol/m²" },
] as const;

type Side = "low" | "high";

@customElement("plantops-plant-form")
export class PlantForm extends LitElement {
  /** None: a new one. */
  @property({ attribute: false }) plant: Plant | undefined;
  @query("plantops-species-field") private species!: SpeciesField;

  static override styles = [
    shared,
    fields,
    css`
      .need {
        display: grid;
        grid-template-columns: minmax(0, 1.4fr) minmax(0, 1fr) minmax(0, 1fr);
        gap: 0.5rem;
        align-items: center;
        margin-top: 0.5rem;
      }
      .need input {
        width: 100%;
      }
    `,
  ];

  override render() {
    const { plant } = this;
    const areas = new Set([...(store.garden?.plants.values() ?? [])].flatMap((one) => one.area ?? []));
    return html`<plantops-dialog
      heading=${plant ? words.form.change(plant.name) : words.form.add}
      .work=${() => this.save()}
    >
      <div class="fields">
        <label class="wide"
          >${words.form.name}<input name="name" required maxlength="120" .value=${plant?.name ?? ""}
        /></label>
        <plantops-species-field
          class="wide"
          .text=${plant?.species ?? ""}
          .speciesId=${plant?.species_id ?? null}
        ></plantops-species-field>
        <label
          >${words.plant.place}<input name="area" list="areas" maxlength="120" .value=${plant?.area ?? ""} />
          <datalist id="areas">${[...areas].map((area) => html`<option value=${area}></option>`)}</datalist></label
        >
        <label
          >${words.plant.substrate}<input name="substrate" maxlength="120" .value=${plant?.substrate ?? ""} />
        </label>
        <label
          >${words.form.pot}<input
            name="pot_litres"
            type="number"
            min="0.01"
            step="any"
            .value=${plant?.pot_litres ? String(plant.pot_litres) : ""}
        /></label>
        <label class="wide"
          >${words.plant.notes}<textarea name="notes" maxlength="2000" .value=${plant?.notes ?? ""}></textarea>
        </label>
      </div>
      ${plant ? this.bounds(plant) : nothing}
    </plantops-dialog>`;
  }

  private bounds(plant: Plant) {
    return html`<details>
      <summary>${words.form.bounds}</summary>
      <p class="soft small">${words.form.boundsMore}</p>
      ${NEEDS.map(({ need, unit }) => {
        const name = `${need === "dli" ? words.form.dli : (words.metrics[need] ?? need)} (${shown(0, unit).unit})`;
        return html`<div class="need">
          <span>${name}</span> ${this.bound(plant, need, "low", name)} ${this.bound(plant, need, "high", name)}
        </div>`;
      })}
    </details>`;
  }

  private bound(plant: Plant, need: (typeof NEEDS)[number]["need"], side: Side, name: string) {
    const band = plant.thresholds[need];
    const end = band?.[side] ?? null;
    const own = band?.[`${side}_from`] === "own";
    const unit = NEEDS.find((one) => one.need === need)?.unit ?? "";
    const told = end === null ? "–" : String(Number(shown(end, unit).value.toFixed(1)));
    return html`<input
      type="number"
      step="any"
      name="${need} ${side}"
      aria-label="${name}, ${words.form[side]}"
      placeholder="${side === "low" ? "≥" : "≤"} ${told}"
      .value=${own && end !== null ? String(Number(shown(end, unit).value.toFixed(2))) : ""}
    />`;
  }

  private text(name: string): string | null {
    const field = this.renderRoot.querySelector<HTMLInputElement>(`[name="${name}"]`);
    return field?.value.trim() || null;
  }

  private async save(): Promise<void> {
    const pot = this.text("pot_litres");
    const said = {
      name: this.text("name") ?? "",
      species: this.species.text.trim() || null,
      species_id: this.species.speciesId,
      area: this.text("area"),
      substrate: this.text("substrate"),
      pot_litres: pot === null ? null : Number(pot),
      notes: this.text("notes") ?? "",
    };
    if (this.plant) {
      await ask("PATCH", `plants/${this.plant.id}`, { ...said, thresholds: this.wishes() });
      tell(words.form.changed(said.name));
    } else {
      const plant = await ask<Plant>("POST", "plants", said);
      tell(words.form.added(said.name));
      go(`/plants/${plant.id}`);
    }
  }

  /** Give all bounds as the form has them: an empty one gives the end back to the profile. */
  private wishes(): object {
    const celsius = (value: number, unit: string) =>
      unit === "°C" && shown(0, unit).unit === "°F" ? (value - 32) / 1.8 : value;
    const end = (need: string, side: Side, unit: string) => {
      const text = this.text(`${need} ${side}`);
      return text === null ? null : celsius(Number(text), unit);
    };
    return Object.fromEntries(
      NEEDS.map(({ need, unit }) => [need, { low: end(need, "low", unit), high: end(need, "high", unit) }]),
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-plant-form": PlantForm;
  }
}
