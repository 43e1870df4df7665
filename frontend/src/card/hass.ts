/** The part of Home Assistant's own object that the card uses: what it knows, and how it is asked. */

export interface State {
  readonly entity_id: string;
  readonly state: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface Entity {
  readonly entity_id: string;
  readonly device_id?: string;
  readonly platform?: string;
  /** Names the line of the integration's tables: it stays when people rename the entity. */
  readonly translation_key?: string;
}

export interface Device {
  readonly id: string;
  readonly name: string | null;
  readonly name_by_user: string | null;
  readonly area_id: string | null;
  readonly model: string | null;
  readonly entry_type: string | null;
  readonly identifiers: readonly (readonly string[])[];
}

export interface Area {
  readonly area_id: string;
  readonly name: string;
  readonly icon?: string | null;
}

export interface Hass {
  readonly states: Readonly<Record<string, State | undefined>>;
  readonly entities: Readonly<Record<string, Entity>>;
  readonly devices: Readonly<Record<string, Device | undefined>>;
  readonly areas: Readonly<Record<string, Area | undefined>>;
  readonly language: string;
  readonly locale?: { readonly language: string; readonly time_zone?: string };
  readonly config?: { readonly time_zone?: string };
  callWS<Answer>(message: Readonly<Record<string, unknown>>): Promise<Answer>;
  callService(domain: string, service: string, data: Readonly<Record<string, unknown>>): Promise<unknown>;
  formatEntityState(state: State): string;
}

/** What is not known or not heard at the moment is no value. */
export function isKnown(state: State | undefined): state is State {
  return state !== undefined && state.state !== "unknown" && state.state !== "unavailable";
}

/** Let whoever is around the element hear of something, as Home Assistant's own elements do. */
export function fire(element: HTMLElement, name: string, detail: unknown): void {
  element.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}
