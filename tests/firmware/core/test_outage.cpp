// Long outages: what flash keeps, and how seldom it is written.
#include "world.h"

static void live(Device &device, int rounds, uint32_t every, float value = 1.0F) {
  for (int round = 0; round < rounds; round++, device.mono += every) {
    device.measure(value);
    device.telemetry->flush();
    device.telemetry->settle(device.now());
  }
}

TEST_CASE("thirty days without a broker, eight metrics every fifteen minutes, asleep in between: nothing is lost") {
  Device device;
  Backend backend;
  device.clock_set = true;
  for (int round = 0; round < 30 * 96; round++, device.mono += 900) {
    CHECK(device.wake());
    REQUIRE(device.measure(1.0F) == 8);
    device.telemetry->flush();
    device.telemetry->settle(device.now());
  }
  CHECK(device.telemetry->memory.state.dropped == 0);
  CHECK(device.flash.written.size() <= 42);
  drain(device, backend);
  CHECK(backend.stored.size() == 30 * 96 * 8);
  CHECK(backend.duplicates == 0);
  CHECK(device.telemetry->drained());
}

TEST_CASE("an outage without end keeps the newest") {
  Device device;
  Backend backend;
  device.clock_set = true;
  live(device, 90 * 96, 900);
  CHECK(device.telemetry->spill.waiting() == pc::PAGES);
  drain(device, backend);
  CHECK(backend.stored.size() >= 30 * 96 * 8);
  CHECK(backend.stored.size() + device.telemetry->memory.state.dropped == 90 * 96 * 8);
  CHECK(backend.stored.count("soil_moisture@" + std::to_string(THEN + (90 * 96 - 1) * 900)) == 1);
}

TEST_CASE("a power cut in an outage loses the ring, never the pages") {
  Device device;
  Backend backend;
  device.clock_set = true;
  live(device, 10 * 96, 900);
  const size_t pages = device.telemetry->spill.waiting();
  CHECK(pages == 13);
  device.power_cut();
  CHECK(device.telemetry->spill.waiting() == pages);
  device.clock_set = true;
  drain(device, backend);
  CHECK(backend.stored.size() == pages * pc::PAGE_SLOTS * 4);
}

TEST_CASE("what was drained is not drained again after every power cut") {
  Device device;
  Backend backend;
  device.clock_set = true;
  live(device, 5 * 96, 900);
  drain(device, backend);
  device.power_cut();               // flash does not know yet: all is sent again, which is harmless
  CHECK(device.telemetry->spill.waiting() > 0);
  device.clock_set = true;
  const size_t stored = backend.stored.size();
  drain(device, backend);
  CHECK(backend.stored.size() == stored);
  device.mono += pc::FIRST_NOTE_SECONDS;
  device.telemetry->settle(device.now());
  device.power_cut();
  CHECK(device.telemetry->spill.waiting() == 0);
}

TEST_CASE("pages measured before the clock was ever set are dated when it is, in the same era only") {
  for (const bool cut : {false, true}) {
    Device device;
    Backend backend;
    live(device, 150, 60);
    CHECK(device.telemetry->spill.waiting() == 1);
    if (cut)
      device.power_cut();
    device.clock_set = true;
    drain(device, backend);
    CHECK(backend.stored.size() == (cut ? 0 : 150 * 8));
    CHECK(device.telemetry->drained());
    if (!cut)
      CHECK(backend.stored.count("soil_moisture@1795000000") == 1);
  }
}

TEST_CASE("a page that was dated and sent keeps its times whatever the clock does until its ack") {
  Device device;
  live(device, 150, 60);
  REQUIRE(device.telemetry->spill.waiting() == 1);
  device.clock_set = true;
  device.telemetry->settle(device.now());
  Backend ring;
  device.telemetry->connected(true);
  for (std::string batch = device.send(0); device.telemetry->memory.size() > 0; batch = device.send(0)) {
    const Name name = ring.take(batch);
    REQUIRE(device.telemetry->acknowledge(name.boot, name.seq));
  }
  device.telemetry->connected(true);
  const std::string first = device.send(0);
  REQUIRE_FALSE(first.empty());
  for (const uint32_t jump : {30U, 3600U}) {
    device.unix0 += jump;
    device.mono += 60;
    device.telemetry->settle(device.now());
    device.telemetry->connected(true);
    CHECK(device.send(0) == first);
    device.wake();
    device.telemetry->connected(true);
    CHECK(device.send(0) == first);
  }
}

TEST_CASE("a reset before any store of spilling loses nothing that was kept") {
  for (long step = 0;; step++) {
    Device device;
    Backend backend;
    device.clock_set = true;
    device.mono = pc::SPILL_SECONDS;
    for (uint32_t i = 0; device.telemetry->memory.size() < pc::SPILL_AT; i++, device.mono += 60) {
      device.measure(1.0F);
      device.telemetry->flush();
    }
    const size_t kept = device.telemetry->memory.size() * 4;
    stores_left = step;
    bool cut = false;
    try {
      device.telemetry->settle(device.now());
    } catch (const PowerCut &) {
      cut = true;
    }
    stores_left = -1;
    device.wake();
    drain(device, backend);
    CHECK(backend.stored.size() == kept);
    if (!cut)
      break;
    REQUIRE(step < 1000);
  }
}

TEST_CASE("broken flash costs the oldest readings and is not hammered") {
  Device device;
  device.clock_set = true;
  device.flash.broken = true;
  live(device, 1440, 60);
  CHECK(device.telemetry->memory.size() > 100);
  device.flash.broken = false;
  Backend backend;
  drain(device, backend);
  CHECK(backend.stored.count("soil_moisture@" + std::to_string(THEN + 1439 * 60)) == 1);
}

TEST_CASE("damaged pages are passed over") {
  Device device;
  Backend backend;
  device.clock_set = true;
  live(device, 5 * 96, 900);
  const size_t pages = device.telemetry->spill.waiting();
  CHECK(pages == 6);
  device.flash.records[pc::Flash::FIRST_PAGE + 1][700] ^= 1;
  device.flash.records.erase(pc::Flash::FIRST_PAGE + 3);
  drain(device, backend);
  CHECK(backend.stored.size() == 5 * 96 * 8 - 2 * pc::PAGE_SLOTS * 4);
}

// The promise: at most 50 writes in any day, whatever happens. Here the broker is away, comes and goes, the power is cut
// again and again, and eight metrics come as fast as a device lets them.
TEST_CASE("flash is written at most fifty times a day") {
  for (const uint32_t cut_every : {0U, 86400U, 20000U, 4300U, 4000U, 700U}) {
    for (const uint32_t drain_every : {0U, 7200U, 50000U}) {
      Device device;
      Backend backend;
      std::vector<uint64_t> writes;
      uint64_t second = 0;
      for (; second < 3 * 86400; second += 10) {
        device.clock_set = true;
        device.measure(1.0F);
        device.telemetry->flush();
        device.telemetry->settle(device.now());
        if (drain_every != 0 && second % drain_every == 0)
          drain(device, backend);
        backend = Backend();
        while (writes.size() < device.flash.written.size())
          writes.push_back(second);
        device.mono += 10;
        if (cut_every != 0 && second % cut_every == 0)
          device.power_cut(static_cast<uint32_t>(second));
      }
      for (size_t i = 0; i + 50 < writes.size(); i++)
        CHECK(writes[i + 50] - writes[i] > 86400);
    }
  }
}
