/** The colours of our elements, taken from Home Assistant's theme, and what its cards look like. */
import { css } from "lit";

export const theme = css`
  :host {
    --card: var(--ha-card-background, var(--card-background-color, #fff));
    --raised: color-mix(in srgb, var(--primary-text-color, #212121) 9%, var(--card));
    --line: var(--divider-color, #e0e0e0);
    --ink: var(--primary-text-color, #212121);
    --soft: var(--secondary-text-color, #727272);
    --leaf: var(--success-color, #43a047);
    --water: var(--info-color, #039be5);
    --warn: var(--warning-color, #ffa600);
    --alarm: var(--error-color, #db4437);
    --quiet: var(--state-unavailable-color, #9e9e9e);
    --band: color-mix(in srgb, var(--leaf) 18%, transparent);
    display: block;
    color: var(--ink);
  }
  :host([hidden]) {
    display: none;
  }
  * {
    box-sizing: border-box;
  }
  ha-card {
    display: flex;
    flex-direction: column;
    height: 100%;
    overflow: hidden;
  }
  h2 {
    margin: 0;
    font-size: var(--ha-font-size-l, 1rem);
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 1.3;
  }
  p {
    margin: 0;
  }
  .soft {
    color: var(--soft);
    font-weight: var(--ha-font-weight-normal, 400);
  }
  .small {
    font-size: var(--ha-font-size-s, 0.75rem);
  }
  /* Words stay in the text's colour, which every theme makes readable; the dot says it in colour. */
  .mood {
    color: var(--ink);
    font-weight: var(--ha-font-weight-medium, 500);
    display: flex;
    align-items: center;
    gap: 0.45em;
    min-width: 0;
  }
  .mood::before {
    content: "";
    flex: none;
    width: 0.65em;
    height: 0.65em;
    border-radius: 50%;
    background: var(--mood);
  }
  /* The whole card can be tapped, and the name is its button. */
  .name {
    all: unset;
    display: block;
    max-width: 100%;
    cursor: pointer;
  }
  .cut {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .name::after {
    content: "";
    position: absolute;
    inset: 0;
    border-radius: inherit;
  }
  .name:focus-visible::after {
    outline: 2px solid var(--primary-color, #03a9f4);
    outline-offset: -2px;
  }
  .empty {
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 0.4rem;
    padding: 1.5rem 1rem;
    text-align: center;
    color: var(--soft);
  }
  .empty ha-icon {
    --mdc-icon-size: 2rem;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
