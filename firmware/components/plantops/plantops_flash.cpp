#include "esphome/core/helpers.h"
#include "esphome/core/preferences.h"

#include "plantops.h"

namespace esphome::plantops {

// A backend is made once for each record and kept: ESPHome never frees one.
static ESPPreferenceObject &record(uint32_t place, size_t size) {
  static ESPPreferenceObject records[core::Flash::FIRST_PAGE + core::PAGES];
  static bool made[core::Flash::FIRST_PAGE + core::PAGES];
  if (!made[place]) {
    records[place] = global_preferences->make_preference(size, fnv1_hash("plantops.v1") + place, true);
    made[place] = true;
  }
  return records[place];
}
bool Preferences::load(uint32_t place, void *to, size_t size) {
  if (size == sizeof(core::Page))
    return record(place, size).load(static_cast<core::Page *>(to));
  if (size == sizeof(core::Credentials))
    return record(place, size).load(static_cast<core::Credentials *>(to));
  return size == sizeof(core::Note) && record(place, size).load(static_cast<core::Note *>(to));
}
bool Preferences::save(uint32_t place, const void *from, size_t size) {
  bool taken = false;
  if (size == sizeof(core::Page))
    taken = record(place, size).save(static_cast<const core::Page *>(from));
  else if (size == sizeof(core::Credentials))
    taken = record(place, size).save(static_cast<const core::Credentials *>(from));
  else if (size == sizeof(core::Note))
    taken = record(place, size).save(static_cast<const core::Note *>(from));
  return taken && global_preferences->sync();  // at once: a queued record is lost with the power
}

}  // namespace esphome::plantops
