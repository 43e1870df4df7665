#include "plantops_mqtt.h"

#ifdef USE_MQTT
#include <cstring>

#ifdef USE_LOGGER
#include "esphome/components/logger/logger.h"
#endif

namespace esphome::plantops {

void MqttVoice::introduce(const char *device_id, const core::Credentials *account, bool sleeps) {
  this->prefix_ = std::string("plantops/") + device_id;
  // ESPHome gives only the prefix the MAC suffix, not birth and will: two boards of one file would share a status.
  this->client_->set_topic_prefix(this->prefix_, "");
  const std::string status = this->prefix_ + "/status";
  this->client_->set_birth_message({.topic = status, .payload = "online", .qos = 1, .retain = true});
  this->client_->set_last_will({.topic = status, .payload = "offline", .qos = 1, .retain = true});
  if (sleeps)
    this->client_->disable_shutdown_message();  // who sleeps is not gone: `info` says for how long
  else
    this->client_->set_shutdown_message({.topic = status, .payload = "offline", .qos = 1, .retain = true});
  this->client_->set_client_id(device_id);
  this->client_->set_clean_session(false);  // the broker keeps a command while the line is down, until it expires
  if (account != nullptr) {
    this->client_->set_broker_address(account->host);
    this->client_->set_broker_port(account->port);
    this->client_->set_username(account->device_id);
    this->client_->set_password(account->password);
  }
  this->client_->subscribe(
      this->prefix_ + "/telemetry/ack",
      [this](const std::string &topic, const std::string &payload) { this->node_->hear_ack(payload); }, 0);
  this->client_->subscribe(
      this->prefix_ + "/command",
      [this](const std::string &topic, const std::string &payload) { this->node_->hear_command(payload); }, 1);
  this->listen_for_refusals_();
}

bool MqttVoice::publish(const char *leaf, const char *payload, size_t length, bool retain) {
  const std::string topic = this->prefix_ + "/" + leaf;
  return this->client_->publish(topic.c_str(), payload, length, 1, retain);
}

// ESPHome's client tells everybody that the line was closed, but only its log why. An error is always compiled in.
void MqttVoice::listen_for_refusals_() {
#if defined(USE_LOGGER) && defined(USE_LOG_LISTENERS)
  if (logger::global_logger == nullptr)
    return;
  logger::global_logger->add_log_callback(
      this, [](void *self, uint8_t level, const char *tag, const char *message, size_t length) {
        if (level != ESPHOME_LOG_LEVEL_ERROR || strncmp(tag, "mqtt", 4) != 0)
          return;
        // CONNACK 4: bad user name or password; 5: not authorized.
        if (strstr(message, "Connection refused error: 0x4") != nullptr ||
            strstr(message, "Connection refused error: 0x5") != nullptr)
          static_cast<MqttVoice *>(self)->refused_ = true;
      });
#endif
}

}  // namespace esphome::plantops
#endif
