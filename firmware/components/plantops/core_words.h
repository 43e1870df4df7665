// What a device says of itself: `info`, and its request to be registered. Plain C++17: no ESPHome, no heap.
#pragma once

#include "core_command.h"
#include "core_json_writer.h"

namespace plantops_core {

struct Channel {
  const char *key;
  const char *metric;
  const char *unit;
  const char *name;
};

struct About {
  const char *model;
  const char *manufacturer;
  const char *firmware;
  const char *hardware_id;
  const char *name;           // for people
  uint32_t sleep_seconds;
};

// Give the length; 0: it does not fit.
inline size_t write_info(char *buffer, size_t size, const About &about, const Channel *channels, size_t channel_count,
                         const Valve *valves, size_t valve_count) {
  JsonWriter json(buffer, size);
  json.open('{');
  json.field("model", about.model);
  json.field("manufacturer", about.manufacturer);
  json.field("firmware", about.firmware);
  json.field("hardware_id", about.hardware_id);
  json.field("name", about.name);
  json.field("sleep_seconds", about.sleep_seconds);
  json.key("channels");
  json.open('{');
  for (size_t i = 0; i < channel_count; i++) {
    json.key(channels[i].key);
    json.open('{');
    json.field("metric", channels[i].metric);
    if (channels[i].unit[0] != '\0')
      json.field("unit", channels[i].unit);
    if (channels[i].name[0] != '\0')
      json.field("name", channels[i].name);
    json.close('}');
  }
  json.close('}');
  json.key("valves");
  json.open('{');
  for (size_t i = 0; i < valve_count; i++) {
    json.key(valves[i].key);
    json.open('{');
    if (valves[i].name[0] != '\0')
      json.field("name", valves[i].name);
    json.field("max_seconds", valves[i].max_seconds);
    if (valves[i].litres_per_minute > 0.0F)
      json.field("litres_per_minute", valves[i].litres_per_minute);
    json.close('}');
  }
  json.close('}');
  json.close('}');
  return json.ok() ? json.length() : 0;
}

inline size_t write_registration(char *buffer, size_t size, const About &about, const char *key, const char *wish) {
  JsonWriter json(buffer, size);
  json.open('{');
  json.field("registration_key", key);
  json.field("hardware_id", about.hardware_id);
  json.field("model", about.model);
  json.field("firmware", about.firmware);
  json.field("name", wish);
  json.field("friendly_name", about.name);
  json.close('}');
  return json.ok() ? json.length() : 0;
}

}  // namespace plantops_core
