// Once, never late, and closed is the rest.
#include <functional>

#include "vectors.h"
#include "world.h"

struct FakeHands final : pc::Hands {
  std::vector<std::string> told;
  std::vector<size_t> opened;
  std::map<size_t, bool> open;
  std::function<void(size_t)> closed;
  int identified = 0, restarts = 0;
  void set_valve(size_t valve, bool is) override {
    if (is)
      opened.push_back(valve);
    open[valve] = is;
    if (!is && closed)
      closed(valve);
  }
  void identify() override { identified++; }
  void restart() override { restarts++; }
  void tell(const char *result, size_t length) override { told.emplace_back(result, length); }
};

static std::vector<pc::Valve> valves() {
  std::vector<pc::Valve> all;
  for (const auto &valve : COMMAND_VALVES)
    all.push_back({valve.key, valve.name, valve.max_seconds, valve.litres_per_minute});
  return all;
}
constexpr uint32_t UPTIME_MS = (COMMANDS_NOW - COMMANDS_STARTED) * 1000U;
static const pc::Moment NOW{COMMANDS_NOW - COMMANDS_STARTED, COMMANDS_NOW};

TEST_CASE("commands and their results, as the vectors have them") {
  const auto all = valves();
  for (const auto &vector : COMMANDS) {
    CAPTURE(vector.name);
    FakeHands hands;
    pc::Commands commands(hands, all.data(), all.size());
    for (const auto &said : vector.said)
      commands.hear(said.data(), said.size(), NOW, UPTIME_MS);
    if (vector.wait_ms > 0) {
      commands.tick(UPTIME_MS + vector.wait_ms - 1);
      const size_t before = hands.told.size();
      commands.tick(UPTIME_MS + vector.wait_ms);
      CHECK(hands.told.size() > before);
    }
    CHECK(hands.told == vector.results);
    CHECK(hands.opened.size() == vector.opened.size());
    for (size_t i = 0; i < hands.opened.size(); i++)
      CHECK(vector.opened[i] == all[hands.opened[i]].key);
    for (const auto &[valve, open] : hands.open)
      CHECK_FALSE(open);
  }
}

static const std::string WATER = COMMANDS[0].said[0];

TEST_CASE("without a clock nothing flows") {
  for (const uint32_t unix_time : {0U, 1000U, 1500000000U, 4000000000U}) {
    const auto all = valves();
    FakeHands hands;
    pc::Commands commands(hands, all.data(), all.size());
    CHECK(commands.hear(WATER.data(), WATER.size(), {10, unix_time}, 500000));
    CHECK(hands.opened.empty());
    REQUIRE(hands.told.size() == 1);
    CHECK(hands.told[0].find("The clock is not set.") != std::string::npos);
  }
}

TEST_CASE("what a hand closes is told as stopped, with the time that water flowed") {
  const auto all = valves();
  FakeHands hands;
  pc::Commands commands(hands, all.data(), all.size());
  hands.closed = [&](size_t valve) { commands.was_closed(valve, UPTIME_MS + 3000); };  // as a switch tells it
  commands.was_closed(0, UPTIME_MS);
  CHECK(hands.told.empty());  // nothing was open
  commands.hear(WATER.data(), WATER.size(), NOW, UPTIME_MS);
  hands.set_valve(0, false);
  CHECK_FALSE(commands.any_open());
  REQUIRE(hands.told.size() == 2);
  CHECK(hands.told[1].find("\"state\":\"stopped\",\"seconds\":3,\"detail\":\"It was closed at the device.\"") != std::string::npos);
  commands.tick(UPTIME_MS + 3600000);
  CHECK(hands.told.size() == 2);
}

