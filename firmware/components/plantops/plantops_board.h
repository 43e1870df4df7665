// What the board gives: memory that survives deep sleep, a counter that runs on through it, and the time.
#pragma once

#include "core_memory.h"

namespace esphome::plantops {

::plantops_core::RtcBlock &rtc_block();
::plantops_core::Moment moment();

}  // namespace esphome::plantops
