// A fuzzer of bounded length, the same each time: mutated messages and random lives, under the sanitizers.
#include "vectors.h"
#include "world.h"

struct Dice {
  uint64_t state;
  uint32_t roll() {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return static_cast<uint32_t>(state >> 16);
  }
  uint32_t below(uint32_t n) { return roll() % n; }
};

static std::vector<std::string> corpus() {
  std::vector<std::string> all;
  for (const auto &vector : ACKS)
    all.push_back(vector.payload);
  for (const auto &vector : ANSWERS)
    all.push_back(vector.body);
  for (const auto &vector : INFOS)
    all.push_back(vector.payload);
  for (const auto &vector : COMMANDS)
    all.insert(all.end(), vector.said.begin(), vector.said.end());
  return all;
}

static std::string mutate(Dice &dice, std::string text, const std::vector<std::string> &others) {
  static const std::string SPICE = "{}[]\":,\\u0-+.eE \n\t\x01\x7f\xff\xc3nulltrue9";
  for (uint32_t i = 0, steps = 1 + dice.below(6); i < steps && !text.empty(); i++) {
    const size_t at = dice.below(static_cast<uint32_t>(text.size()));
    switch (dice.below(6)) {
      case 0: text[at] = SPICE[dice.below(static_cast<uint32_t>(SPICE.size()))]; break;
      case 1: text.erase(at, 1 + dice.below(8)); break;
      case 2: text.insert(at, 1, SPICE[dice.below(static_cast<uint32_t>(SPICE.size()))]); break;
      case 3: text.resize(at); break;
      case 4: text.insert(at, others[dice.below(static_cast<uint32_t>(others.size()))].substr(0, 40)); break;
      default: text[at] = static_cast<char>(text[at] ^ (1U << dice.below(8)));
    }
  }
  return text;
}

struct NoHands final : pc::Hands {
  bool open[2]{};
  void set_valve(size_t valve, bool is) override { open[valve] = is; }
  void identify() override {}
  void restart() override {}
  void tell(const char *result, size_t length) override {
    if (!pc::JsonObject(result, length).valid())
      FAIL(std::string(result, length));
  }
};

TEST_CASE("fuzz: whatever comes is read within its bounds, and every valve closes") {
  const auto seeds = corpus();
  Dice dice{0x9E3779B97F4A7C15};
  const pc::Valve valves[2] = {{"pump", "", 60.0F, 0.0F}, {"bed", "", 10.0F, 0.0F}};
  NoHands hands;
  pc::Commands commands(hands, valves, 2);
  uint32_t uptime = 200000;
  for (int round = 0; round < 40000; round++, uptime += 500) {
    const std::string text = mutate(dice, seeds[dice.below(static_cast<uint32_t>(seeds.size()))], seeds);
    // A copy of exactly this size on the heap: one byte too far is an error of the sanitizer.
    const std::vector<char> exact(text.begin(), text.end());
    commands.hear(exact.data(), exact.size(), {uptime / 1000, THEN + 40}, uptime);
    commands.tick(uptime);
    pc::Credentials credentials;
    if (pc::read_credentials(exact.data(), exact.size(), credentials) && !credentials.sealed())
      FAIL(text);
    FakeFlash flash;
    pc::Registration registration(flash);
    registration.load(0, 0);
    registration.answer(static_cast<int>(dice.below(600)), dice.below(10), exact.data(), exact.size(), 0, dice.roll());
  }
  commands.tick(uptime + 60001);
  CHECK_FALSE(hands.open[0]);
  CHECK_FALSE(hands.open[1]);
}

TEST_CASE("fuzz: random lives lose nothing but what had no room, and no name bears two contents") {
  for (uint64_t seed = 1; seed <= 120; seed++) {
    Dice dice{seed * 0x9E3779B97F4A7C15};
    Device device(dice.roll());
    Backend backend;
    size_t measured = 0;
    bool lossless = true;
    for (int step = 0; step < 300; step++) {
      device.mono += 1 + dice.below(1200);
      switch (dice.below(10)) {
        case 0: device.clock_set = true; break;
        case 1: device.telemetry->flush(); device.wake(); break;
        case 2: device.telemetry->connected(dice.below(2) == 0); break;
        case 3: {
          const std::string batch = device.send(dice.roll());
          if (!batch.empty()) {
            const Name name = backend.take(batch);
            if (dice.below(2) == 0)
              device.telemetry->acknowledge(name.boot, name.seq);
            if (dice.below(4) == 0)
              device.telemetry->acknowledge(name.boot, name.seq - 1);
          }
          break;
        }
        case 4:
          if (dice.below(20) == 0) {
            device.power_cut(dice.roll());
            lossless = false;
          }
          break;
        default: measured += device.measure(static_cast<float>(step), 1 + dice.below(8)); device.telemetry->settle(device.now());
      }
    }
    device.clock_set = true;
    drain(device, backend);
    CHECK(device.telemetry->drained());
    CHECK(backend.stored.size() <= measured);
    if (lossless)
      CHECK(backend.stored.size() + device.telemetry->memory.state.dropped >= measured);
  }
}
