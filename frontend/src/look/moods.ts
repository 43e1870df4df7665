/** The colour of how a plant is, for whatever shows it. */
import { css } from "lit";

export const moods = css`
  .alarm {
    --mood: var(--alarm);
  }
  .thirsty {
    --mood: var(--water);
  }
  .warn {
    --mood: var(--warn);
  }
  .silent,
  .unknown {
    --mood: var(--quiet);
  }
  .fine {
    --mood: var(--leaf);
  }
  .mood {
    color: var(--mood);
    font-weight: 600;
  }
`;
