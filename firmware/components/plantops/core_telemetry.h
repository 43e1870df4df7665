// From a value measured to a batch acknowledged. Plain C++17: no ESPHome, no heap.
//
// A batch is named by `boot` and `seq`; the same name is always the same bytes. Its readings are forgotten on the ack
// with that name, and on nothing else.
#pragma once

#include "core_flash.h"
#include "core_json.h"
#include "core_json_writer.h"

namespace plantops_core {

constexpr size_t MAX_KEY = 40;
constexpr size_t BATCH_BYTES = 2048;
constexpr uint32_t GATHER_SECONDS = 30;
constexpr uint32_t ACK_MS = 10000;
constexpr uint32_t ACK_MOST_MS = 300000;

class Telemetry {
 public:
  // `keys`: the channels' keys, `count` of them; they outlive this.
  Telemetry(RtcBlock &block, Flash &flash, const char *const *keys, size_t count)
      : memory(block), spill(memory, flash), keys_(keys), count_(count < MAX_CHANNELS ? count : MAX_CHANNELS) {}

  // At each start, after deep sleep too. `random`: two random numbers. True: what was measured before is still there.
  bool wake(const Moment &now, uint32_t random_era, uint32_t random_boot) {
    uint32_t channels = 2166136261U;
    for (size_t i = 0; i < count_; i++)
      channels = fnv1a(";", fnv1a(keys_[i], channels));
    const bool survived = memory.wake(channels, now.mono, random_era, random_boot);
    if (!survived)
      spill.recover();
    return survived;
  }

  // Keep a value measured now. False: it is no number, no channel, or comes less than `gap` seconds after the last.
  bool keep(size_t channel, float value, const Moment &now, uint32_t gap = 1) {
    if (channel >= count_ || !std::isfinite(value))
      return false;
    const uint32_t stamp = memory.stamp(now);
    if (kept_[channel] != 0 && stamp - kept_[channel] < (gap > 0 ? gap : 1))
      return false;
    kept_[channel] = stamp;
    Slot &slot = open_[channel / SLOT_VALUES];
    const size_t place = channel % SLOT_VALUES;
    if (slot.mask != 0 && ((slot.mask & (1U << place)) != 0 || stamp - slot.time >= GATHER_SECONDS))
      close_(slot);
    if (slot.mask == 0) {
      slot.time = stamp;
      slot.group = static_cast<uint8_t>(channel / SLOT_VALUES);
    }
    slot.mask |= static_cast<uint8_t>(1U << place);
    slot.later[place] = static_cast<uint8_t>(stamp - slot.time);
    slot.values[place] = value;
    return true;
  }

  // Now and then: close what was gathered, learn the time, make room.
  void settle(const Moment &now) {
    const uint32_t stamp = memory.stamp(now);
    for (auto &slot : open_)
      if (slot.mask != 0 && stamp - slot.time >= GATHER_SECONDS)  // also when the clock has just been set
        close_(slot);
    const bool stale = now.mono - memory.state.mono_seen >= GATHER_SECONDS;
    memory.learn(now);
    if (stale) {
      memory.state.mono_seen = now.mono;
      memory.commit();
    }
    spill.relieve(now.mono);
    spill.note(now.mono);
  }
  // Close everything gathered: before sleep, and before the last batch.
  void flush() {
    for (auto &slot : open_)
      if (slot.mask != 0)
        close_(slot);
  }
  // Values that are not yet safe, and could be sent with a right clock.
  bool drained() const {
    for (const auto &slot : open_)
      if (slot.mask != 0)
        return false;
    return memory.size() == 0 && spill.waiting() == 0;
  }

  void connected(bool is) {
    connected_ = is;
    tries_ = 0;
    sent_ = false;
  }

  // The batch that is to be sent now, written into `buffer`; 0: nothing to be sent at this time.
  size_t next(char *buffer, size_t size, uint32_t now_ms) {
    if (!connected_ || (sent_ && now_ms - sent_at_ms_ < patience_()))
      return 0;
    const size_t length = write_(buffer, size);
    if (length > 0) {
      if (sent_ && tries_ < 16)
        tries_++;
      sent_ = true;
      sent_at_ms_ = now_ms;
    }
    return length;
  }
  // The transport could not even take it: try again at once when it can.
  void not_taken() { sent_ = false; }

  // Hear an ack. True: it names the batch under way, whose readings are forgotten now.
  bool acknowledge(const char *text, size_t size) {
    JsonObject ack(text, size);
    uint32_t boot, seq;
    return ack.counter("boot", boot) && ack.counter("seq", seq) && acknowledge(boot, seq);
  }
  bool acknowledge(uint32_t boot, uint32_t seq) {
    State &state = memory.state;
    if (state.source == Source::NONE || boot != state.boot || seq != state.seq)
      return false;
    forget_batch_();
    return true;
  }

  Memory memory;
  Spill spill;

