#include "plantops_board.h"

#include <ctime>

#include "esphome/core/defines.h"

#if defined(USE_ESP32)
#include <esp_attr.h>
#include <esp_system.h>
// The RTC's counter since the cold start: it runs on through deep sleep and resets. Declared here because the header's
// place has changed between versions of ESP-IDF.
extern "C" uint64_t esp_rtc_get_time_us(void);
#elif defined(USE_HOST)
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cstdlib>
#endif

namespace esphome::plantops {

using ::plantops_core::Moment;
using ::plantops_core::RtcBlock;

#if defined(USE_ESP32)
static RTC_NOINIT_ATTR RtcBlock rtc_memory;  // never initialised: what it holds after a power cut is noise
RtcBlock &rtc_block() { return rtc_memory; }
static uint32_t mono_seconds() { return static_cast<uint32_t>(esp_rtc_get_time_us() / 1000000ULL); }
bool started_by_hand() {
  const esp_reset_reason_t reason = esp_reset_reason();
  return reason == ESP_RST_POWERON || reason == ESP_RST_EXT;
}
#else
// On a computer a file plays the RTC memory, if PLANTOPS_RTC_FILE names one: ending the program is deep sleep then.
static RtcBlock *map_file() {
  static RtcBlock in_ram;
  const char *path = getenv("PLANTOPS_RTC_FILE");
  const int file = path == nullptr ? -1 : open(path, O_RDWR | O_CREAT, 0600);
  if (file < 0)
    return &in_ram;
  void *mapped = MAP_FAILED;
  if (ftruncate(file, sizeof(RtcBlock)) == 0)
    mapped = mmap(nullptr, sizeof(RtcBlock), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  return mapped == MAP_FAILED ? &in_ram : static_cast<RtcBlock *>(mapped);
}
RtcBlock &rtc_block() {
  static RtcBlock *block = map_file();
  return *block;
}
static uint32_t mono_seconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint32_t>(now.tv_sec);
}
bool started_by_hand() { return false; }
#endif

Moment moment() { return {mono_seconds(), static_cast<uint32_t>(::time(nullptr))}; }

}  // namespace esphome::plantops
