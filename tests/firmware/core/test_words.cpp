// The protocol's examples, byte for byte: tests/vectors/protocol.
#include "vectors.h"
#include "world.h"

static pc::About about_of(const AboutVector &about) {
  return {about.model, about.manufacturer, about.firmware, about.hardware_id, about.name, about.sleep_seconds};
}

TEST_CASE("batches") {
  for (const auto &vector : BATCHES) {
    CAPTURE(vector.name);
    std::vector<const char *> keys;
    for (const auto &reading : vector.readings) {
      bool known = false;
      for (const auto *key : keys)
        known = known || strcmp(key, reading.c) == 0;
      if (!known)
        keys.push_back(reading.c);
    }
    Device device;
    device.keys = keys.data();
    device.channels = keys.size();
    device.wake();
    device.telemetry->memory.state.boot = vector.boot;
    device.telemetry->memory.state.seq = vector.seq;
    for (const auto &reading : vector.readings)
      for (size_t channel = 0; channel < keys.size(); channel++)
        if (strcmp(keys[channel], reading.c) == 0)
          CHECK(device.telemetry->keep(channel, reading.v, {1, reading.t}));
    device.telemetry->flush();
    device.telemetry->connected(true);
    CHECK(device.send() == vector.payload);
    CHECK(device.telemetry->acknowledge(vector.boot, vector.seq));
    CHECK(device.telemetry->drained());
    CHECK(device.telemetry->memory.state.seq == vector.seq + 1);
  }
}

TEST_CASE("acks") {
  for (const auto &vector : ACKS) {
    CAPTURE(vector.name);
    Device device;
    device.clock_set = true;
    device.telemetry->memory.state.boot = vector.good ? vector.boot : 2914823411U;
    device.telemetry->memory.state.seq = vector.good ? vector.seq : 812;
    device.measure(1.0F);
    device.telemetry->flush();
    device.telemetry->connected(true);
    REQUIRE_FALSE(device.send().empty());
    CHECK(device.telemetry->acknowledge(vector.payload.data(), vector.payload.size()) == vector.good);
    CHECK(device.telemetry->drained() == vector.good);
  }
}

TEST_CASE("info") {
  for (const auto &vector : INFOS) {
    CAPTURE(vector.name);
    std::vector<pc::Channel> channels;
    std::vector<pc::Valve> valves;
    for (const auto &channel : vector.channels)
      channels.push_back({channel.key, channel.metric, channel.unit, channel.name});
    for (const auto &valve : vector.valves)
      valves.push_back({valve.key, valve.name, valve.max_seconds, valve.litres_per_minute});
    char buffer[2048];
    const size_t length = pc::write_info(buffer, sizeof(buffer), about_of(vector.about), channels.data(),
                                         channels.size(), valves.data(), valves.size());
    CHECK(std::string(buffer, length) == vector.payload);
    for (size_t room = 0; room <= length; room++)
      CHECK(pc::write_info(buffer, room, about_of(vector.about), channels.data(), channels.size(), valves.data(),
                           valves.size()) == 0);
  }
}

TEST_CASE("requests to be registered") {
  for (const auto &vector : REQUESTS) {
    char buffer[600];
    const size_t length =
        pc::write_registration(buffer, sizeof(buffer), about_of(vector.about), vector.key, vector.wish);
    CHECK(std::string(buffer, length) == vector.payload);
  }
}

TEST_CASE("numbers are the shortest text that is this float again") {
  const std::pair<float, const char *> cases[] = {
      {0.1F, "0.1"}, {41.2F, "41.2"}, {-0.0F, "-0"}, {16777216.0F, "16777216"}, {1.0F / 3.0F, "0.33333334"}, {1e-7F, "1e-07"},
      {3.4028235e38F, "3.4028235e+38"}, {104250.0F, "104250"}, {65.535F, "65.535"}};
  for (const auto &[value, expected] : cases) {
    char text[24];
    pc::format_float(text, sizeof(text), value);
    CHECK(std::string(text) == expected);
  }
}

TEST_CASE("texts from JSON") {
  const auto read = [](const std::string &json) {
    char text[32];
    return pc::JsonObject(json.data(), json.size()).text("k", text) ? std::string(text) : std::string("-");
  };
  CHECK(read(R"({"k":"a\"\\\/\b\f\n\r\tz"})") == "a\"\\/\b\f\n\r\tz");
  CHECK(read(R"({"k":"\u00e4\u20ac\ud83c\udf31"})") == "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x8C\xB1");
  CHECK(read(R"({"k":"1","k":"2"})") == "2");
  CHECK(read(R"({"a":{"k":"1"},"k":"2"})") == "2");
  for (const auto *bad : {R"({"k":"\ud83c"})", R"({"k":"\ud83cx"})", R"({"k":"\udf31"})", R"({"k":"\u0000"})", R"({"k":"\x"})", R"({"k":1})",
                          R"({"k":"0123456789012345678901234567890123456789"})", R"({"k":"a)", R"({"k" "a"})", R"({"k":"a",})", R"({"k":01})"})
    CHECK(read(bad) == "-");
}
