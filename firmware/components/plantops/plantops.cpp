#include "plantops.h"

#ifdef USE_NETWORK
#include "esphome/components/network/util.h"
#endif
#include "esphome/core/application.h"
#include "esphome/core/helpers.h"
#include "esphome/core/log.h"
#include "esphome/core/preferences.h"

#include "plantops_board.h"

namespace esphome::plantops {

static const char *const TAG = "plantops";
static constexpr uint32_t SETTLE_MS = 1000;
static constexpr uint32_t DRAIN_MS = 2500;     // of the 5 s that ESPHome gives before deep sleep
static constexpr uint32_t MEASURE_MS = 4000;   // a channel that is silent for so long after the start is not waited for
static constexpr uint32_t RESTART_MS = 1000;   // for the answer to leave

static bool network_is_there() {
#ifdef USE_NETWORK
  return network::is_connected();
#else
  return true;
#endif
}

void PlantOps::add_channel(sensor::Sensor *source, const core::Channel &words, uint32_t gap_seconds) {
  const size_t channel = this->channels_.size();
  this->channels_.push_back(words);
  this->keys_.push_back(words.key);
  this->gaps_.push_back(gap_seconds);
  this->measured_.push_back(false);
  source->add_on_state_callback([this, channel](float value) {
    this->measured_[channel] = true;
    if (this->telemetry_ != nullptr && this->telemetry_->keep(channel, value, moment(), this->gaps_[channel]))
      ESP_LOGV(TAG, "%s = %g", this->keys_[channel], value);
  });
}
#ifdef USE_SWITCH
void PlantOps::add_valve(switch_::Switch *output, const core::Valve &words) {
  const size_t valve = this->valves_.size();
  this->valves_.push_back(words);
  this->outputs_.push_back(output);
  output->add_on_state_callback([this, valve](bool open) {
    if (!open && this->commands_ != nullptr)
      this->commands_->was_closed(valve, this->uptime_());
  });
}
#endif
#ifdef USE_OTA_STATE_LISTENER
void PlantOps::on_ota_global_state(ota::OTAState state, float progress, uint8_t error, ota::OTAComponent *component) {
  if (state == ota::OTA_STARTED)
    this->commands_->close_all(core::Commands::STOPPED, "The device takes new firmware.", this->uptime_());
}
#endif
bool PlantOps::begun_by_hand() const { return started_by_hand(); }

void PlantOps::setup() {
  this->started_at_ = millis();
  this->name_ = App.get_name().str();
  this->friendly_name_ = App.get_friendly_name().empty() ? this->name_ : App.get_friendly_name().str();
  get_mac_address_into_buffer(this->hardware_id_);
  this->telemetry_ = new core::Telemetry(rtc_block(), this->flash_, this->keys_.data(), this->keys_.size());  // NOLINT
  this->commands_ = new core::Commands(*this, this->valves_.data(), this->valves_.size());                    // NOLINT
  const bool survived = this->telemetry_->wake(moment(), random_uint32(), random_uint32());
  ESP_LOGI(TAG, "%s: %u slots and %u pages wait to be sent", survived ? "Memory goes on" : "Memory begins anew",
           (unsigned) this->telemetry_->memory.size(), (unsigned) this->telemetry_->spill.waiting());
#ifdef USE_OTA_STATE_LISTENER
  ota::get_global_ota_callback()->add_global_state_listener(this);
#endif
  if (this->desk_ != nullptr && !this->registration_.load(this->uptime_(), random_uint32()))
    ESP_LOGW(TAG, "This board has no account yet%s", this->key_[0] != '\0' ? ": it will register" : ", and no registration key");
  this->introduce_();
}

// Since this start; on a computer millis() counts from the computer's.
uint32_t PlantOps::uptime_() const { return millis() - this->started_at_; }

void PlantOps::loop() {
  const uint32_t now = this->uptime_();
  this->commands_->tick(now);
  if (now - this->settled_at_ >= SETTLE_MS) {
    this->settled_at_ = now;
    const uint32_t spilled = this->telemetry_->memory.state.page_head;
    this->telemetry_->settle(moment());
    if (this->telemetry_->memory.state.page_head != spilled)
      ESP_LOGW(TAG, "A long outage: %u slots moved to flash", (unsigned) core::PAGE_SLOTS);
  }
  if (this->voice_ != nullptr)
    this->talk_(now);
  if (this->wants_restart_ && now - this->wants_restart_at_ >= RESTART_MS)
    App.safe_reboot();
}

// Who has an account says so before ESPHome's entities ask below which topic they are commanded; a node that has only just
// got its account knows it from its next start on.
void PlantOps::introduce_() {
  if (this->introduced_ || this->voice_ == nullptr || (this->desk_ != nullptr && !this->registration_.known()))
    return;
  this->introduced_ = true;
  this->voice_->introduce(this->device_id_(), this->desk_ == nullptr ? nullptr : &this->registration_.credentials(),
                          this->may_sleep_());
}

void PlantOps::talk_(uint32_t now) {
  if (this->voice_->refused())
    this->registration_.refused(now);
  // The one call that blocks: never while a valve is open.
  if (this->desk_ != nullptr && this->key_[0] != '\0' && this->registration_.due(now) && network_is_there() && !this->commands_->any_open())
    this->register_(now);
  this->introduce_();
  if (this->introduced_ && !this->begun_) {
    this->begun_ = true;
    this->voice_->begin();
  }
  this->meet_broker_(now);
  this->send_(now);
  this->watch_drained_(now);
}

void PlantOps::meet_broker_(uint32_t now) {
  const bool is = this->introduced_ && this->voice_->connected();
  if (is == this->connected_)
    return;
  this->connected_ = is;
  this->telemetry_->connected(is);
  if (!is) {
    ESP_LOGW(TAG, "The broker is lost; readings are kept");
    this->commands_->lost_broker(now);
    return;
  }
  ESP_LOGI(TAG, "Speaking as %s; %u slots and %u pages to send", this->device_id_(),
           (unsigned) this->telemetry_->memory.size(), (unsigned) this->telemetry_->spill.waiting());
  this->registration_.accepted();
  this->send_info_();
  this->commands_->found_broker(now);
}

void PlantOps::register_(uint32_t now) {
  const size_t length =
      core::write_registration(this->buffer_, sizeof(this->buffer_), this->about_(), this->key_, this->name_.c_str());
  if (length == 0) {
    this->mark_failed();
    ESP_LOGE(TAG, "The request to be registered does not fit: a name is too long");
    return;
  }
  ESP_LOGI(TAG, "Registering at %s", this->url_);
  uint32_t retry_after = 0;
  std::string answer;
  const int status = this->desk_->ask(this->url_, std::string(this->buffer_, length), retry_after, answer);
  const bool known = this->registration_.known();
  const auto outcome =
      this->registration_.answer(status, retry_after, answer.data(), answer.size(), this->uptime_(), random_uint32());
  const unsigned wait = this->registration_.waits_ms() / 1000;
  switch (outcome) {
    case core::Outcome::REGISTERED:
      ESP_LOGI(TAG, "Registered as %s%s", this->device_id_(),
               this->registration_.credentials().pending ? "; somebody has to approve it" : "");
      if (known || this->introduced_)
        App.safe_reboot();  // ESPHome's mqtt reads its account once only
      break;
    case core::Outcome::UNCHANGED:
      ESP_LOGI(TAG, "Registered as before");
      break;
    case core::Outcome::LATER:
      ESP_LOGW(TAG, "Not registered (%d): trying again in %u s. %s", status, wait, this->registration_.detail());
      break;
    case core::Outcome::PERSON:
      ESP_LOGE(TAG, "Not registered (%d %s): %s Trying again in %u min", status, this->registration_.code(),
               this->registration_.detail(), wait / 60);
      break;
    case core::Outcome::NONSENSE:
      ESP_LOGW(TAG, "The answer (%d) is not PlantOps': is %s right? Trying again in %u s", status, this->url_, wait);
      break;
  }
}

void PlantOps::send_(uint32_t now) {
  if (!this->connected_)
    return;
  const size_t length = this->telemetry_->next(this->buffer_, sizeof(this->buffer_), now);
  if (length > 0 && !this->voice_->publish("telemetry", this->buffer_, length, false))
    this->telemetry_->not_taken();
  if (length == 0 && !this->complained_of_clock_ && now > 60000 && !moment().sane()) {
    this->complained_of_clock_ = true;
    ESP_LOGW(TAG, "The clock is not set: readings wait for SNTP, and no valve opens");
  }
}

void PlantOps::send_info_() {
  const size_t length = core::write_info(this->buffer_, sizeof(this->buffer_), this->about_(), this->channels_.data(),
                                         this->channels_.size(), this->valves_.data(), this->valves_.size());
  if (length == 0 || !this->voice_->publish("info", this->buffer_, length, true))
    ESP_LOGE(TAG, "The description of this device could not be sent");
}

// Everything measured is safe: now it may sleep. Told once for each start, when every channel had its chance.
void PlantOps::watch_drained_(uint32_t now) {
  if (this->told_drained_ || !this->connected_)
    return;
  if (now < MEASURE_MS)
    for (const bool measured : this->measured_)
      if (!measured)
        return;
  this->telemetry_->flush();
  if (!this->telemetry_->drained())
    return;
  this->told_drained_ = true;
  ESP_LOGD(TAG, "Everything is safe, %u ms after the start", (unsigned) now);
  this->on_drained_.call();
}

void PlantOps::hear_ack(const std::string &payload) {
  if (this->telemetry_->acknowledge(payload.data(), payload.size()))
    ESP_LOGD(TAG, "A batch is safe; %u slots wait", (unsigned) this->telemetry_->memory.size());
}
void PlantOps::hear_command(const std::string &payload) {
  if (!this->commands_->hear(payload.data(), payload.size(), moment(), this->uptime_()))
    ESP_LOGW(TAG, "A command was not understood");
}

void PlantOps::set_valve(size_t valve, bool open) {
#ifdef USE_SWITCH
  if (open)
    this->outputs_[valve]->turn_on();
  else
    this->outputs_[valve]->turn_off();
#endif
  ESP_LOGI(TAG, "Valve %s %s", this->valves_[valve].key, open ? "opens" : "closes");
}
void PlantOps::restart() {
  this->wants_restart_ = true;
  this->wants_restart_at_ = this->uptime_();
}
void PlantOps::tell(const char *result, size_t length) {
  if (this->connected_)
    this->voice_->publish("command/result", result, length, false);
}

// Before sleep and before a restart: close, keep, and let a last batch go while there is time.
void PlantOps::on_safe_shutdown() {
  const uint32_t begun = this->uptime_();
  this->commands_->close_all(core::Commands::STOPPED, "The device restarts.", begun);
  this->telemetry_->flush();
  this->telemetry_->settle(moment());
  while (this->connected_ && !this->drained() && this->uptime_() - begun < DRAIN_MS) {
    this->meet_broker_(this->uptime_());
    this->send_(this->uptime_());
    this->voice_->pump();
    App.feed_wdt();
    delay(5);
  }
}

void PlantOps::factory_reset() {
  ESP_LOGW(TAG, "Factory reset: account, readings and settings are forgotten");
  this->commands_->close_all(core::Commands::STOPPED, "The device restarts.", this->uptime_());
  this->registration_.forget();
  memset(static_cast<void *>(&rtc_block()), 0, sizeof(core::RtcBlock));
  global_preferences->reset();
  App.reboot();
}

uint32_t PlantOps::sleep_seconds_now_() const {
#ifdef USE_NUMBER
  if (this->sleep_minutes_ != nullptr && this->sleep_minutes_->has_state())
    return static_cast<uint32_t>(this->sleep_minutes_->state * 60.0F);
#endif
  return this->sleep_seconds_;
}
// Also before the number is set up.
bool PlantOps::may_sleep_() const {
#ifdef USE_NUMBER
  if (this->sleep_minutes_ != nullptr)
    return true;
#endif
  return this->sleep_seconds_ > 0;
}
core::About PlantOps::about_() const {
  return {this->model_,       this->manufacturer_,          this->firmware_,
          this->hardware_id_, this->friendly_name_.c_str(), this->sleep_seconds_now_()};
}
const char *PlantOps::device_id_() const {
  return this->desk_ != nullptr ? this->registration_.credentials().device_id : this->name_.c_str();
}

void PlantOps::dump_config() {
  ESP_LOGCONFIG(TAG,
                "PlantOps node:\n"
                "  Device id: %s\n"
                "  Channels: %u, valves: %u\n"
                "  Memory: %u of %u slots used, %u pages in flash, %u values lost for want of room",
                this->device_id_(), (unsigned) this->channels_.size(), (unsigned) this->valves_.size(),
                (unsigned) this->telemetry_->memory.size(), (unsigned) core::RING_SLOTS,
                (unsigned) this->telemetry_->spill.waiting(), (unsigned) this->telemetry_->memory.state.dropped);
}

}  // namespace esphome::plantops
