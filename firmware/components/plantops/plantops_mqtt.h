// The node's voice in a device: ESPHome's mqtt, told everything before its first connection.
#pragma once

#include "esphome/core/defines.h"

#ifdef USE_MQTT
#include <atomic>

#include "esphome/components/mqtt/mqtt_client.h"

#include "plantops.h"

namespace esphome::plantops {

class MqttVoice final : public Voice {
 public:
  MqttVoice(PlantOps *node, mqtt::MQTTClientComponent *client) : node_(node), client_(client) {}

  void introduce(const char *device_id, const core::Credentials *account, bool sleeps) override;
  void begin() override { this->client_->enable(); }
  bool connected() override { return this->client_->is_connected(); }
  bool publish(const char *leaf, const char *payload, size_t length, bool retain) override;
  bool refused() override { return this->refused_.exchange(false); }
  void pump() override { this->client_->loop(); }

 protected:
  void listen_for_refusals_();

  PlantOps *node_;
  mqtt::MQTTClientComponent *client_;
  std::string prefix_;
  std::atomic<bool> refused_{false};
};

}  // namespace esphome::plantops
#endif
