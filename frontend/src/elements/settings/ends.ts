/** Ends of tokens and keys: which still hold, when one ends, and the question when a new one shall. */
import { html } from "lit";

import { ago } from "../../words/format.js";
import { words } from "../../words/settings.js";

interface Ends {
  readonly expires_at?: string | null;
  readonly revoked_at?: string | null;
}

/** Tell whether it opens something still. */
export function stands(one: Ends): boolean {
  return !one.revoked_at && !(one.expires_at && Date.parse(one.expires_at) <= Date.now());
}

/** Write when it ends, as the end of a sentence; empty: never. */
export function ending(expires: string | null | undefined, now: number): string {
  return expires ? `, ${words.tokens.until(ago(expires, now))}` : "";
}

function inWords(hours: number | undefined): string {
  if (hours === undefined) return words.tokens.never;
  if (hours <= 24) return words.keys.inHours(hours);
  return hours === 365 * 24 ? words.tokens.inYear : words.tokens.inDays(hours / 24);
}

/** Ask in how many hours; undefined is never. */
export function ends(label: string, choices: readonly (number | undefined)[], usual: number | undefined) {
  return html`<label class="wide half"
    >${label}
    <select name="ends">
      ${choices.map(
        (hours) => html`<option value=${hours ?? ""} ?selected=${hours === usual}>${inWords(hours)}</option>`,
      )}
    </select></label
  >`;
}
