/** The words of irrigation, in the reader's language. */
import { language } from "./index.js";
import { de } from "./irrigation-de.js";
import { en, type IrrigationWords } from "./irrigation-en.js";

export const words: IrrigationWords = language === "de" ? de : en;
