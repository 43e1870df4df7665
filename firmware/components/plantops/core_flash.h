// Pages of slots in flash (NVS), for outages that are longer than the ring. Plain C++17: no ESPHome, no heap.
//
// Wear: a page is written only after SPILL_SECONDS of running since the last one or since the cold start, however often
// the power is cut: at most 21 a day. What was drained is noted at most twice a day and once after a cold start.
#pragma once

#include "core_memory.h"

namespace plantops_core {

#ifndef PLANTOPS_PAGE_SLOTS
#define PLANTOPS_PAGE_SLOTS 140  // 3,944 bytes: one sector of flash
#endif
constexpr uint32_t PAGE_SLOTS = PLANTOPS_PAGE_SLOTS;
constexpr uint32_t PAGES = 42;  // 42 x 140 slots: 30 days of 8 metrics every 15 minutes
constexpr uint32_t SPILL_AT = RING_SLOTS - 34;
constexpr uint32_t SPILL_SECONDS = 70 * 60;
constexpr uint32_t NOTE_SECONDS = 12 * 3600;
constexpr uint32_t FIRST_NOTE_SECONDS = 600;
static_assert(SPILL_AT >= PAGE_SLOTS, "a page is filled from the ring");

// Where records are kept by number; in a device these are ESPHome's preferences.
class Flash {
 public:
  static constexpr uint32_t NOTE = 0, COMMANDS = 1, CREDENTIALS = 2, FIRST_PAGE = 16;
  virtual bool load(uint32_t place, void *to, size_t size) = 0;
  // True when the record is really there.
  virtual bool save(uint32_t place, const void *from, size_t size) = 0;

 protected:
  ~Flash() = default;
};

struct Page {
  uint32_t crc;
  uint32_t number;
  uint32_t era;
  uint32_t channels;
  uint32_t slots_used;
  uint32_t reserved;
  Slot slots[PAGE_SLOTS];

  uint32_t checksum() const { return crc32(&number, sizeof(Page) - sizeof(crc), 0x50414745U); }
  bool valid() const { return crc == checksum() && slots_used <= PAGE_SLOTS; }
};

// Pages below this number are drained.
struct Note {
  uint32_t drained_below;
  uint32_t crc;
  bool valid() const { return crc == crc32(&drained_below, 4, 0x4E4F5445U); }
};

class Spill {
 public:
  Spill(Memory &memory, Flash &flash) : memory_(memory), flash_(flash) {}

  // After a cold start: find the pages that wait.
  void recover() {
    State &state = memory_.state;
    Note note{};
    uint32_t drained = flash_.load(Flash::NOTE, &note, sizeof(note)) && note.valid() ? note.drained_below : 0;
    uint32_t head = drained;
    for (uint32_t place = 0; place < PAGES; place++)
      if (load_(place) && page_.number % PAGES == place && static_cast<int32_t>(page_.number + 1 - head) > 0)
        head = page_.number + 1;
    state.page_head = head;
    state.page_tail = head - drained > PAGES ? head - PAGES : drained;
    state.noted_at = state.mono_seen - NOTE_SECONDS + FIRST_NOTE_SECONDS;
    memory_.commit();
    loaded_ = false;
  }

  uint32_t waiting() const { return memory_.state.page_head - memory_.state.page_tail; }

  // Move the oldest slots into flash when the ring is nearly full and the last page is long enough ago.
  bool relieve(uint32_t mono) {
    State &state = memory_.state;
    if (memory_.size() < SPILL_AT || mono - state.spilled_at < SPILL_SECONDS)
      return false;
    if (waiting() >= PAGES)
      forget_page();
    page_.number = state.page_head;
    page_.era = state.era;
    page_.channels = state.channels;
    page_.slots_used = PAGE_SLOTS;
    page_.reserved = 0;
    for (uint32_t i = 0; i < PAGE_SLOTS; i++)
      page_.slots[i] = memory_.at(state.tail + i);
    page_.crc = page_.checksum();
    loaded_ = false;
    state.spilled_at = mono;  // also when it fails: a broken flash is not hammered
    if (!flash_.save(Flash::FIRST_PAGE + state.page_head % PAGES, &page_, sizeof(page_))) {
      memory_.commit();
      return false;
    }
    state.page_head++;
    memory_.release(PAGE_SLOTS);
    return true;
  }

  // The oldest page that can be read; unreadable ones are passed over. nullptr: none waits.
  Page *oldest() {
    State &state = memory_.state;
    while (waiting() > 0) {
      if (loaded_ && page_.number == state.page_tail)
        return &page_;
      loaded_ = load_(state.page_tail % PAGES) && page_.number == state.page_tail && page_.channels == state.channels;
      if (!loaded_)
        leave_page();
    }
    return nullptr;
  }

  // The oldest page is done with, or lost.
  void leave_page() {
    State &state = memory_.state;
    if (state.source == Source::PAGE)
      memory_.give_up_batch();
    state.page_tail++;
    state.page_done = 0;
    state.note_due = 1;
    loaded_ = false;
    memory_.commit();
  }
  void forget_page() {
    if (const Page *page = oldest()) {
      for (uint32_t i = memory_.state.page_done; i < page->slots_used; i++)
        memory_.state.dropped += page->slots[i].valid() ? page->slots[i].count() : 0;
      leave_page();
    }
  }

  // Tell flash what was drained, so that a later cold start does not send it all again (which would be harmless).
  bool note(uint32_t mono) {
    State &state = memory_.state;
    if (state.note_due == 0 || waiting() > 0 || mono - state.noted_at < NOTE_SECONDS)
      return false;
    Note note{state.page_tail, 0};
    note.crc = crc32(&note.drained_below, 4, 0x4E4F5445U);
    state.noted_at = mono;
    state.note_due = flash_.save(Flash::NOTE, &note, sizeof(note)) ? 0 : 1;
    memory_.commit();
    return state.note_due == 0;
  }

 private:
  bool load_(uint32_t place) { return flash_.load(Flash::FIRST_PAGE + place, &page_, sizeof(page_)) && page_.valid(); }
  Memory &memory_;
  Flash &flash_;
  Page page_{};
  bool loaded_{false};
};

}  // namespace plantops_core
