// The memory that survives deep sleep and resets, in 6 KB of RTC RAM. Plain C++17: no ESPHome, no heap.
//
// Two copies of a small state, the newer valid one counts, and a ring of slots. Whatever is changed becomes true with the
// last word of a state's copy: a reset before that finds everything as it was. A power cut leaves noise, which no
// checksum fits: then memory begins empty, with another boot number.
#pragma once

#include <cstddef>

#include "core_bytes.h"
#include "core_clock.h"

namespace plantops_core {

constexpr size_t RTC_BYTES = 6144;
constexpr size_t SLOT_VALUES = 4;
constexpr size_t MAX_CHANNELS = 64;

// Up to four values of one group of channels (0..3, 4..7, …), measured within some seconds of each other.
struct Slot {
  uint32_t time;                 // of the first value; outside the checksum, so that it can be dated in one store
  uint8_t group;                 // the first channel's number, divided by four
  uint8_t mask;                  // which of the four are there
  uint16_t check;                // over the rest
  uint8_t later[SLOT_VALUES];    // seconds after `time`, of each value
  float values[SLOT_VALUES];

  uint16_t checksum() const {
    uint32_t crc = crc32(&group, 2);
    crc = crc32(later, sizeof(later) + sizeof(values), crc);
    return static_cast<uint16_t>(crc ^ (crc >> 16));
  }
  bool valid() const { return mask != 0 && mask < 16 && group < MAX_CHANNELS / SLOT_VALUES && check == checksum(); }
  int count() const { return __builtin_popcount(mask); }
};
static_assert(sizeof(Slot) == 28, "the arithmetic of the ring and of a page counts on it");

enum class Source : uint8_t { NONE, RING, PAGE };

struct State {
  uint32_t generation;
  uint32_t era;             // a random number for each cold start: undated stamps of another era mean nothing
  uint32_t channels;        // a number for the list of channels: slots of another list are unreadable
  uint32_t boot;            // as sent
  uint32_t seq;             // of the batch under way, or of the next
  uint32_t unix_at_zero;    // Unix time at mono 0, taken once an era; 0: the clock was never set
  uint32_t last_era, last_zero;  // of the era before, for pages in flash that are still undated
  uint32_t mono_seen;       // the newest counter; one that is smaller means that the counter began anew
  uint32_t tail, head;      // numbers of the oldest slot and of the next; their place is the number modulo the ring
  uint32_t page_tail;       // pages in flash: number of the oldest that waits
  uint32_t page_head;       // and of the next to be written
  uint32_t spilled_at;      // mono of the last page written (or of the cold start)
  uint32_t noted_at;        // mono of the last note in flash of what was drained
  uint32_t dropped;         // values lost for want of room since the cold start
  uint16_t batch_slots;     // of the batch under way
  uint16_t page_done;       // slots of the oldest page that are safe
  Source source;            // of the batch under way
  uint8_t note_due;         // flash does not know yet what was drained
  uint16_t spare;
  uint32_t crc;             // last: it makes the copy valid

  uint32_t checksum() const { return crc32(this, sizeof(State) - sizeof(crc), 0x504C4E54U); }
  bool valid() const { return crc == checksum(); }
};
static_assert(sizeof(State) % 4 == 0, "it is stored word by word");

constexpr size_t RING_SLOTS = (RTC_BYTES - 2 * sizeof(State)) / sizeof(Slot);

// Without initialisers: one would wipe it at each wake.
struct RtcBlock {
  State states[2];
  Slot slots[RING_SLOTS];
};
static_assert(sizeof(RtcBlock) <= RTC_BYTES, "ESP32 has 8 KB of RTC RAM, and others need some of it");
static_assert(RING_SLOTS * SLOT_VALUES >= 96 * 8, "96 rounds of 8 metrics");

class Memory {
 public:
  explicit Memory(RtcBlock &block) : block_(block) {}

