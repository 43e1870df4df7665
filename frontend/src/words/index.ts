/** The words of the reader's language. */
import { de } from "./de.js";
import { en, type Words } from "./en.js";
import { language } from "./locale.js";

export { language, locale } from "./locale.js";

export const words: Words = { en, de }[language];
