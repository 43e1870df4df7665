// When a device asks for its account, and when it does not. Plain C++17: no ESPHome, no heap.
//
// Wear: a first account is asked for at once; another one at most once in RENEW_MS of running, and only when the broker
// has refused this one again and again.
#pragma once

#include "core_credentials.h"

namespace plantops_core {

constexpr uint32_t SECOND_MS = 1000;
constexpr uint32_t FIRST_PAUSE_MS = 5 * SECOND_MS;
constexpr uint32_t LONGEST_PAUSE_MS = 600 * SECOND_MS;
constexpr uint32_t PERSON_MS = 3600 * SECOND_MS;  // at least, until a person may have mended it
constexpr uint32_t RENEW_MS = 3600 * SECOND_MS;
constexpr uint32_t REFUSALS = 3;
#ifndef PLANTOPS_REFUSED_FOR_MS
#define PLANTOPS_REFUSED_FOR_MS (60 * plantops_core::SECOND_MS)
#endif
constexpr uint32_t REFUSED_FOR_MS = PLANTOPS_REFUSED_FOR_MS;

enum class Outcome : uint8_t {
  REGISTERED,   // use the account
  UNCHANGED,    // the account is the one that was kept: nothing was written
  LATER,        // the backend or the way to it is not well; try again by itself
  PERSON,       // a person has to do something; `detail()` says what
  NONSENSE,     // the answer is not understood
};

class Registration {
 public:
  explicit Registration(Flash &flash) : flash_(flash) {}

  // At the start; `random` spreads the devices of a house after a power cut. True: there is an account.
  bool load(uint32_t now_ms, uint32_t random) {
    known_ = flash_.load(Flash::CREDENTIALS, &credentials_, sizeof(credentials_)) && credentials_.sealed();
    wait_(now_ms, known_ ? 0 : random % FIRST_PAUSE_MS);
    return known_;
  }
  bool known() const { return known_; }
  const Credentials &credentials() const { return credentials_; }
  const char *detail() const { return detail_; }
  const char *code() const { return code_; }

  // Whether to ask now: without an account, or with one that the broker does not take.
  bool due(uint32_t now_ms) const {
    if (known_ && !unwanted_(now_ms))
      return false;
    return now_ms - waits_since_ >= waits_ms_;
  }
  uint32_t waits_ms() const { return waits_ms_; }

  // What came of asking. `status` 0: nothing came. `retry_after` in seconds, 0: not said.
  Outcome answer(int status, uint32_t retry_after, const char *body, size_t size, uint32_t now_ms, uint32_t random) {
    detail_[0] = code_[0] = '\0';
    if (status == 200 || status == 201)
      return told_(body, size, now_ms, random);
    JsonObject problem(body, size);
    problem.text("detail", detail_);
    problem.text("code", code_);
    if (status == 429 || (status == 503 && retry_after > 0)) {
      const uint32_t seconds = retry_after == 0 ? 60 : retry_after < 5 ? 5 : retry_after > 3600 ? 3600 : retry_after;
      wait_(now_ms, seconds * SECOND_MS + random % FIRST_PAUSE_MS);
      return Outcome::LATER;
    }
    if (status >= 300 && status < 500 && status != 408) {
      wait_(now_ms, PERSON_MS + random % (PERSON_MS / 2));
      return Outcome::PERSON;
    }
    back_off_(now_ms, random);
    return Outcome::LATER;
  }

  // The broker did not take user name and password (CONNACK 4 or 5).
  void refused(uint32_t now_ms) {
    if (refusals_ == 0)
      refused_since_ = now_ms;
    if (refusals_ < 255)
      refusals_++;
  }
  void accepted() {
    refusals_ = 0;
    if (credentials_.pending == 0 || !known_)
      return;
    // Once in an account's life. In flash too: who is not waiting any more may register anew when it is refused some day.
    credentials_.pending = 0;
    credentials_.seal();
    saved_ = flash_.save(Flash::CREDENTIALS, &credentials_, sizeof(credentials_));
  }
  // Begin as a device that was never here. The backend gives the same name again for the same board.
  bool forget() {
    memset(static_cast<void *>(&credentials_), 0, sizeof(credentials_));
    known_ = false;
    return flash_.save(Flash::CREDENTIALS, &credentials_, sizeof(credentials_));
  }

 private:
  bool unwanted_(uint32_t now_ms) const {
    return credentials_.pending == 0 && refusals_ >= REFUSALS && now_ms - refused_since_ >= REFUSED_FOR_MS &&
           (!renewed_ || now_ms - renewed_at_ >= RENEW_MS);
  }
  Outcome told_(const char *body, size_t size, uint32_t now_ms, uint32_t random) {
    Credentials told;
    if (!read_credentials(body, size, told)) {
      back_off_(now_ms, random);
      return Outcome::NONSENSE;
    }
    pauses_ = 0;
    refusals_ = 0;
    renewed_ = true;
    renewed_at_ = now_ms;
    const bool same = known_ && told.same_as(credentials_);
    credentials_ = told;
    known_ = true;
    if (same)
      return Outcome::UNCHANGED;
    saved_ = flash_.save(Flash::CREDENTIALS, &credentials_, sizeof(credentials_));
    return Outcome::REGISTERED;
  }
  void wait_(uint32_t now_ms, uint32_t ms) {
    waits_since_ = now_ms;
    waits_ms_ = ms;
  }
  // Twice as long each time, give or take half.
  void back_off_(uint32_t now_ms, uint32_t random) {
    uint32_t pause = FIRST_PAUSE_MS << (pauses_ < 7 ? pauses_ : 7);
    if (pause > LONGEST_PAUSE_MS)
      pause = LONGEST_PAUSE_MS;
    if (pauses_ < 255)
      pauses_++;
    wait_(now_ms, pause / 2 + random % pause);
  }

  Flash &flash_;
  Credentials credentials_{};
  bool known_{false};
  bool saved_{false};
  bool renewed_{false};
  uint8_t refusals_{0};
  uint8_t pauses_{0};
  uint32_t refused_since_{0};
  uint32_t renewed_at_{0};
  uint32_t waits_since_{0};
  uint32_t waits_ms_{0};
  char detail_[401]{};
  char code_[48]{};
};

}  // namespace plantops_core
