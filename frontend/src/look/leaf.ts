/** The leaf of PlantOps, written into the page: as a picture of its own it would cost a request, and a document inside. */
import { html } from "lit";

export const leaf = (size: number) =>
  html`<svg viewBox="0 0 64 64" width=${size} height=${size} aria-hidden="true">
    <path
      fill="#2e8b4a"
      d="M54 8C28 8 10 20 10 40c0 6 2 11 5 15 3-14 12-24 27-32-11 9-19 19-22 35 3 1 6 2 9 2C48 60 56 38 54 8z"
    />
  </svg>`;
