/** How questions are laid out in dialogs. */
import { css } from "lit";

export const fields = css`
  .fields {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 0.9rem;
    align-items: end;
  }
  .wide {
    grid-column: 1 / -1;
  }
  label {
    display: block;
    font-weight: 600;
    font-size: 0.9rem;
  }
  label > input,
  label > select,
  label > textarea {
    display: block;
    width: 100%;
    margin-top: 0.25rem;
    font-weight: 400;
    font-size: 1rem;
  }
  .half > input,
  .half > select {
    max-width: 12rem;
  }
  .check {
    display: flex;
    gap: 0.6rem;
    align-items: center;
    min-height: 2rem;
    font-weight: 400;
    font-size: 1rem;
  }
  .check > input {
    flex: none;
    width: 1.2rem;
    min-height: 1.2rem;
    margin: 0;
    accent-color: var(--leaf);
  }
  .check.top {
    align-items: start;
    padding: 0.25rem 0;
  }
  .check.top > input {
    margin-top: 0.15rem;
  }
  fieldset {
    min-width: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    padding: 0;
    font-weight: 600;
    font-size: 0.9rem;
  }
  details {
    margin-top: 1rem;
  }
  summary {
    cursor: pointer;
    font-weight: 600;
    min-height: 1.75rem;
  }
  textarea {
    font: inherit;
    color: inherit;
    min-height: 4.5rem;
    border: 1px solid var(--line);
    border-radius: 0.6rem;
    background: var(--card);
    padding: 0.5rem 0.9rem;
    resize: vertical;
  }
  @media (max-width: 28rem) {
    .fields {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