  // Find what survived. True: the memory goes on; false: it begins anew, with these numbers.
  bool wake(uint32_t channels, uint32_t mono, uint32_t era, uint32_t boot) {
    const State &a = block_.states[0];
    const State &b = block_.states[1];
    const bool a_valid = a.valid() && plausible_(a), b_valid = b.valid() && plausible_(b);
    if (a_valid && (!b_valid || static_cast<int32_t>(a.generation - b.generation) > 0))
      state = a;
    else if (b_valid)
      state = b;
    if ((!a_valid && !b_valid) || state.channels != channels) {
      begin_(channels, mono, era, boot);
      return false;
    }
    if (mono < state.mono_seen)
      turn_era_(mono, era);
    return true;
  }

  // Make the state true as it is now.
  void commit() {
    state.generation++;
    state.crc = state.checksum();
    store_block(&block_.states[state.generation & 1], &state, sizeof(State));
  }

  size_t size() const { return state.head - state.tail; }
  Slot &at(uint32_t number) { return block_.slots[number % RING_SLOTS]; }

  // Keep a slot; a full ring first forgets its oldest.
  void push(const Slot &slot) {
    if (size() >= RING_SLOTS)
      drop_oldest();
    store_block(&at(state.head), &slot, sizeof(Slot));
    state.head++;
    commit();
  }
  void drop_oldest() {
    state.dropped += at(state.tail).valid() ? at(state.tail).count() : 0;
    release(1);
  }
  // Forget the oldest slots. A batch that named one of them is no more: its number is never used for other bytes.
  void release(uint32_t slots) {
    if (state.source == Source::RING)
      give_up_batch();
    state.tail += slots;
    commit();
  }
  void give_up_batch() {
    if (state.source == Source::NONE)
      return;
    state.source = Source::NONE;
    state.seq++;
  }

  // Learn the time: once an era, and then everything undated gets its date for good, each in one store.
  void learn(const Moment &now) {
    if (!now.sane())
      return;
    if (state.unix_at_zero == 0) {
      state.unix_at_zero = now.utc - now.mono;
      commit();
    }
    date_undated();
  }
  void date_undated() {
    if (state.unix_at_zero == 0)
      return;
    for (uint32_t number = state.tail; number != state.head; number++)
      if (!is_dated(at(number).time))
        store(&at(number).time, at(number).time + state.unix_at_zero);
  }
  // Unix time at the mono 0 of an era; 0: not known.
  uint32_t zero_of(uint32_t era) const {
    if (era == state.era)
      return state.unix_at_zero;
    return era == state.last_era ? state.last_zero : 0;
  }
  // The stamp of something measured now.
  uint32_t stamp(const Moment &now) const {
    if (now.sane())
      return now.utc;
    return state.unix_at_zero != 0 ? now.mono + state.unix_at_zero : now.mono;
  }

  State state;

 private:
  static bool plausible_(const State &s) { return s.head - s.tail <= RING_SLOTS && s.source <= Source::PAGE; }
  void begin_(uint32_t channels, uint32_t mono, uint32_t era, uint32_t boot) {
    memset(static_cast<void *>(&state), 0, sizeof(state));
    state.channels = channels;
    state.era = era;
    state.boot = boot;
    state.mono_seen = state.spilled_at = state.noted_at = mono;
    commit();
    commit();  // the other copy too: an old one must not come back
  }
  // The counter began anew, but the memory lives (a brown-out): what cannot be dated any more is forgotten when its turn comes.
  void turn_era_(uint32_t mono, uint32_t era) {
    date_undated();
    state.last_era = state.era;
    state.last_zero = state.unix_at_zero;
    state.era = era;
    state.unix_at_zero = 0;
    state.mono_seen = state.spilled_at = state.noted_at = mono;
    for (uint32_t number = state.tail; number != state.head; number++)
      if (!is_dated(at(number).time))
        store(&at(number).time, UNDATED_BELOW);  // dated, but never sane: skipped and counted
    commit();
  }
  RtcBlock &block_;
};

}  // namespace plantops_core
