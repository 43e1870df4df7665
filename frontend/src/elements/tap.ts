/** What a tap asks for: one thing at a time, and what went wrong is told. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

import { tellProblem } from "./told.js";

export class Tap implements ReactiveController {
  busy = false;

  constructor(private readonly host: ReactiveControllerHost & Element) {
    host.addController(this);
  }

  hostConnected(): void {
    this.busy = false;
  }

  /** Do it; the element is drawn anew before and after, with its buttons at rest meanwhile: who was on one is again. */
  async do(work: () => Promise<unknown>): Promise<void> {
    if (this.busy) return;
    const held = this.host.shadowRoot?.activeElement;
    this.#turn(true);
    try {
      await work();
    } catch (error) {
      tellProblem(error);
    } finally {
      this.#turn(false);
    }
    await this.host.updateComplete;
    if (held instanceof HTMLElement && document.activeElement === document.body) held.focus({ preventScroll: true });
    this.host.dispatchEvent(new Event("settled", { bubbles: true, composed: true }));
  }

  #turn(busy: boolean): void {
    this.busy = busy;
    this.host.requestUpdate();
  }
}
