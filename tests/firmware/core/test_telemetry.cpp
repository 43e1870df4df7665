// Times, batches and acks.
#include "world.h"

TEST_CASE("nothing is sent before the clock was set, and then with the right times") {
  Device device;
  device.measure(40.0F);
  device.mono += 600;
  device.wake();  // it slept
  device.measure(41.0F);
  device.telemetry->flush();
  device.telemetry->connected(true);
  CHECK(device.send().empty());
  device.mono += 5;
  device.clock_set = true;
  device.telemetry->settle(device.now());
  Backend backend;
  drain(device, backend);
  CHECK(backend.stored.size() == 8);  // the first round was still being gathered when it slept without a flush
  CHECK(backend.stored.count("soil_moisture@1795000600") == 1);
}

TEST_CASE("insane clocks are no clocks") {
  for (const uint32_t unix0 : {0U, 86400U, 1500000000U, 3000000000U, 4294960000U}) {
    Device device;
    device.unix0 = unix0;
    device.clock_set = true;
    device.measure(1.0F);
    device.telemetry->flush();
    device.telemetry->settle(device.now());
    device.telemetry->connected(true);
    CHECK(device.send().empty());
    device.unix0 = THEN;
    Backend backend;
    drain(device, backend);
    CHECK(backend.stored.count("soil_moisture@1795000000") == 1);
  }
}

TEST_CASE("a reading keeps its time whatever the clock does later") {
  Device device;
  device.clock_set = true;
  device.measure(1.0F);
  device.telemetry->flush();
  device.telemetry->settle(device.now());
  device.telemetry->connected(true);
  const std::string first = device.send(0);
  for (const long jump : {3600L, -7200L, 40L}) {
    device.unix0 = static_cast<uint32_t>(static_cast<long>(device.unix0) + jump);
    device.mono += 60;
    device.telemetry->settle(device.now());
    device.telemetry->connected(true);
    CHECK(device.send(0) == first);
  }
  device.mono += 60;
  CHECK(device.wake());  // sleeps without an ack
  device.telemetry->connected(true);
  CHECK(device.send(0) == first);
}

TEST_CASE("after a jump back the same second may come again without harm") {
  Device device;
  device.clock_set = true;
  CHECK(device.telemetry->keep(0, 1.0F, device.now(), 10));
  device.mono += 5;
  CHECK_FALSE(device.telemetry->keep(0, 2.0F, device.now(), 10));  // too soon
  device.mono += 5;
  CHECK(device.telemetry->keep(0, 3.0F, device.now(), 10));
  device.unix0 -= 100;
  CHECK(device.telemetry->keep(0, 4.0F, device.now(), 10));
  Backend backend;
  drain(device, backend);
  CHECK(backend.stored.size() == 3);
}

TEST_CASE("what is no number, or no channel, is not kept") {
  Device device;
  CHECK_FALSE(device.telemetry->keep(0, NAN, device.now()));
  CHECK_FALSE(device.telemetry->keep(0, INFINITY, device.now()));
  CHECK_FALSE(device.telemetry->keep(8, 1.0F, device.now()));
  CHECK(device.telemetry->drained());
}

TEST_CASE("only the matching ack frees memory; lost and doubled ones do no harm") {
  Device device;
  Backend backend;
  device.clock_set = true;
  for (int round = 0; round < 40; round++, device.mono += 60)
    device.measure(1.0F);
  device.telemetry->flush();
  device.telemetry->settle(device.now());
  device.telemetry->connected(true);
  const std::string batch = device.send(1000);
  const Name name = backend.take(batch);
  const size_t before = device.telemetry->memory.size();
  CHECK_FALSE(device.telemetry->acknowledge(name.boot + 1, name.seq));
  CHECK_FALSE(device.telemetry->acknowledge(name.boot, name.seq + 1));
  CHECK_FALSE(device.telemetry->acknowledge("{\"boot\":1,\"seq\":", 16));
  CHECK_FALSE(device.telemetry->acknowledge("[]", 2));
  CHECK(device.telemetry->memory.size() == before);
  CHECK(device.send(1000 + 9999).empty());          // the ack may still come
  CHECK(device.send(1000 + 10000) == batch);        // it was lost
  CHECK(device.send(1000 + 29999).empty());         // twice as long
  CHECK(device.send(1000 + 30000) == batch);
  CHECK(device.telemetry->acknowledge(name.boot, name.seq));
  const size_t after = device.telemetry->memory.size();
  CHECK(after < before);
  CHECK_FALSE(device.telemetry->acknowledge(name.boot, name.seq));  // the second copy's ack
  CHECK(device.telemetry->memory.size() == after);
  drain(device, backend);
  CHECK(backend.stored.size() == 40 * 8);
}

TEST_CASE("a silent backend is asked ever more seldom, at most every five minutes") {
  Device device;
  device.clock_set = true;
  device.measure(1.0F);
  device.telemetry->flush();
  device.telemetry->connected(true);
  int sent = 0;
  for (uint32_t second = 0; second < 86400; second++)
    sent += device.send(second * 1000).empty() ? 0 : 1;
  CHECK(sent > 280);
  CHECK(sent < 300);
}

TEST_CASE("an overflowing ring gives the batch under way another name") {
  Device device;
  Backend backend;
  device.clock_set = true;
  device.flash.broken = true;
  for (int round = 0; round < 100; round++, device.mono += 60)
    device.measure(1.0F);
  device.telemetry->flush();
  device.telemetry->connected(true);
  const Name name = backend.take(device.send(0));
  for (int round = 0; round < 100; round++, device.mono += 60)
    device.measure(2.0F);
  device.telemetry->flush();
  CHECK_FALSE(device.telemetry->acknowledge(name.boot, name.seq));
  drain(device, backend);
  CHECK(backend.stored.size() >= pc::RING_SLOTS * 4);
}

TEST_CASE("values are gathered per group, each with its own second") {
  Device device;
  Backend backend;
  device.clock_set = true;
  for (size_t channel = 0; channel < 4; channel++, device.mono += 7)
    device.telemetry->keep(channel, 1.5F, device.now());
  device.telemetry->settle(device.now());
  CHECK(device.telemetry->memory.size() == 0);
  device.mono += 10;
  device.telemetry->settle(device.now());
  CHECK(device.telemetry->memory.size() == 1);
  drain(device, backend);
  CHECK(backend.stored.count("soil_moisture@1795000000") == 1);
  CHECK(backend.stored.count("humidity@1795000021") == 1);
}

TEST_CASE("a batch fits its buffer whatever the keys") {
  std::string longest(pc::MAX_KEY, 'k');
  std::vector<std::string> names;
  std::vector<const char *> keys;
  for (char c = 'a'; c < 'a' + 16; c++)
    names.push_back(longest.substr(1) + c);
  for (const auto &name : names)
    keys.push_back(name.c_str());
  Device device;
  device.keys = keys.data();
  device.channels = 16;
  device.wake();
  device.clock_set = true;
  for (int round = 0; round < 20; round++, device.mono += 60)
    CHECK(device.measure(-1.1754944e-38F, 16) == 16);
  Backend backend;
  drain(device, backend);
  CHECK(backend.stored.size() == 20 * 16);
  for (const auto &[name, batch] : backend.named)
    CHECK(batch.size() < pc::BATCH_BYTES);
}
