/** All plants as a table: taken away, and taken in once it was seen what that would do. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";

import { Problem, send } from "../../data/api.js";
import { store } from "../../data/store.js";
import type { PlantImport } from "../../data/types.js";
import { moods, shared } from "../../look/shared.js";
import { words } from "../../words/settings.js";
import { Tap } from "../tap.js";
import { inWords, tell } from "../told.js";

import "../section.js";

/** What the API calls a table, by how its file's name ends. */
const KINDS: Readonly<Record<string, string>> = {
  csv: "text/csv",
  yaml: "application/yaml",
  yml: "application/yaml",
};
/** Lines that are shown; those with an error come first. */
const SHOWN = 200;
const MOOD_OF = { create: "fine", change: "thirsty", unchanged: "unknown", error: "alarm" } as const;

@customElement("plantops-table")
export class Table extends LitElement {
  @state() private file: File | undefined;
  @state() private seen: PlantImport | undefined;
  @state() private problem = "";
  private readonly tap = new Tap(this);

  static override styles = [
    shared,
    moods,
    css`
      .ways {
        display: flex;
        flex-wrap: wrap;
        gap: 0.6rem;
        align-items: center;
      }
      .button {
        display: inline-flex;
        align-items: center;
        min-height: 2.75rem;
        padding: 0 0.9rem;
        border: 1px solid var(--line);
        border-radius: 0.6rem;
        color: inherit;
        font-weight: 600;
        text-decoration: none;
        cursor: pointer;
      }
      .button:hover {
        background: var(--raised);
      }
      .button:has(:focus-visible) {
        outline: 0.16rem solid var(--leaf);
        outline-offset: 0.14rem;
      }
      .button input {
        position: absolute;
        width: 1px;
        min-height: 0;
        opacity: 0;
      }
      h3 {
        margin: 1.2rem 0 0.4rem;
        font-size: 1rem;
      }
      .scroll {
        max-height: 22rem;
        overflow: auto;
        margin-bottom: 1rem;
      }
      table {
        width: 100%;
        border-collapse: collapse;
      }
      th,
      td {
        padding: 0.4rem 0.8rem 0.4rem 0;
        border-bottom: 1px solid var(--line);
        text-align: left;
        vertical-align: top;
        overflow-wrap: anywhere;
      }
      .readings {
        margin: 0.8rem 0 0;
      }
      .problem {
        margin: 1rem 0 0;
      }
    `,
  ];

  override render() {
    return html`<plantops-section heading=${words.table.title} why=${words.table.why}>
      <div class="ways">
        <a class="button" href="/api/v1/plants/export" download="plants.csv">${words.table.take}</a>
        ${
          store.may("garden")
            ? html`<label class="button"
                ><input
                  type="file"
                  accept=".csv,.yaml,.yml,text/csv,application/yaml"
                  @change=${this.choose}
                />${words.table.choose}</label
              >`
            : nothing
        }
      </div>
      <p class="readings soft small">${words.table.readings}</p>
      ${this.problem ? html`<p class="problem alarm" role="alert"><span class="mood">${this.problem}</span></p>` : nothing}
      ${this.file && this.seen ? this.would(this.file, this.seen) : nothing}
      ${
        this.file && !this.seen && !this.problem
          ? html`<p class="problem soft" role="status">${words.table.looking(this.file.name)}</p>`
          : nothing
      }
    </plantops-section>`;
  }

  private would(file: File, seen: PlantImport) {
    const same = seen.created + seen.changed === 0;
    return html`<h3>${words.table.would(file.name)}</h3>
      <p role="status">${words.table.sums(seen.created, seen.changed, seen.unchanged, seen.errors)}</p>
      ${this.lines(seen)}
      ${seen.errors > 0 ? html`<p class="alarm"><span class="mood">${words.table.refused}</span></p>` : nothing}
      ${seen.errors === 0 && same ? html`<p>${words.table.nothing}</p>` : nothing}
      <div class="ways">
        ${
          seen.errors > 0 || same
            ? nothing
            : html`<button class="main" ?disabled=${this.tap.busy} @click=${() => void this.apply(file)}>
                ${words.table.apply}
              </button>`
        }
        <button @click=${this.leave}>${words.table.cancel}</button>
      </div>`;
  }

  private lines(seen: PlantImport) {
    const worth = seen.lines.filter((line) => line.does !== "unchanged");
    const lines = worth.sort((a, b) => Number(b.does === "error") - Number(a.does === "error")).slice(0, SHOWN);
    if (lines.length === 0) return nothing;
    return html`<div class="scroll" tabindex="0" role="group" aria-label=${words.table.title}>
      <table class="small">
        <thead>
          <tr>
            ${[words.table.line, words.table.plant, words.table.what].map((name) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${lines.map(
            (line) =>
              html`<tr>
                <td>${line.line}</td>
                <td>${line.name ?? "–"}</td>
                <td class=${MOOD_OF[line.does]}>
                  <span class="mood">${words.table.does[line.does]}</span>
                  ${line.does === "change" ? line.changes.join(", ") : nothing}
                  ${line.errors.map((one) => html`<div lang="en">${[one.column, one.why].filter(Boolean).join(": ")}</div>`)}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  private choose(event: Event): void {
    const input = event.target as HTMLInputElement;
    const [file] = input.files ?? [];
    // The same file, mended, can be chosen again.
    input.value = "";
    if (file) void this.look(file);
  }

  private async look(file: File): Promise<void> {
    this.leave();
    this.file = file;
    try {
      this.seen = await take(file, true);
    } catch (error) {
      this.problem = inWords(error);
    }
  }

  private apply(file: File): Promise<void> {
    return this.tap.do(async () => {
      const done = await take(file, false);
      // The garden has changed between the look and the deed: what stands in the way is shown.
      if (!done.done) this.seen = done;
      else {
        this.leave();
        tell(words.table.done(done.created, done.changed));
      }
    });
  }

  private leave(): void {
    this.file = undefined;
    this.seen = undefined;
    this.problem = "";
  }
}

async function take(file: File, dry: boolean): Promise<PlantImport> {
  const type = KINDS[file.name.split(".").pop()?.toLowerCase() ?? ""];
  if (type === undefined) throw new Problem("unsupported_media", 0, words.table.wrongKind);
  return send<PlantImport>(`plants/import?dry_run=${String(dry)}`, file, type);
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-table": Table;
  }
}
