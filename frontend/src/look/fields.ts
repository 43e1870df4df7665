/** How questions are laid out in dialogs. */
import { css } from "lit";

export const fields = css`
  .fields {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 0.9rem;
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
