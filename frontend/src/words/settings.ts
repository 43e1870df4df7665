/** The settings' words, in the reader's language. */
import { language } from "./index.js";
import { de } from "./settings-de.js";
import { en, type SettingsWords } from "./settings-en.js";

export const words: SettingsWords = language === "de" ? de : en;
