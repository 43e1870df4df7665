import { afterEach, describe, expect, it } from "vitest";

import { feelingOf } from "../src/data/feeling.js";
import type { Plant } from "../src/data/types.js";
import { gardenWith, NOW, plant, value } from "./gardens.js";

import "../src/elements/plant-card.js";

describe("a plant's card", () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  const drawn = async (one: Plant) => {
    const card = document.createElement("plantops-plant-card");
    card.felt = { plant: one, feeling: feelingOf(one, gardenWith([one]), NOW) };
    document.body.append(card);
    await card.updateComplete;
    return card.shadowRoot;
  };

  it("shows its newest photo, small, and none where there is none", async () => {
    const pictured = plant({ photo_id: "01a2137d-1111-775d-9d12-47a1cd872472" });
    const small = `/api/v1/plants/${pictured.id}/photos/01a2137d-1111-775d-9d12-47a1cd872472/thumbnail`;
    expect((await drawn(pictured))?.querySelector("img")?.getAttribute("src")).toBe(small);
    expect((await drawn(plant({ photo_id: null })))?.querySelector("img")).toBeNull();
  });

  it("says why its soil has no per cents", async () => {
    const volts = plant({ values: [value("soil_moisture", 1.9, { unit: "V" })] });
    expect((await drawn(volts))?.querySelector(".next")?.textContent.trim()).toBe("Probe not calibrated");
    expect((await drawn(plant()))?.querySelector(".next")?.textContent.trim()).toBe("");
  });
});
