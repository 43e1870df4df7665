// What the board gives: memory that survives deep sleep, a counter that runs on through it, and the time.
#pragma once

#include "core_memory.h"

namespace esphome::plantops {

::plantops_core::RtcBlock &rtc_block();
::plantops_core::Moment moment();
// This start is no wake, crash or update: power came on, or the button was pressed.
bool started_by_hand();

}  // namespace esphome::plantops
