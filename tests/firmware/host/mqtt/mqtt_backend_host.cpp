#include "esphome/core/defines.h"

#if defined(USE_MQTT) && defined(USE_HOST)
#include "mqtt_backend_host.h"

#include <cstdlib>

#include "esphome/core/hal.h"
#include "esphome/core/log.h"

namespace esphome::mqtt {

static const char *const TAG = "mqtt.host";
static constexpr uint32_t PAUSE_MS = 300;   // esp-mqtt waits for 10 s
static constexpr int PACKETS_A_LOOP = 20;

void MQTTBackendHost::heard_connect_(mosquitto *client, void *self, int code) {
  auto *backend = static_cast<MQTTBackendHost *>(self);
  if (code != 0) {
    ESP_LOGE(TAG, "Connection refused error: 0x%x", code);  // as mqtt_backend_esp32.cpp says it
    return;
  }
  backend->connected_ = true;
  backend->on_connect_.call(false);
}
void MQTTBackendHost::heard_disconnect_(mosquitto *client, void *self, int code) {
  auto *backend = static_cast<MQTTBackendHost *>(self);
  if (backend->connected_)
    backend->on_disconnect_.call(MQTTClientDisconnectReason::TCP_DISCONNECTED);
  backend->connected_ = false;
}
void MQTTBackendHost::heard_message_(mosquitto *client, void *self, const mosquitto_message *message) {
  const std::string payload(static_cast<const char *>(message->payload), static_cast<size_t>(message->payloadlen));
  static_cast<MQTTBackendHost *>(self)->heard_.emplace_back(message->topic, payload);
}
// As esp-mqtt's events: not while the library is at work, for who hears may disconnect, or end the program.
void MQTTBackendHost::deliver_() {
  std::vector<std::pair<std::string, std::string>> heard;
  heard.swap(this->heard_);
  for (const auto &[topic, payload] : heard)
    this->on_message_.call(topic.c_str(), payload.data(), payload.size(), 0, payload.size());
}

void MQTTBackendHost::make_() {
  mosquitto_lib_init();
  this->client_ = mosquitto_new(this->client_id_.c_str(), this->clean_session_, this);
  mosquitto_connect_callback_set(this->client_, heard_connect_);
  mosquitto_disconnect_callback_set(this->client_, heard_disconnect_);
  mosquitto_message_callback_set(this->client_, heard_message_);
  mosquitto_username_pw_set(this->client_, this->username_.c_str(), this->password_.c_str());
  mosquitto_tls_set(this->client_, getenv("PLANTOPS_CA_FILE"), nullptr, nullptr, nullptr, nullptr);
  if (!this->will_.topic.empty())
    mosquitto_will_set(this->client_, this->will_.topic.c_str(), static_cast<int>(this->will_.payload.size()),
                       this->will_.payload.data(), this->will_.qos, this->will_.retain);
}

void MQTTBackendHost::connect() {
  if (this->client_ != nullptr)
    return;  // its settings are read once
  this->make_();
  this->tried_at_ = millis();
  mosquitto_connect(this->client_, this->host_.c_str(), this->port_, this->keep_alive_);
}
// ESPHome disconnects before it connects: that must not end who is on its way.
void MQTTBackendHost::disconnect() {
  if (!this->connected_)
    return;
  mosquitto_disconnect(this->client_);
  for (int packet = 0; packet < PACKETS_A_LOOP && mosquitto_want_write(this->client_); packet++)
    mosquitto_loop(this->client_, 10, 1);
}
bool MQTTBackendHost::subscribe(const char *topic, uint8_t qos) {
  return mosquitto_subscribe(this->client_, nullptr, topic, qos) == MOSQ_ERR_SUCCESS;
}
bool MQTTBackendHost::unsubscribe(const char *topic) {
  return mosquitto_unsubscribe(this->client_, nullptr, topic) == MOSQ_ERR_SUCCESS;
}
bool MQTTBackendHost::publish(const char *topic, const char *payload, size_t length, uint8_t qos, bool retain) {
  return mosquitto_publish(this->client_, nullptr, topic, static_cast<int>(length), payload, qos, retain) == MOSQ_ERR_SUCCESS;
}
void MQTTBackendHost::loop() {
  if (this->client_ == nullptr)
    return;
  for (int packet = 0; packet < PACKETS_A_LOOP; packet++) {
    const bool well = mosquitto_loop(this->client_, 0, 1) == MOSQ_ERR_SUCCESS;
    this->deliver_();
    if (well)
      continue;
    if (millis() - this->tried_at_ < PAUSE_MS)
      return;
    this->tried_at_ = millis();
    mosquitto_reconnect(this->client_);
    return;
  }
}

}  // namespace esphome::mqtt
#endif
