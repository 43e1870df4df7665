/** The lane below a chart: what was done and what was wrong, each where it happened, to be pointed at or walked through. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { MOODS } from "../data/feeling.js";
import type { Mark } from "../data/happened.js";
import { moods, shared } from "../look/shared.js";
import { moment } from "../words/format.js";
import { words } from "../words/index.js";

/** Pixels that a mark needs for a finger. */
const FINGER = 24;

export interface Group {
  readonly marks: readonly Mark[];
  /** Pixels from the lane's left end. */
  readonly left: number;
  readonly width: number;
}

/** Put marks that would lie on each other into one, so that each can be hit. */
export function grouped(marks: readonly Mark[], from: number, until: number, width: number): readonly Group[] {
  const at = (time: number) => (Math.min(Math.max(time - from, 0), until - from) / (until - from)) * width;
  const groups: { marks: Mark[]; left: number; right: number }[] = [];
  for (const mark of marks) {
    const [begin, end] = [at(mark.from), at(mark.until ?? until)];
    const wide = Math.max(end - begin, FINGER);
    const left = Math.min(Math.max((begin + end - wide) / 2, 0), Math.max(width - wide, 0));
    const before = groups.at(-1);
    if (before && left < before.right) {
      before.marks.push(mark);
      before.right = Math.max(before.right, left + wide);
    } else groups.push({ marks: [mark], left, right: left + wide });
  }
  return groups.map(({ marks: some, left, right }) => ({ marks: some, left, width: right - left }));
}

/** Say a mark in words: what, when, how long. */
export function nameOf(mark: Mark): string {
  const name = (mark.what === "alert" ? words.alerts : words.care)[mark.kind] ?? mark.kind;
  if (mark.what === "care") return `${name}, ${moment(mark.from)}`;
  const end = mark.until === undefined ? words.charts.open : moment(mark.until);
  return `${name}, ${moment(mark.from)} – ${end}`;
}

/** Marks that a group tells by name; of more it tells how many. */
const TOLD = 4;

@customElement("plantops-lane")
export class Lane extends LitElement {
  @property({ attribute: false }) marks: readonly Mark[] = [];
  @property({ attribute: false }) span: readonly [number, number] = [0, 1];
  @state() private room = 0;
  /** The one that the Tab key reaches, of each row the same: arrows lead to the others. */
  @state() private reached = 0;
  #size = new ResizeObserver(([entry]) => {
    if (entry) this.room = entry.contentRect.width;
  });

  static override styles = [
    shared,
    moods,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      .row {
        position: relative;
        height: 1.5rem;
      }
      button {
        position: absolute;
        top: 0;
        height: 1.5rem;
        min-height: 0;
        padding: 0;
        border: 0;
        border-radius: 0.4rem;
        background: none;
        --mood: var(--soft);
      }
      button:hover {
        background: var(--raised);
      }
      .alert::before {
        content: "";
        position: absolute;
        inset: 0.5rem 0.1rem;
        border-radius: 0.3rem;
        background: var(--mood);
      }
      .dot {
        display: inline-block;
        width: 0.65rem;
        height: 0.65rem;
        rotate: 45deg;
        background: var(--mood);
        vertical-align: middle;
      }
      .watered {
        --mood: var(--water);
      }
      .watered .dot {
        border-radius: 0 50% 50% 50%;
      }
      small {
        position: absolute;
        top: 50%;
        left: calc(50% + 0.55rem);
        translate: 0 -50%;
        font-size: 0.7rem;
        line-height: 1;
        color: var(--mood);
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#size.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#size.disconnect();
  }

  override render() {
    if (this.room === 0 || this.marks.length === 0) return nothing;
    const [from, until] = this.span;
    const rows = (["alert", "care"] as const)
      .map((what) => this.marks.filter((mark) => mark.what === what))
      .map((marks) => grouped(marks, from, until, this.room));
    const all = rows.flat();
    const reached = Math.min(this.reached, all.length - 1);
    return html`<div role="group" aria-label=${words.charts.happened} @keydown=${this.walk}>
      ${rows.map((row) =>
        row.length === 0
          ? nothing
          : html`<div class="row">
              ${repeat(
                row,
                (group) => group.marks[0]?.from,
                (group) => this.group(group, all.indexOf(group) === reached),
              )}
            </div>`,
      )}
    </div>`;
  }

  private group({ marks, left, width }: Group, reached: boolean) {
    const [first] = marks;
    if (!first) return nothing;
    const worst = MOODS.find((mood) => marks.some((mark) => mark.mood === mood));
    const kind = first.what === "alert" ? `alert ${worst ?? ""}` : watered(marks);
    const names = marks.slice(0, TOLD).map(nameOf);
    if (marks.length > TOLD) names.push(words.charts.more(marks.length - TOLD));
    const tell = () => this.tell(marks.slice(0, TOLD), marks.length);
    return html`<button
      type="button"
      class=${kind}
      .style=${`left: ${left}px; width: ${width}px`}
      tabindex=${reached ? 0 : -1}
      aria-label=${(marks.length > 1 ? `${marks.length}: ` : "") + names.join("; ")}
      @pointerenter=${tell}
      @focus=${tell}
      @click=${tell}
      @pointerleave=${() => this.tell([], 0)}
      @blur=${() => this.tell([], 0)}
    >
      ${first.what === "care" ? html`<span class="dot"></span>${marks.length > 1 ? html`<small>${marks.length}</small>` : nothing}` : nothing}
    </button>`;
  }

  private tell(marks: readonly Mark[], count: number): void {
    this.dispatchEvent(new CustomEvent("pointed", { detail: { marks, count } }));
  }

  private walk(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const all = [...this.renderRoot.querySelectorAll("button")];
    const next = Math.min(Math.max(all.indexOf(event.target as HTMLButtonElement) + step, 0), all.length - 1);
    this.reached = next;
    all[next]?.focus();
  }
}

function watered(marks: readonly Mark[]): string {
  return marks.every((mark) => mark.kind === "watered") ? "watered" : "";
}

declare global {
  interface HTMLElementTagNameMap {
    "plantops-lane": Lane;
  }
}
