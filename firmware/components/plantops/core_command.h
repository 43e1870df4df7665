// What a device is told to do: once, never late, and closed is the rest. Plain C++17: no ESPHome, no heap.
#pragma once

#include "core_clock.h"
#include "core_json.h"
#include "core_json_writer.h"

namespace plantops_core {

constexpr size_t MAX_VALVES = 16;
constexpr size_t REMEMBERED = 20;
constexpr size_t RESULT_BYTES = 512;
constexpr double MAX_WATER_SECONDS = 3600.0;
constexpr uint32_t CLOCK_SLACK_SECONDS = 2;
// Without `issued`, a command that came through a restart is not told from a new one: so long none is taken.
constexpr uint32_t YOUNG_SECONDS = 120;
constexpr uint32_t TELL_AGAIN_MS = 15 * 60 * 1000;

struct Valve {
  const char *key;
  const char *name;
  float max_seconds;
  float litres_per_minute;  // 0: not known
};

// What the device can do, and where its answers go.
class Hands {
 public:
  virtual void set_valve(size_t valve, bool open) = 0;
  virtual void identify() = 0;
  // After the answer has left.
  virtual void restart() = 0;
  virtual void tell(const char *result, size_t length) = 0;

 protected:
  ~Hands() = default;
};

class Commands {
 public:
  Commands(Hands &hands, const Valve *valves, size_t count)
      : hands_(hands), valves_(valves), count_(count < MAX_VALVES ? count : MAX_VALVES) {}

  // `uptime_ms` counts since the start. False: this is no command, and nobody can be told so.
  bool hear(const char *text, size_t size, const Moment &now, uint32_t uptime_ms) {
    JsonObject said(text, size);
    char id[65], action[16];
    if (!said.text("id", id) || id[0] == '\0' || !said.text("action", action))
      return false;
    if (const Done *known = find_(id)) {
      tell_(*known);
      return true;
    }
    if (strcmp(action, "stop") == 0)
      stop_(said, id, uptime_ms);
    else if (strcmp(action, "identify") == 0)
      identify_(id, uptime_ms);
    else if (const char *why = untimely_(said, now, uptime_ms / 1000))
      answer_(id, why == EXPIRED ? EXPIRED : REFUSED, why == EXPIRED ? "" : why, uptime_ms);
    else if (strcmp(action, "water") == 0)
      water_(said, id, uptime_ms);
    else if (strcmp(action, "restart") == 0)
      restart_(id, uptime_ms);
    else
      answer_(id, REFUSED, "This device does not know that action.", uptime_ms);
    return true;
  }

  // Often: closes what has run long enough.
  void tick(uint32_t uptime_ms) {
    for (size_t i = 0; i < count_; i++)
      if (running_[i].open && uptime_ms - running_[i].opened_ms >= running_[i].run_ms)
        close_(i, DONE, running_[i].limited ? "Closed at the device's own limit." : "", uptime_ms);
  }
  bool any_open() const {
    for (size_t i = 0; i < count_; i++)
      if (running_[i].open)
        return true;
    return false;
  }
  // Nobody could say stop any more.
  void lost_broker(uint32_t uptime_ms) { close_all(STOPPED, "The broker was lost.", uptime_ms); }
  void close_all(const char *state, const char *why, uint32_t uptime_ms) {
    for (size_t i = 0; i < count_; i++)
      if (running_[i].open)
        close_(i, state, why, uptime_ms);
  }
  // Somebody else closed it: a hand, or the switch's own limit.
  void was_closed(size_t valve, uint32_t uptime_ms) {
    if (valve < count_ && running_[valve].open)
      close_(valve, STOPPED, "It was closed at the device.", uptime_ms);
  }
  // Say the last words of the last minutes again: the broker may not have heard them.
  void found_broker(uint32_t uptime_ms) {
    for (const auto &done : done_)
      if (done.id[0] != '\0' && done.flowed && uptime_ms - done.at_ms < TELL_AGAIN_MS)
        tell_(done);
  }

  static constexpr const char *const RUNNING = "running";
  static constexpr const char *const DONE = "done";
  static constexpr const char *const STOPPED = "stopped";
  static constexpr const char *const REFUSED = "refused";
  static constexpr const char *const EXPIRED = "expired";
  static constexpr const char *const FAILED = "failed";

 private:
  struct Done {
    char id[65];
    bool flowed;        // then `seconds` counts
    const char *state;
    const char *detail;
    float seconds;
    uint32_t at_ms;
  };
  struct Running {
    bool open;
    bool limited;
    uint32_t opened_ms;
    uint32_t run_ms;
    char id[65];
  };

  // Why a command is not carried out at this time; nullptr: it is.
  static const char *untimely_(const JsonObject &said, const Moment &now, uint32_t uptime) {
    double expires, issued;
    if (!said.number("expires", expires))
      return "It does not say when it expires.";
    if (!now.sane())
      return "The clock is not set.";
    if (now.utc >= expires)
      return EXPIRED;
    if (!said.number("issued", issued))
      return uptime < YOUNG_SECONDS ? "This device has only just started." : nullptr;
    const double started = static_cast<double>(now.utc) - uptime;
    return issued + CLOCK_SLACK_SECONDS < started ? "It was given before this device started." : nullptr;
  }

