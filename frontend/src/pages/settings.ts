/** The settings: what the session may see and change, each subject on its own, and why the rest is not shown. */
import { html, LitElement, nothing } from "lit";
import { customElement } from "lit/decorators.js";

import { store, Watching } from "../data/store.js";
import type { Scope } from "../data/types.js";
import { shared } from "../look/shared.js";
import { words } from "../words/settings.js";

import "../elements/settings/browser.js";
import "../elements/settings/keeping.js";
import "../elements/settings/keys.js";
import "../elements/settings/plantbook.js";
import "../elements/settings/rules.js";
import "../elements/settings/table.js";
import "../elements/settings/tokens.js";
import "../elements/settings/water.js";
import "../elements/settings/ways.js";

const LADDER: readonly Exclude<Scope, "ingest">[] = ["admin", "garden", "care", "read"];

@customElement("plantops-settings-page")
export class SettingsPage extends LitElement {
  static override styles = [shared];

  constructor() {
    super();
    new Watching(this);
  }

  override render() {
    const admin = store.may("admin");
    return html`<div class="head"><h1>${words.title}</h1></div>
      ${admin ? nothing : html`<p class="soft" role="note">${words.all.you(whatMay())} ${words.all.more}</p>`}
      ${admin ? html`<plantops-ways></plantops-ways>` : nothing}
      <plantops-rules></plantops-rules>
      <plantops-water></plantops-water>
      ${admin ? html`<plantops-tokens></plantops-tokens> <plantops-keys></plantops-keys>` : nothing}
      <plantops-table></plantops-table>
      <plantops-plantbook></plantops-plantbook>
      <plantops-keeping></plantops-keeping>
      <plantops-browser></plantops-browser>`;
  }
}

/** Tell in words what the session may. */
function whatMay(): string {
  const most = LADDER.find((scope) => store.may(scope));
  return words.all[most ?? "ingest"];
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-settings-page": SettingsPage;
  }
}
