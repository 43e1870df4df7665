// Power cuts at every step, clock jumps, lost and doubled acks: nothing is lost, nothing is sent under two names.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "world.h"

TEST_CASE("the arithmetic: 6 KB hold more than 96 rounds of 8 metrics") {
  CHECK(sizeof(pc::RtcBlock) <= 6144);
  CHECK(pc::RING_SLOTS == 214);
  CHECK(pc::RING_SLOTS / 2 == 107);
  Device device;
  device.clock_set = true;
  for (int round = 0; round < 107; round++, device.mono += 60)
    REQUIRE(device.measure(1.0F) == 8);
  device.telemetry->flush();
  CHECK(device.telemetry->memory.size() == 214);
  CHECK(device.telemetry->memory.state.dropped == 0);
  device.mono += 60;
  device.measure(1.0F);
  device.telemetry->flush();
  CHECK(device.telemetry->memory.size() == 214);
  CHECK(device.telemetry->memory.state.dropped == 8);
}

TEST_CASE("noise is no memory, and a wake is no power cut") {
  for (uint32_t noise = 1; noise < 200; noise++) {
    Device device(noise * 7919);
    CHECK(device.telemetry->memory.size() == 0);
    const uint32_t boot = device.telemetry->memory.state.boot;
    device.clock_set = true;
    device.measure(20.0F);
    device.telemetry->flush();
    device.mono += 900;
    CHECK(device.wake());
    CHECK(device.telemetry->memory.size() == 2);
    CHECK(device.telemetry->memory.state.boot == boot);
  }
}

TEST_CASE("other channels make the memory unreadable, not wrong") {
  Device device;
  device.clock_set = true;
  device.measure(20.0F);
  device.telemetry->flush();
  device.channels = 7;
  CHECK_FALSE(device.wake());
  CHECK(device.telemetry->memory.size() == 0);
}

// Do something with a device while it may die before any store; afterwards it wakes as after a reset.
template<typename Do> long cut_everywhere(Device &device, long step, Do doing) {
  stores_left = step;
  bool cut = false;
  try {
    doing();
  } catch (const PowerCut &) {
    cut = true;
  }
  const long left = stores_left;
  stores_left = -1;
  device.mono += 1;
  CHECK(device.wake());
  return cut ? -1 : left;
}

TEST_CASE("a reset before any store loses at most the slot that was being written") {
  for (const bool full : {false, true}) {
    for (long step = 0;; step++) {
      Device device;
      device.clock_set = true;
      const int rounds = full ? 107 : 5;
      for (int round = 0; round < rounds; round++, device.mono += 60)
        device.measure(1.0F);
      device.telemetry->flush();
      const size_t before = device.telemetry->memory.size();
      const long left = cut_everywhere(device, step, [&] {
        device.measure(50.0F);
        device.telemetry->flush();
      });
      const size_t after = device.telemetry->memory.size();
      CHECK(after + 1 >= before);
      for (uint32_t number = device.telemetry->memory.state.tail; number != device.telemetry->memory.state.head; number++)
        CHECK(device.telemetry->memory.at(number).valid());
      Backend backend;
      drain(device, backend);
      CHECK(backend.stored.size() == after * 4);
      if (left >= 0)
        break;
      REQUIRE(step < 1000);
    }
  }
}

TEST_CASE("a reset before any store of sending and acknowledging loses nothing and renames nothing") {
  for (long step = 0;; step++) {
    Device device;
    Backend backend;
    device.clock_set = true;
    for (int round = 0; round < 30; round++, device.mono += 60)
      device.measure(1.0F);
    device.telemetry->flush();
    const long left = cut_everywhere(device, step, [&] { drain(device, backend); });
    drain(device, backend);
    CHECK(backend.stored.size() == 30 * 8);
    CHECK(device.telemetry->drained());
    if (left >= 0)
      break;
    REQUIRE(step < 5000);
  }
}

TEST_CASE("a reset before any store of the dating dates everything once") {
  for (long step = 0;; step++) {
    Device device;
    Backend backend;
    for (int round = 0; round < 20; round++, device.mono += 60)
      device.measure(1.0F);
    device.telemetry->flush();
    device.clock_set = true;
    const long left = cut_everywhere(device, step, [&] { device.telemetry->settle(device.now()); });
    drain(device, backend);
    CHECK(backend.stored.size() == 20 * 8);
    CHECK(backend.stored.count("soil_moisture@1795000000") == 1);
    CHECK(backend.stored.count("soil_moisture@1795001140") == 1);
    if (left >= 0)
      break;
    REQUIRE(step < 1000);
  }
}

TEST_CASE("a counter that begins anew under a living memory dates nothing wrongly") {
  Device device;
  device.mono = 5000;
  device.measure(1.0F);
  device.telemetry->flush();          // undated, and the clock was never set
  device.telemetry->settle(device.now());
  device.mono = 3;                    // a brown-out
  CHECK(device.wake());
  device.unix0 = THEN + 6000;
  device.clock_set = true;
  device.measure(2.0F);
  Backend backend;
  drain(device, backend);
  CHECK(backend.stored.size() == 8);  // the new round only; the old one cannot be dated any more
  CHECK(backend.stored.count("soil_moisture@1795006003") == 1);
  CHECK(device.telemetry->memory.state.dropped >= 8);
}
