// Which times may be sent. Plain C++17.
//
// Two clocks: `mono` counts seconds since the last cold start and runs on through deep sleep (the RTC's own counter);
// `utc` is the system's time, which is 1970 until SNTP has set it, and jumps when it does.
#pragma once

#include <cstdint>

namespace plantops_core {

// No device of ours was built before this (2026-01-01); an earlier clock was never set.
constexpr uint32_t EARLIEST_UNIX = 1767225600U;
// Nor will one be asked for the time after this (2056-01-01): a clock that says so is wrong.
constexpr uint32_t LATEST_UNIX = 2713910400U;
// A stamp below this counts from the cold start, one above is Unix time: no counter runs for 31 years.
constexpr uint32_t UNDATED_BELOW = 1000000000U;

struct Moment {
  uint32_t mono;  // seconds since the cold start
  uint32_t utc;   // seconds since 1970, as the system thinks
  bool sane() const { return utc >= EARLIEST_UNIX && utc < LATEST_UNIX; }
};

inline bool is_dated(uint32_t stamp) { return stamp >= UNDATED_BELOW; }
inline bool may_be_sent(uint32_t stamp) { return stamp >= EARLIEST_UNIX && stamp < LATEST_UNIX; }

}  // namespace plantops_core