 private:
  void close_(Slot &slot) {
    slot.check = slot.checksum();
    memory.push(slot);
    memset(static_cast<void *>(&slot), 0, sizeof(slot));
  }
  uint32_t patience_() const {
    const uint32_t wait = ACK_MS << (tries_ < 5 ? tries_ : 5);
    return wait < ACK_MOST_MS ? wait : ACK_MOST_MS;
  }
  void forget_batch_() {
    State &state = memory.state;
    const Source source = state.source;
    memory.give_up_batch();
    sent_ = false;
    tries_ = 0;
    if (source == Source::RING) {
      memory.release(state.batch_slots);
      return;
    }
    state.page_done = static_cast<uint16_t>(state.page_done + state.batch_slots);
    const Page *page = spill.oldest();
    if (page != nullptr && state.page_done >= page->slots_used)
      spill.leave_page();
    else
      memory.commit();
  }

  // Write the batch under way, or begin one; batches without a single readable value are passed over.
  size_t write_(char *buffer, size_t size) {
    State &state = memory.state;
    while (true) {
      if (state.source != Source::NONE) {
        if (!is_of_this_connection_())
          continue;
      } else if (!begin_()) {
        return 0;
      }
      JsonWriter json(buffer, size);
      uint16_t slots = state.batch_slots;
      const size_t values = compose_(json, slots);
      if (slots != state.batch_slots) {
        state.batch_slots = slots;
        memory.commit();
      }
      if (values > 0)
        return json.length();
      forget_batch_();
    }
  }
  // A page that was under way and cannot be read any more ends its batch.
  bool is_of_this_connection_() {
    if (memory.state.source == Source::PAGE)
      spill.oldest();
    return memory.state.source != Source::NONE;
  }
  bool begin_() {
    State &state = memory.state;
    if (memory.size() > 0 && is_dated(memory.at(state.tail).time)) {
      state.source = Source::RING;
    } else if (Page *page = spill.oldest(); page != nullptr && !waits_for_clock_(*page)) {
      state.source = Source::PAGE;
    } else {
      return false;
    }
    state.batch_slots = 0;
    return true;
  }
  // Of this era and undated, while the clock may still be learned.
  bool waits_for_clock_(const Page &page) const {
    return page.era == memory.state.era && memory.state.unix_at_zero == 0 &&
           !is_dated(page.slots[memory.state.page_done].time);
  }
  // Write `slots` slots (0: as many as fit, and tell how many). Returns how many values are in it.
  size_t compose_(JsonWriter &json, uint16_t &slots) {
    const State &state = memory.state;
    Page *page = state.source == Source::PAGE ? spill.oldest() : nullptr;
    const size_t there = page != nullptr ? page->slots_used - state.page_done : memory.size();
    const size_t wanted = slots != 0 ? slots : there;
    size_t values = 0, done = 0;
    json.open('{');
    json.field("boot", state.boot);
    json.field("seq", state.seq);
    json.key("readings");
    json.open('[');
    for (; done < wanted && done < there; done++) {
      const size_t before = json.length();
      const Slot &slot = page != nullptr ? page->slots[state.page_done + done] : memory.at(state.tail + done);
      const uint32_t zero = page != nullptr ? memory.zero_of(page->era) : state.unix_at_zero;
      const bool first = values == 0;
      if (!is_dated(slot.time) && page == nullptr)
        break;  // measured after the counter began anew, the clock not yet set
      const size_t written = write_slot_(json, slot, zero, first);
      if (json.room() < 3) {
        json.rewind(before);
        break;
      }
      values += written;
    }
    json.raw("]}");
    slots = static_cast<uint16_t>(done);
    return values;
  }
  size_t write_slot_(JsonWriter &json, const Slot &slot, uint32_t zero, bool first) {
    const uint32_t time = is_dated(slot.time) ? slot.time : slot.time + zero;
    if (!slot.valid() || !may_be_sent(time)) {
      memory.state.dropped += slot.valid() ? slot.count() : 1;
      return 0;
    }
    size_t values = 0;
    for (size_t i = 0; i < SLOT_VALUES; i++) {
      const size_t channel = slot.group * SLOT_VALUES + i;
      if ((slot.mask & (1U << i)) == 0 || channel >= count_)
        continue;
      if (!first || values > 0)
        json.raw(",");
      json.raw("{\"c\":\"");
      json.raw(keys_[channel]);
      json.raw("\",\"t\":");
      json.number(time + slot.later[i]);
      json.raw(",\"v\":");
      json.number(slot.values[i]);
      json.raw("}");
      values++;
    }
    return values;
  }

  const char *const *keys_;
  size_t count_;
  Slot open_[MAX_CHANNELS / SLOT_VALUES]{};
  uint32_t kept_[MAX_CHANNELS]{};
  bool connected_{false};
  bool sent_{false};
  uint8_t tries_{0};
  uint32_t sent_at_ms_{0};
};

}  // namespace plantops_core
