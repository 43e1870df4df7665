/** What the backend refuses, in German: by its stable code, since its own sentences about requests are English. */
import { language } from "./locale.js";

/** Sentences that say all that there is to say. */
const whole: Record<string, string> = {
  unauthorized: "Die Anmeldung gilt nicht mehr; bitte neu anmelden.",
  scope_missing: "Das Token, mit dem man hier angemeldet ist, erlaubt das nicht.",
  origin_forbidden: "Das geht nur von den eigenen Seiten von PlantOps aus.",
  not_found: "Unter dieser Adresse gibt es nichts.",
  device_not_found: "Dieses Gerät gibt es nicht mehr.",
  channel_not_found: "Diesen Kanal gibt es nicht mehr.",
  plant_not_found: "Diese Pflanze gibt es nicht mehr.",
  assignment_not_found: "Dieser Sensor dient der Pflanze nicht mehr.",
  species_not_found: "Dieses Profil einer Art gibt es nicht.",
  token_not_found: "Dieses Token gibt es nicht mehr.",
  registration_key_not_found: "Diesen Schlüssel gibt es nicht mehr.",
  alert_not_found: "Diese Warnung gibt es nicht mehr.",
  alert_resolved: "Diese Warnung ist schon vorbei; es ist nichts mehr zu tun.",
  calibration_not_found: "Diese Kalibrierung hat der Kanal nicht.",
  calibration_not_begun: "Von diesem Kanal läuft keine Kalibrierung; bitte neu beginnen.",
  too_many_calibrations: "Mehr Kalibrierungen kann ein Kanal nicht haben; bitte erst welche entfernen.",
  care_event_not_found: "Diesen Eintrag hat das Pflegebuch nicht mehr.",
  care_event_detected: "Dieses Gießen wurde im Boden gesehen, niemand hat es notiert: Es lässt sich nur entfernen.",
  task_not_found: "Diese Aufgabe gibt es nicht mehr.",
  task_rule_not_found: "Diese Regel gibt es nicht mehr.",
  task_closed: "Diese Aufgabe ist nicht mehr offen.",
  task_rule_automatic: "Diese Regel kam mit der Pflanze: Sie lässt sich ausschalten, nicht entfernen.",
  too_many_task_rules: "Um mehr Regeln kann sich niemand kümmern; bitte erst welche entfernen.",
  calendar_feed_not_found: "Diesen Kalender gibt es nicht mehr.",
  too_many_calendar_feeds: "Mehr Kalender können es nicht sein; bitte erst welche entfernen.",
  notification_channel_not_found: "Diesen Weg gibt es nicht mehr.",
  channel_set_outside: "Dieser Weg kommt aus DISCORD_WEBHOOK_URL: Name und Adresse werden dort geändert.",
  too_many_channels: "Mehr Wege können es nicht sein; bitte erst welche entfernen.",
  photo_not_found: "Dieses Bild hat die Pflanze nicht mehr.",
  photo_invalid: "Das ist kein Bild, das sich lesen lässt: JPEG, PNG oder WebP bitte.",
  photo_unsupported: "Das ist kein Bild, das hier genommen wird: JPEG, PNG oder WebP bitte.",
  too_many_photos: "Für weitere Bilder ist kein Platz; bitte erst welche entfernen.",
  irrigator_not_found: "Diese Bewässerung gibt es nicht mehr.",
  irrigator_taken: "Dieses Ventil gießt schon; bitte jene Bewässerung ändern oder erst entfernen.",
  too_many_irrigators: "Mehr Bewässerungen kann ein Garten nicht haben.",
  no_irrigator: "Keine Bewässerung gießt diese Pflanze: eine hinzufügen, oder die Gießkanne nehmen.",
  assignment_overlaps: "In dieser Zeit misst schon ein anderer Sensor dasselbe an der Pflanze; bitte erst jenen lösen.",
  species_in_use: "Pflanzen haben dieses Profil; bitte ihnen erst ein anderes geben.",
  species_not_yours: "Dieses Profil bleibt, wie es kam: ein eigenes machen, oder die Grenzen der Pflanze setzen.",
  too_many_species: "Mehr eigene Profile lassen sich nicht schnell durchsuchen; bitte erst welche entfernen.",
  name_taken: "So heißt schon etwas anderes; bitte einen anderen Namen wählen.",
  garden_full: "Mehr Geräte fasst der Garten nicht; bitte erst welche entfernen.",
  device_revoked: "Dieses Gerät wurde ausgesperrt, und das bleibt so, bis es jemand wieder hereinlässt.",
  own_token: "Mit diesem Token ist man hier selbst angemeldet; bitte mit einem anderen widerrufen.",
  last_admin_token: "Das ist das letzte Token, das alles darf; bitte erst ein weiteres machen.",
  no_openplantbook_account: "Von OpenPlantbook ist kein Zugang bekannt; bitte erst Kennung und Schlüssel eintragen.",
  openplantbook_refused: "OpenPlantbook nimmt Kennung und Schlüssel nicht an; bitte dort neue machen.",
  openplantbook_busy: "OpenPlantbook hat vorerst oft genug geantwortet; bitte etwas warten.",
  openplantbook_silent: "OpenPlantbook ist nicht zu erreichen; was schon übernommen wurde, gilt weiter.",
  openplantbook_not_understood: "OpenPlantbook antwortet nicht, wie es sollte; nichts wurde geändert.",
  openplantbook_plant_not_found: "Diese Pflanze kennt OpenPlantbook nicht.",
  too_slow: "Es dauerte zu lange, bis alles angekommen war.",
  too_large: "Das ist zu groß.",
  rate_limited: "Das waren zu viele Anfragen; bitte kurz warten.",
  login_blocked: "Von hier kamen zu viele falsche Token. Bitte ein paar Minuten warten.",
  unavailable: "Die Datenbank ist gerade nicht zu erreichen; nichts wurde geändert. Bitte gleich noch einmal.",
};

/** What begins a sentence whose end, what exactly is wrong, the backend alone knows. */
const begun: Record<string, string> = {
  invalid: "Die Angaben passen nicht",
  span_invalid: "Der Zeitraum passt nicht",
  calibration_invalid: "Aus diesen Punkten wird keine Kalibrierung",
  task_not_undone: "Das lässt sich nicht zurücknehmen",
  target_refused: "Zu dieser Adresse darf PlantOps nichts senden",
};

/** Say why something is refused: in the reader's language where we can, else as the backend says it. */
export function refused(code: string, detail: string): string {
  if (language !== "de") return detail;
  const beginning = begun[code];
  if (beginning) return detail ? `${beginning} (${detail})` : `${beginning}.`;
  return whole[code] ?? detail;
}
