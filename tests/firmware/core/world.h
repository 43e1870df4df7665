// What the tests of the firmware's headers share: memory that can be cut at any store, flash that counts, and a clock.
#pragma once

#include <cstdint>

// Before each store into the memory that survives: the tests may let the device die here.
void before_store();
#define PLANTOPS_BEFORE_STORE() ::before_store()

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core_command.h"
#include "core_registration.h"
#include "core_telemetry.h"
#include "core_words.h"

namespace pc = plantops_core;

struct PowerCut {};

// How many stores are still made before the device dies; negative: it lives.
inline long stores_left = -1;
inline void before_store() {
  if (stores_left == 0)
    throw PowerCut();
  if (stores_left > 0)
    stores_left--;
}

struct FakeFlash final : pc::Flash {
  std::map<uint32_t, std::vector<uint8_t>> records;
  std::vector<uint32_t> written;  // places, in order
  bool broken{false};
  bool load(uint32_t place, void *to, size_t size) override {
    const auto found = records.find(place);
    if (found == records.end() || found->second.size() != size)
      return false;
    memcpy(to, found->second.data(), size);
    return true;
  }
  bool save(uint32_t place, const void *from, size_t size) override {
    before_store();
    if (broken)
      return false;
    const auto *bytes = static_cast<const uint8_t *>(from);
    records[place].assign(bytes, bytes + size);
    written.push_back(place);
    return true;
  }
};

constexpr uint32_t THEN = 1795000000;  // when these tests play
inline const char *const KEYS[8] = {"soil_moisture", "soil_temperature", "temperature", "humidity",
                                    "illuminance",   "battery_voltage",  "battery",     "signal_strength"};

// One device over its starts, sleeps and deaths.
struct Device {
  pc::RtcBlock *block = new pc::RtcBlock;
  FakeFlash flash;
  pc::Telemetry *telemetry = nullptr;
  uint32_t mono = 0;     // since the cold start
  uint32_t unix0 = 0;    // Unix time at mono 0
  bool clock_set = false;
  uint32_t draws = 100;
  const char *const *keys = KEYS;
  size_t channels = 8;
  char buffer[pc::BATCH_BYTES];

  explicit Device(uint32_t noise = 0xA5A5A5A5) {
    unix0 = THEN;
    power_cut(noise);
  }
  ~Device() {
    delete telemetry;
    delete block;
  }
  Device(const Device &) = delete;
  Device &operator=(const Device &) = delete;

  pc::Moment now() const { return {mono, clock_set ? unix0 + mono : mono}; }
  // RTC memory is noise, the counter begins anew, nobody knows the time.
  void power_cut(uint32_t noise = 0xDEADBEEF) {
    auto *bytes = reinterpret_cast<uint8_t *>(block);
    for (size_t i = 0; i < sizeof(*block); i++)
      bytes[i] = static_cast<uint8_t>((noise = noise * 1664525U + 1013904223U) >> 24);
    unix0 += mono;
    mono = 0;
    clock_set = false;
    wake();
  }
  // A reset, or a wake from deep sleep: RTC memory and counter go on.
  bool wake() {
    delete telemetry;
    telemetry = new pc::Telemetry(*block, flash, keys, channels);
    const uint32_t era = draws++, boot = draws++;
    return telemetry->wake(now(), era, boot);
  }
  size_t measure(float value, size_t count = 8) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
      kept += telemetry->keep(i, value + static_cast<float>(i), now()) ? 1 : 0;
    return kept;
  }
  std::string send(uint32_t now_ms = 0) {
    const size_t length = telemetry->next(buffer, sizeof(buffer), now_ms);
    return std::string(buffer, length);
  }
};

struct Name {
  uint32_t boot, seq;
};
inline Name name_of(const std::string &batch) {
  pc::JsonObject object(batch.data(), batch.size());
  Name name{};
  REQUIRE(object.valid());
  REQUIRE(object.counter("boot", name.boot));
  REQUIRE(object.counter("seq", name.seq));
  return name;
}

// A backend that stores by (channel, time), as ours does, and remembers which bytes bore which name.
struct Backend {
  std::map<std::string, std::string> stored;  // channel@time -> value
  std::map<std::pair<uint32_t, uint32_t>, std::string> named;
  size_t duplicates = 0;

  Name take(const std::string &batch) {
    const Name name = name_of(batch);
    const auto key = std::make_pair(name.boot, name.seq);
    if (named.count(key) != 0)
      CHECK(named[key] == batch);  // the same name is always the same bytes
    named[key] = batch;
    size_t at = 0;
    while ((at = batch.find("{\"c\":\"", at)) != std::string::npos) {
      const size_t key_end = batch.find('"', at + 6);
      const size_t time = batch.find("\"t\":", key_end) + 4;
      const size_t value = batch.find("\"v\":", time) + 4;
      const std::string where = batch.substr(at + 6, key_end - at - 6) + "@" + batch.substr(time, batch.find(',', time) - time);
      const std::string what = batch.substr(value, batch.find('}', value) - value);
      if (stored.count(where) != 0) {
        CHECK(stored[where] == what);
        duplicates++;
      }
      stored[where] = what;
      at = value;
    }
    return name;
  }
};

// Send and acknowledge until nothing is left.
inline void drain(Device &device, Backend &backend) {
  device.telemetry->flush();
  device.telemetry->settle(device.now());
  device.telemetry->connected(true);
  for (int guard = 0; guard < 5000; guard++) {
    const std::string batch = device.send(0);
    if (batch.empty())
      return;
    const Name name = backend.take(batch);
    const bool named = device.telemetry->acknowledge(name.boot, name.seq);  // may die in here
    CHECK(named);
  }
  FAIL("it never ends");
}
