/** Words that the page and the card have in common: how a plant is, and what can be wrong with it. */

export const states = {
  en: {
    alarm: "Problem",
    thirsty: "Needs water",
    warn: "Not content",
    silent: "Silent",
    fine: "Fine",
    unknown: "No readings",
  },
  de: {
    alarm: "Problem",
    thirsty: "Braucht Wasser",
    warn: "Nicht zufrieden",
    silent: "Verstummt",
    fine: "Gut",
    unknown: "Keine Werte",
  },
};

/** What can be wrong, by kind of alert; the backend may know kinds that we don't. */
export const kinds: Record<"en" | "de", Record<string, string>> = {
  en: {
    soil_moisture_low: "Too dry",
    soil_moisture_high: "Too wet",
    temperature_low: "Too cold",
    temperature_high: "Too warm",
    humidity_low: "Air too dry",
    humidity_high: "Air too humid",
    soil_conductivity_low: "Hungry",
    soil_conductivity_high: "Too much fertiliser",
    dli_low: "Too little light",
    dli_high: "Too much light",
    device_silent: "Device is silent",
    sensor_fault: "Probe is faulty",
    battery_low: "Battery is low",
    frost: "Frost is coming",
    irrigation_failed: "Watering failed",
    leak: "Leak",
    reservoir_empty: "Reservoir is empty",
  },
  de: {
    soil_moisture_low: "Zu trocken",
    soil_moisture_high: "Zu nass",
    temperature_low: "Zu kalt",
    temperature_high: "Zu warm",
    humidity_low: "Luft zu trocken",
    humidity_high: "Luft zu feucht",
    soil_conductivity_low: "Hungrig",
    soil_conductivity_high: "Zu viel Dünger",
    dli_low: "Zu wenig Licht",
    dli_high: "Zu viel Licht",
    device_silent: "Gerät ist verstummt",
    sensor_fault: "Fühler ist gestört",
    battery_low: "Batterie ist schwach",
    frost: "Frost kommt",
    irrigation_failed: "Bewässerung misslang",
    leak: "Leck",
    reservoir_empty: "Behälter ist leer",
  },
};