  void water_(const JsonObject &said, const char *id, uint32_t uptime_ms) {
    double seconds;
    size_t valve = count_ == 1 ? 0 : MAX_VALVES;
    if (said.has("valve"))
      valve = valve_(said);
    if (valve >= count_)
      answer_(id, REFUSED, "There is no such valve here.", uptime_ms);
    else if (!said.number("seconds", seconds) || seconds <= 0.0 || seconds > MAX_WATER_SECONDS)
      answer_(id, REFUSED, "It does not say how long: more than 0, at most 3600 seconds.", uptime_ms);
    else if (running_[valve].open)
      answer_(id, REFUSED, "This valve is open already.", uptime_ms);
    else
      open_(valve, id, seconds, uptime_ms);
  }
  void open_(size_t valve, const char *id, double seconds, uint32_t uptime_ms) {
    Running &running = running_[valve];
    const double limit = valves_[valve].max_seconds;
    running.open = true;
    running.limited = seconds > limit;
    running.opened_ms = uptime_ms;
    running.run_ms = static_cast<uint32_t>((running.limited ? limit : seconds) * 1000.0);
    copy_text(running.id, id);
    hands_.set_valve(valve, true);
    answer_(id, RUNNING, "", uptime_ms);
  }
  void close_(size_t valve, const char *state, const char *why, uint32_t uptime_ms) {
    Running &running = running_[valve];
    running.open = false;  // first: the switch tells at once that it was closed
    hands_.set_valve(valve, false);
    Done &done = note_(running.id, state, why, uptime_ms);
    done.flowed = true;
    done.seconds = static_cast<float>(uptime_ms - running.opened_ms) / 1000.0F;
    tell_(done);
  }
  void stop_(const JsonObject &said, const char *id, uint32_t uptime_ms) {
    const size_t valve = said.has("valve") ? valve_(said) : MAX_VALVES;
    if (said.has("valve") && valve >= count_) {
      answer_(id, REFUSED, "There is no such valve here.", uptime_ms);
      return;
    }
    for (size_t i = 0; i < count_; i++) {
      if (valve < count_ && i != valve)
        continue;
      if (running_[i].open)
        close_(i, STOPPED, "It was told to stop.", uptime_ms);
      else
        hands_.set_valve(i, false);  // also what somebody opened by hand
    }
    answer_(id, DONE, "", uptime_ms);
  }
  void identify_(const char *id, uint32_t uptime_ms) {
    hands_.identify();
    answer_(id, DONE, "", uptime_ms);
  }
  void restart_(const char *id, uint32_t uptime_ms) {
    close_all(STOPPED, "The device restarts.", uptime_ms);
    answer_(id, DONE, "", uptime_ms);
    hands_.restart();
  }
  size_t valve_(const JsonObject &said) const {
    char key[129];
    if (said.text("valve", key))
      for (size_t i = 0; i < count_; i++)
        if (strcmp(valves_[i].key, key) == 0)
          return i;
    return MAX_VALVES;
  }

  Done *find_(const char *id) {
    for (auto &done : done_)
      if (strcmp(done.id, id) == 0)
        return &done;
    return nullptr;
  }
  // Remember a result, as the newest; the oldest that is not running makes room.
  Done &note_(const char *id, const char *state, const char *detail, uint32_t uptime_ms) {
    if (Done *earlier = find_(id))
      memset(static_cast<void *>(earlier), 0, sizeof(*earlier));
    Done *place = nullptr;
    for (size_t i = 0; place == nullptr; i++) {
      Done &next = done_[newest_ = (newest_ + 1) % DONE_PLACES];
      if (next.state != RUNNING || i >= DONE_PLACES)
        place = &next;
    }
    memset(static_cast<void *>(place), 0, sizeof(*place));
    copy_text(place->id, id);
    place->state = state;
    place->detail = detail;
    place->at_ms = uptime_ms;
    return *place;
  }
  void answer_(const char *id, const char *state, const char *detail, uint32_t uptime_ms) {
    tell_(note_(id, state, detail, uptime_ms));
  }
  void tell_(const Done &done) {
    char buffer[RESULT_BYTES];
    JsonWriter json(buffer, sizeof(buffer));
    json.open('{');
    json.field("id", done.id);
    json.field("ok", done.state != REFUSED && done.state != EXPIRED && done.state != FAILED);
    json.field("state", done.state);
    if (done.flowed)
      json.field("seconds", done.seconds);
    if (done.detail[0] != '\0')
      json.field("detail", done.detail);
    json.close('}');
    if (json.ok())
      hands_.tell(json.text(), json.length());
  }

  static constexpr size_t DONE_PLACES = REMEMBERED + MAX_VALVES;
  Hands &hands_;
  const Valve *valves_;
  size_t count_;
  Running running_[MAX_VALVES]{};
  Done done_[DONE_PLACES]{};
  size_t newest_{0};
};

}  // namespace plantops_core
