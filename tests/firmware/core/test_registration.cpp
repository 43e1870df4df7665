// How a device gets its account, and how long it waits when it does not.
#include <algorithm>
#include <tuple>

#include "vectors.h"
#include "world.h"

using pc::Outcome;

static const std::string GOOD = ANSWERS[0].body;

static Outcome ask(pc::Registration &registration, int status, const std::string &body, uint32_t now, uint32_t after = 0) {
  return registration.answer(status, after, body.data(), body.size(), now, 12345);
}

TEST_CASE("every answer has its outcome, and only a good one changes anything") {
  const std::map<std::string, std::vector<Outcome>> meant = {{"registered", {Outcome::REGISTERED, Outcome::UNCHANGED}},
                                                             {"nonsense", {Outcome::NONSENSE}},
                                                             {"person", {Outcome::PERSON}},
                                                             {"later", {Outcome::LATER}}};
  for (const auto &vector : ANSWERS) {
    CAPTURE(vector.name);
    for (const bool known : {false, true}) {
      FakeFlash flash;
      pc::Registration registration(flash);
      registration.load(0, 0);
      if (known)
        REQUIRE(ask(registration, 201, GOOD, 0) == Outcome::REGISTERED);
      const size_t writes = flash.written.size();
      const Outcome outcome = ask(registration, vector.status, vector.body, 1000, vector.retry_after);
      const auto &fine = meant.at(vector.outcome);
      CHECK(std::find(fine.begin(), fine.end(), outcome) != fine.end());
      const bool registered = std::string(vector.outcome) == "registered";
      CHECK(registration.known() == (known || registered));
      CHECK(flash.written.size() == writes + (outcome == Outcome::REGISTERED ? 1 : 0));
      if (!registered && known)
        CHECK(std::string(registration.credentials().device_id) == "basil");
      if (outcome == Outcome::PERSON || outcome == Outcome::LATER)
        CHECK((registration.waits_ms() >= 2500 && registration.waits_ms() <= 2 * pc::PERSON_MS));
    }
  }
}

TEST_CASE("what was told survives, and a damaged record does not count") {
  FakeFlash flash;
  pc::Registration registration(flash);
  CHECK_FALSE(registration.load(0, 0));
  CHECK(registration.due(0));
  CHECK(ask(registration, 201, GOOD, 0) == Outcome::REGISTERED);
  CHECK_FALSE(registration.due(1));
  CHECK(ask(registration, 201, GOOD, 5) == Outcome::UNCHANGED);
  CHECK(flash.written.size() == 1);
  pc::Registration again(flash);
  CHECK(again.load(0, 0));
  CHECK(std::string(again.credentials().host) == "plantops.local");
  CHECK(again.credentials().port == 8883);
  for (size_t byte = 0; byte < sizeof(pc::Credentials); byte++) {
    FakeFlash damaged = flash;
    damaged.records[pc::Flash::CREDENTIALS][byte] ^= 0x10;
    pc::Registration lost(damaged);
    CHECK_FALSE(lost.load(0, 0));
  }
  CHECK(again.forget());
  pc::Registration fresh(flash);
  CHECK_FALSE(fresh.load(0, 0));
}

TEST_CASE("power cut before the account is in flash: it is asked for again") {
  FakeFlash flash;
  pc::Registration registration(flash);
  registration.load(0, 0);
  stores_left = 0;
  CHECK_THROWS_AS(ask(registration, 201, GOOD, 0), PowerCut);
  stores_left = -1;
  pc::Registration again(flash);
  CHECK_FALSE(again.load(0, 0));
  CHECK(again.due(0));
}

