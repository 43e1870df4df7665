// The PlantOps node in ESPHome's world: it gives the plain headers (core_*.h) sensors, switches, flash, clocks and a voice.
#pragma once

#include <vector>

#include "esphome/core/automation.h"
#include "esphome/core/component.h"
#include "esphome/core/defines.h"
#include "esphome/components/sensor/sensor.h"
#ifdef USE_SWITCH
#include "esphome/components/switch/switch.h"
#endif
#ifdef USE_NUMBER
#include "esphome/components/number/number.h"
#endif
#ifdef USE_OTA_STATE_LISTENER
#include "esphome/components/ota/ota_backend.h"
#endif

#include "core_command.h"
#include "core_registration.h"
#include "core_telemetry.h"
#include "core_words.h"

namespace esphome::plantops {

namespace core = ::plantops_core;

// To whom the node speaks: ESPHome's mqtt in a device (plantops_mqtt.h).
class Voice {
 public:
  // Once, before the first connection. `account` is nullptr where people typed it in.
  virtual void introduce(const char *device_id, const core::Credentials *account, bool sleeps) = 0;
  // Connect from now on.
  virtual void begin() = 0;
  virtual bool connected() = 0;
  // QoS 1, below plantops/<device_id>/. False: not taken.
  virtual bool publish(const char *leaf, const char *payload, size_t length, bool retain) = 0;
  // Whether the broker has refused the account since this was asked last.
  virtual bool refused() = 0;
  // Let messages move while nothing else does: before sleep.
  virtual void pump() = 0;
};

// Where the node registers: ESPHome's http_request in a device (plantops_http.h). It blocks, for some seconds at most.
class Desk {
 public:
  // Gives the status; 0: nothing came.
  virtual int ask(const std::string &url, const std::string &body, uint32_t &retry_after, std::string &answer) = 0;
};

// ESPHome's preferences as numbered records.
class Preferences final : public core::Flash {
 public:
  bool load(uint32_t place, void *to, size_t size) override;
  bool save(uint32_t place, const void *from, size_t size) override;
};

class PlantOps final : public Component,
#ifdef USE_OTA_STATE_LISTENER
                       public ota::OTAGlobalStateListener,
#endif
                       public core::Hands {
 public:
  float get_setup_priority() const override { return setup_priority::HARDWARE; }
  void setup() override;
  void loop() override;
  void dump_config() override;
  void on_safe_shutdown() override;
#ifdef USE_OTA_STATE_LISTENER
  // Taking new firmware blocks everything for a minute: no valve may stay open in it.
  void on_ota_global_state(ota::OTAState state, float progress, uint8_t error, ota::OTAComponent *component) override;
#endif

  void set_about(const char *model, const char *manufacturer, const char *firmware) {
    this->model_ = model;
    this->manufacturer_ = manufacturer;
    this->firmware_ = firmware;
  }
  void set_registration(const char *url, const char *key) {
    this->url_ = url;
    this->key_ = key;
  }
  void set_voice(Voice *voice) { this->voice_ = voice; }
  void set_desk(Desk *desk) { this->desk_ = desk; }
  void set_sleep_seconds(uint32_t seconds) { this->sleep_seconds_ = seconds; }
#ifdef USE_NUMBER
  // In minutes; what a person set lives longer than the program's own number.
  void set_sleep_number(number::Number *minutes) { this->sleep_minutes_ = minutes; }
#endif
  void add_channel(sensor::Sensor *source, const core::Channel &words, uint32_t gap_seconds);
#ifdef USE_SWITCH
  void add_valve(switch_::Switch *output, const core::Valve &words);
#endif
  template<typename F> void add_on_identify_callback(F &&callback) { this->on_identify_.add(std::forward<F>(callback)); }
  template<typename F> void add_on_drained_callback(F &&callback) { this->on_drained_.add(std::forward<F>(callback)); }

  // What the voice hears.
  void hear_ack(const std::string &payload);
  void hear_command(const std::string &payload);

  bool drained() const { return this->telemetry_ != nullptr && this->telemetry_->drained(); }
  bool connected() const { return this->connected_; }
  // Power came on, or somebody pressed the board's button: someone may be there.
  bool begun_by_hand() const;
  // Begin as a new board: account, buffered readings and settings are gone. Restarts.
  void factory_reset();

  void set_valve(size_t valve, bool open) override;
  void identify() override { this->on_identify_.call(); }
  void restart() override;
  void tell(const char *result, size_t length) override;

 protected:
  uint32_t uptime_() const;
  void introduce_();
  void talk_(uint32_t now);
  void meet_broker_(uint32_t now);
  void register_(uint32_t now);
  void send_(uint32_t now);
  void send_info_();
  void watch_drained_(uint32_t now);
  uint32_t sleep_seconds_now_() const;
  bool may_sleep_() const;
  core::About about_() const;
  const char *device_id_() const;

  Preferences flash_;
  core::Registration registration_{flash_};
  core::Telemetry *telemetry_{nullptr};
  core::Commands *commands_{nullptr};
  Voice *voice_{nullptr};
  Desk *desk_{nullptr};

  std::vector<core::Channel> channels_;
  std::vector<const char *> keys_;
  std::vector<uint32_t> gaps_;
  std::vector<bool> measured_;
  std::vector<core::Valve> valves_;
#ifdef USE_SWITCH
  std::vector<switch_::Switch *> outputs_;
#endif
#ifdef USE_NUMBER
  number::Number *sleep_minutes_{nullptr};
#endif
  CallbackManager<void()> on_identify_;
  CallbackManager<void()> on_drained_;

  const char *model_{""};
  const char *manufacturer_{""};
  const char *firmware_{""};
  const char *url_{""};
  const char *key_{""};
  std::string name_;
  std::string friendly_name_;
  char hardware_id_[13]{};
  char buffer_[core::BATCH_BYTES];

  uint32_t sleep_seconds_{0};
  uint32_t started_at_{0};
  uint32_t settled_at_{0};
  uint32_t wants_restart_at_{0};
  bool wants_restart_{false};
  bool introduced_{false};
  bool begun_{false};
  bool connected_{false};
  bool told_drained_{false};
  bool complained_of_clock_{false};
};

class DrainedTrigger final : public Trigger<> {
 public:
  explicit DrainedTrigger(PlantOps *node) {
    node->add_on_drained_callback([this]() { this->trigger(); });
  }
};
class IdentifyTrigger final : public Trigger<> {
 public:
  explicit IdentifyTrigger(PlantOps *node) {
    node->add_on_identify_callback([this]() { this->trigger(); });
  }
};
template<typename... Ts> class FactoryResetAction final : public Action<Ts...>, public Parented<PlantOps> {
 public:
  void play(const Ts &...x) override { this->parent_->factory_reset(); }
};
template<typename... Ts> class DrainedCondition final : public Condition<Ts...>, public Parented<PlantOps> {
 public:
  bool check(const Ts &...x) override { return this->parent_->drained(); }
};

}  // namespace esphome::plantops
