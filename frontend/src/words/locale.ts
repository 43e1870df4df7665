/** Which language is spoken: the browser's where we know it, else English, until somebody says otherwise. */

const SPOKEN = ["en", "de"] as const;

export type Language = (typeof SPOKEN)[number];

const isSpoken = (tag: string): tag is Language => (SPOKEN as readonly string[]).includes(tag);

export let language: Language = navigator.languages.map((tag) => tag.slice(0, 2)).find(isSpoken) ?? "en";
/** English as its readers' own region writes it: 24 November or November 24. */
export let locale: string = navigator.languages.find((tag) => tag.startsWith(language)) ?? language;
/** Where days begin and end; undefined: where the reader is. */
export let timeZone: string | undefined;

/** In which language the backend writes its sentences (what an alert tells, why something is foretold). */
export let written = "en";

/** Note in which language the backend writes; it says so when it greets. */
export function hear(tag: string): void {
  written = tag;
}

/** Speak another language than the browser's from now on, and tell times of another place than the reader's. */
export function speak(tag: string, zone?: string): void {
  const short = tag.slice(0, 2);
  language = isSpoken(short) ? short : "en";
  locale = isSpoken(short) ? tag : "en";
  timeZone = zone;
}