TEST_CASE("the first pauses are short, the later ones long, and no two devices keep step") {
  std::set<uint32_t> firsts;
  for (uint32_t random = 0; random < 50; random++) {
    FakeFlash flash;
    pc::Registration registration(flash);
    registration.load(0, random * 104729);
    firsts.insert(registration.waits_ms());
    uint32_t now = registration.waits_ms(), longest = 0, asked = 0;
    while (now < 86400U * 1000U) {
      REQUIRE(registration.due(now));
      registration.answer(0, 0, "", 0, now, random * 7919U + now);
      asked++;
      CHECK_FALSE(registration.due(now + registration.waits_ms() - 1));
      now += registration.waits_ms();
      longest = std::max(longest, registration.waits_ms());
    }
    CHECK(longest <= pc::LONGEST_PAUSE_MS * 3 / 2);
    CHECK((asked > 90 && asked < 320));
  }
  CHECK(firsts.size() > 40);
}

TEST_CASE("Retry-After is kept to, within reason") {
  FakeFlash flash;
  pc::Registration registration(flash);
  registration.load(0, 0);
  for (const auto &[said, least, most] : {std::tuple{30U, 30U, 35U}, {1U, 5U, 10U}, {999999U, 3600U, 3605U}, {0U, 60U, 65U}}) {
    ask(registration, 429, "", 1000, said);
    CHECK(registration.waits_ms() >= least * 1000);
    CHECK(registration.waits_ms() <= most * 1000);
  }
}

TEST_CASE("who was thrown out asks once an hour at most") {
  for (uint32_t random = 0; random < 20000000; random += 100003) {
    FakeFlash flash;
    pc::Registration registration(flash);
    registration.load(0, 0);
    CHECK(ask(registration, 403, R"({"code":"device_revoked","detail":"Thrown out."})", 0) == Outcome::PERSON);
    registration.answer(403, 0, "", 0, 0, random);
    CHECK(registration.waits_ms() >= 3600 * 1000);
    CHECK(registration.waits_ms() <= 5400 * 1000);
  }
}

TEST_CASE("who was approved is so for good: refused after a restart, it registers anew") {
  FakeFlash flash;
  pc::Registration registration(flash);
  registration.load(0, 0);
  ask(registration, 201, ANSWERS[1].body, 0);
  REQUIRE(registration.credentials().pending == 1);
  registration.refused(0);
  registration.accepted();
  const size_t written = flash.written.size();
  for (int connection = 0; connection < 100; connection++)
    registration.accepted();
  CHECK(flash.written.size() == written);  // once in an account's life
  pc::Registration later(flash);
  REQUIRE(later.load(0, 0));
  CHECK(later.credentials().pending == 0);
  for (uint32_t now = 0; now <= 60000; now += 10000)
    later.refused(now);
  CHECK(later.due(60000));
}

TEST_CASE("a refusing broker makes it register anew: not at once, not when pending, not without end") {
  FakeFlash flash;
  pc::Registration registration(flash);
  registration.load(0, 0);
  ask(registration, 201, GOOD, 0);
  pc::Registration later(flash);  // after a restart
  CHECK(later.load(0, 0));
  later.refused(1000);
  later.refused(11000);
  CHECK_FALSE(later.due(70000));  // twice is an accident
  later.refused(21000);
  CHECK_FALSE(later.due(30000));  // it may come back within the minute
  CHECK(later.due(61000));
  later.accepted();
  CHECK_FALSE(later.due(61000));
  for (int day = 0, renewed = 0; day < 1; day++) {
    for (uint32_t now = 100000; now < 86400U * 1000U; now += 10000) {
      later.refused(now);
      if (later.due(now)) {
        std::string other = GOOD;
        other.replace(other.find("x6mN"), 4, "x" + std::to_string(100 + renewed++));
        CHECK(ask(later, 201, other, now) == Outcome::REGISTERED);
      }
    }
    CHECK(renewed >= 20);
    CHECK(renewed <= 24);
  }
  pc::Registration pending(flash);
  pending.load(0, 0);
  ask(pending, 201, ANSWERS[1].body, 0);
  for (uint32_t now = 0; now < 7200000; now += 10000) {
    pending.refused(now);
    CHECK_FALSE(pending.due(now));
  }
}
