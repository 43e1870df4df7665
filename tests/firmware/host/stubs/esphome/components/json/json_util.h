// ESPHome's JSON without ArduinoJson: enough for its headers to be read, and for nothing else.
#pragma once

#include <functional>
#include <string>

class JsonObject {};
using JsonObjectConst = JsonObject;

namespace esphome::json {
using json_parse_t = std::function<bool(JsonObject)>;
using json_build_t = std::function<void(JsonObject)>;
std::string build_json(const json_build_t &build);
}  // namespace esphome::json
