/** The API's own words, from its OpenAPI document. */
import type { components } from "../generated/api.js";

type Schemas = components["schemas"];

export type Device = Schemas["Device"];
export type Channel = Schemas["Channel"];
export type Plant = Schemas["Plant"];
export type PlantValue = Schemas["PlantValue"];
export type Metric = PlantValue["metric"];
export type Thresholds = Schemas["Thresholds"];
export type GardenSnapshot = Schemas["GardenSnapshot"];
export type History = Schemas["History"];
export type Point = Schemas["Point"];
export type Alert = Schemas["Alert"];
export type CalibrationProcedure = Schemas["CalibrationProcedure"];
export type ChannelCalibration = Schemas["ChannelCalibration"];
export type CareTask = Schemas["CareTask"];
export type CareEvent = Schemas["CareEvent"];
export type Photo = Schemas["Photo"];
export type Session = Schemas["Session"];
export type DeadLetter = Schemas["DeadLetter"];
export type Health = Schemas["Health"];
export type GardenSettings = Schemas["GardenSettings"];
export type Keeping = Schemas["Keeping"];
export type NotificationChannel = Schemas["NotificationChannel"];
export type NotificationChannelCreated = Schemas["NotificationChannelCreated"];
export type NotificationTest = Schemas["NotificationTest"];
export type Token = Schemas["Token"];
export type TokenCreated = Schemas["TokenCreated"];
export type RegistrationKey = Schemas["RegistrationKey"];
export type Irrigator = Schemas["Irrigator"];
export type WateringCommand = Schemas["WateringCommand"];
export type RegistrationPlace = Schemas["RegistrationPlace"];
export type RegistrationKeyCreated = Schemas["RegistrationKeyCreated"];
export type OpenPlantbookAccount = Schemas["OpenPlantbookAccount"];
export type PlantImport = Schemas["PlantImport"];
export type SpeciesFound = Schemas["SpeciesFound"];
export type Scope = Session["scopes"][number];

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: string | null;
}