TEST_CASE("a valve that tells of its closing is told once, whoever closed it") {
  const auto all = valves();
  FakeHands hands;
  pc::Commands commands(hands, all.data(), all.size());
  hands.closed = [&](size_t valve) { commands.was_closed(valve, UPTIME_MS + 20000); };
  commands.hear(WATER.data(), WATER.size(), NOW, UPTIME_MS);
  commands.tick(UPTIME_MS + 20000);
  CHECK(hands.told == COMMANDS[0].results);
}

TEST_CASE("a lost broker closes, and the last word is said again when it is found") {
  const auto all = valves();
  FakeHands hands;
  pc::Commands commands(hands, all.data(), all.size());
  commands.hear(WATER.data(), WATER.size(), NOW, UPTIME_MS);
  CHECK(commands.any_open());
  commands.lost_broker(UPTIME_MS + 7000);
  CHECK_FALSE(commands.any_open());
  CHECK_FALSE(hands.open[0]);
  const std::string last = hands.told.back();
  CHECK(last.find("\"state\":\"stopped\",\"seconds\":7,") != std::string::npos);
  hands.told.clear();
  commands.found_broker(UPTIME_MS + 60000);
  CHECK(hands.told == std::vector<std::string>{last});
  hands.told.clear();
  commands.found_broker(UPTIME_MS + 60000 + pc::TELL_AGAIN_MS);
  CHECK(hands.told.empty());
}

TEST_CASE("a restart is the end: nothing is resumed, and the same command is not carried out after it") {
  const auto all = valves();
  FakeHands hands;
  pc::Commands commands(hands, all.data(), all.size());
  commands.hear(WATER.data(), WATER.size(), NOW, UPTIME_MS);
  for (const uint32_t uptime : {1000U, 5000U}) {  // it restarted, and the broker delivers again
    FakeHands fresh;
    pc::Commands reborn(fresh, all.data(), all.size());
    reborn.hear(WATER.data(), WATER.size(), {NOW.mono, NOW.utc + 15}, uptime);
    CHECK(fresh.opened.empty());
    std::string older = WATER;
    older.replace(older.find("\"issued\":1795000030,"), 20, "");
    pc::Commands without(fresh, all.data(), all.size());
    without.hear(older.data(), older.size(), {NOW.mono, NOW.utc + 15}, uptime);
    CHECK(fresh.opened.empty());
  }
}

TEST_CASE("it never waters twice for one id, whatever came in between") {
  const auto all = valves();
  FakeHands hands;
  pc::Commands commands(hands, all.data(), all.size());
  commands.hear(WATER.data(), WATER.size(), NOW, UPTIME_MS);
  for (size_t i = 0; i < pc::REMEMBERED; i++) {
    const std::string other = "{\"id\":\"i" + std::to_string(i) + "\",\"action\":\"identify\"}";
    commands.hear(other.data(), other.size(), NOW, UPTIME_MS);
  }
  commands.tick(UPTIME_MS + 20000);
  for (size_t i = 1; i < pc::REMEMBERED; i++) {
    const std::string other = "{\"id\":\"j" + std::to_string(i) + "\",\"action\":\"identify\"}";
    commands.hear(other.data(), other.size(), NOW, UPTIME_MS + 20000);
  }
  commands.hear(WATER.data(), WATER.size(), NOW, UPTIME_MS + 21000);
  CHECK(hands.opened.size() == 1);
  CHECK(hands.told.back().find("\"state\":\"done\"") != std::string::npos);
}

TEST_CASE("the uptime's overflow closes no later") {
  const auto all = valves();
  FakeHands hands;
  pc::Commands commands(hands, all.data(), all.size());
  commands.hear(WATER.data(), WATER.size(), {4294967U, COMMANDS_NOW}, 4294967295U - 5000U);
  if (hands.opened.size() == 1) {
    commands.tick(4294967295U - 5000U + 19999U);
    CHECK(hands.open[0]);
    commands.tick(4294967295U - 5000U + 20000U);
    CHECK_FALSE(hands.open[0]);
  } else {
    FAIL("it did not open");
  }
}
