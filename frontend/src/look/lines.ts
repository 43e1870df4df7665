/** How things are laid out one below the other: what it is, and beside it what can be done about it. */
import { css } from "lit";

export const lines = css`
  .line {
    display: flex;
    flex-wrap: wrap;
    gap: 0.4rem 1rem;
    align-items: center;
  }
  .what {
    flex: 1 1 16rem;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .acts {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
  }
  ul.lines {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .lines > li {
    padding: 0.9rem 0;
    border-top: 1px solid var(--line);
  }
  .lines > li:first-child {
    border: 0;
    padding-top: 0;
  }
  section > .lines:last-child > li:last-child {
    padding-bottom: 0;
  }
  .lines + .acts {
    border-top: 1px solid var(--line);
    padding-top: 1rem;
  }
`;
