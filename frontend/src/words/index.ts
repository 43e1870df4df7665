/** The words of the reader's language, and numbers and times as the language writes them. */
import { de } from "./de.js";
import { en, type Words } from "./en.js";

const LANGUAGES: Record<string, Words> = { en, de };

/** The browser's language where we speak it, else English. */
export const language = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag in LANGUAGES) ?? "en";
/** English as its readers' own region writes it: 24 November or November 24. */
export const locale = navigator.languages.find((tag) => tag.startsWith(language)) ?? language;

export const words: Words = LANGUAGES[language] ?? en;
