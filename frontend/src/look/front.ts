/** What stands in front of the page: a card with the page darkened behind it. */
import { css } from "lit";

export const front = css`
  dialog {
    padding: 1.3rem;
    border: 1px solid var(--line);
    border-radius: var(--round);
    background: var(--card);
    color: var(--ink);
    overflow-wrap: anywhere;
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 45%);
  }
  .ways {
    display: flex;
    flex-wrap: wrap;
    gap: 0.6rem;
    justify-content: flex-end;
  }
`;
