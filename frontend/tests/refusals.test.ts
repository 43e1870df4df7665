import { afterEach, describe, expect, it } from "vitest";

import { Problem } from "../src/data/api.js";
import { inWords } from "../src/elements/told.js";
import { speak } from "../src/words/locale.js";
import { refused } from "../src/words/refusals.js";

describe("what the backend refuses", () => {
  afterEach(() => {
    speak("en");
  });

  it("is told as the backend says it where that is the reader's language", () => {
    speak("en");
    expect(refused("name_taken", "Something else bears this name already: choose another.")).toBe(
      "Something else bears this name already: choose another.",
    );
  });

  it("is told in German by its code, with what exactly is wrong where only the backend knows", () => {
    speak("de");
    expect(refused("name_taken", "Something else bears this name already.")).toBe(
      "So heißt schon etwas anderes; bitte einen anderen Namen wählen.",
    );
    expect(refused("invalid", "until: that is over.")).toBe("Die Angaben passen nicht (until: that is over.)");
    expect(refused("span_invalid", "")).toBe("Der Zeitraum passt nicht.");
  });

  it("keeps the backend's sentence where it is in the house's language, or of a code that is new", () => {
    speak("de");
    expect(refused("watering_refused", "Der Behälter ist leer.")).toBe("Der Behälter ist leer.");
    expect(refused("too_many_moons", "There are two.")).toBe("There are two.");
    expect(inWords(new Problem("invalid", 0, "Bitte mindestens eine Pflanze wählen."))).toContain(
      "Bitte mindestens eine Pflanze wählen.",
    );
    expect(inWords(new Problem("plant_not_found", 404, "There is no such plant."))).toContain(
      "Diese Pflanze gibt es nicht mehr.",
    );
  });
});
