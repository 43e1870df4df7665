/** What all elements wear: type, buttons, cards, forms. Colours come from `page.css`. */
import { css } from "lit";

export { moods } from "./moods.js";

export const shared = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host([hidden]) {
    display: none;
  }
  h1 {
    margin: 0;
    font-size: 1.7rem;
    line-height: 1.2;
    letter-spacing: -0.01em;
  }
  h2 {
    margin: 0 0 0.75rem;
    font-size: 1.1rem;
    line-height: 1.3;
  }
  p {
    margin: 0 0 0.75rem;
  }
  a {
    color: var(--leaf);
    text-underline-offset: 0.15em;
  }
  :focus-visible {
    outline: 0.16rem solid var(--leaf);
    outline-offset: 0.14rem;
  }
  button,
  select,
  input {
    font: inherit;
    color: inherit;
    min-height: 2.75rem;
    border: 1px solid var(--line);
    border-radius: 0.6rem;
    background: var(--card);
    padding: 0.4rem 0.9rem;
  }
  button {
    cursor: pointer;
    font-weight: 600;
  }
  button:hover:not(:disabled) {
    background: var(--raised);
  }
  button:disabled {
    cursor: default;
    opacity: 0.55;
  }
  button.main {
    background: var(--leaf);
    border-color: var(--leaf);
    color: var(--on-leaf);
  }
  button.main:hover:not(:disabled) {
    filter: brightness(1.08);
  }
  .card {
    background: var(--card);
    border: 1px solid var(--line);
    border-radius: var(--round);
    padding: 1.1rem;
  }
  .soft {
    color: var(--soft);
  }
  .small {
    font-size: 0.875rem;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    gap: 0.6rem 1rem;
    align-items: center;
    margin-bottom: 1.1rem;
  }
  .head h1 {
    flex: 1 1 auto;
  }
  .empty {
    text-align: center;
    padding: 4rem 1rem;
  }
  dl {
    display: grid;
    grid-template-columns: fit-content(45%) minmax(0, 1fr);
    gap: 0.35rem 1.2rem;
    margin: 0;
  }
  dt {
    color: var(--soft);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
