/** The forms in which people set the cards up, in Home Assistant's own schema. */
import { words } from "./words.js";

interface Field {
  readonly name: string;
  readonly selector?: Readonly<Record<string, unknown>>;
  readonly [more: string]: unknown;
}

/** Only plants have buttons; probes and the server don't. */
const PLANT = { device: { entity: [{ integration: "plantops", domain: "button" }] } };
const YES_NO = { boolean: {} };

function form(schema: readonly Field[]) {
  return { schema, computeLabel: ({ name }: Field) => words().form[name] ?? name };
}

const yes = (name: string): Field => ({ name, selector: YES_NO, default: true });

export const plantForm = () =>
  form([
    { name: "device", required: true, selector: PLANT },
    { name: "name", selector: { text: {} } },
    {
      name: "",
      type: "grid",
      schema: [yes("line"), yes("photo"), yes("values"), yes("care")],
    },
    { name: "days", selector: { number: { min: 1, max: 365, mode: "box" } } },
    { name: "tap_action", selector: { ui_action: { default_action: "more-info" } } },
  ]);

export const gardenForm = () =>
  form([
    { name: "title", selector: { text: {} } },
    { name: "areas", selector: { area: { multiple: true, entity: [{ integration: "plantops" }] } } },
    {
      name: "",
      type: "grid",
      schema: [{ name: "only_needy", selector: YES_NO, default: false }, yes("care")],
    },
    { name: "limit", selector: { number: { min: 1, max: 500, mode: "box" } } },
  ]);
