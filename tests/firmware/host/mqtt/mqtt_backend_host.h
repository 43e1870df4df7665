// For tests only: what esp-mqtt is on a board, on this machine, with Mosquitto's library. It does as esp-mqtt does: it reads
// its settings once, comes back by itself, and sends again what was not acknowledged.
#pragma once

#ifdef USE_HOST
#include <mosquitto.h>

#include <string>
#include <utility>
#include <vector>

#include "esphome/core/helpers.h"
#include "mqtt_backend.h"

namespace esphome::mqtt {

class MQTTBackendHost final : public MQTTBackend {
 public:
  void set_keep_alive(uint16_t keep_alive) final { this->keep_alive_ = keep_alive; }
  void set_client_id(const char *client_id) final { this->client_id_ = client_id; }
  void set_clean_session(bool clean_session) final { this->clean_session_ = clean_session; }
  void set_credentials(const char *username, const char *password) final {
    this->username_ = username == nullptr ? "" : username;
    this->password_ = password == nullptr ? "" : password;
  }
  void set_will(const char *topic, uint8_t qos, bool retain, const char *payload) final {
    this->will_ = {topic, payload, qos, retain};
  }
  void set_server(network::IPAddress ip, uint16_t port) final {}
  void set_server(const char *host, uint16_t port) final {
    this->host_ = host;
    this->port_ = port;
  }
  void set_on_connect(std::function<on_connect_callback_t> &&callback) final { this->on_connect_.add(std::move(callback)); }
  void set_on_disconnect(std::function<on_disconnect_callback_t> &&callback) final {
    this->on_disconnect_.add(std::move(callback));
  }
  void set_on_subscribe(std::function<on_subscribe_callback_t> &&callback) final {}
  void set_on_unsubscribe(std::function<on_unsubscribe_callback_t> &&callback) final {}
  void set_on_message(std::function<on_message_callback_t> &&callback) final { this->on_message_.add(std::move(callback)); }
  void set_on_publish(std::function<on_publish_user_callback_t> &&callback) final {}
  bool connected() const final { return this->connected_; }

  void connect() final;
  void disconnect() final;
  bool subscribe(const char *topic, uint8_t qos) final;
  bool unsubscribe(const char *topic) final;
  bool publish(const char *topic, const char *payload, size_t length, uint8_t qos, bool retain) final;
  using MQTTBackend::publish;
  void loop() final;

 protected:
  void make_();
  void deliver_();
  static void heard_connect_(mosquitto *client, void *self, int code);
  static void heard_disconnect_(mosquitto *client, void *self, int code);
  static void heard_message_(mosquitto *client, void *self, const mosquitto_message *message);

  mosquitto *client_{nullptr};
  bool connected_{false};
  uint32_t tried_at_{0};
  std::string host_, username_, password_, client_id_;
  uint16_t port_{0}, keep_alive_{15};
  bool clean_session_{false};
  MQTTMessage will_{};
  std::vector<std::pair<std::string, std::string>> heard_;
  CallbackManager<on_connect_callback_t> on_connect_;
  CallbackManager<on_disconnect_callback_t> on_disconnect_;
  CallbackManager<on_message_callback_t> on_message_;
};

}  // namespace esphome::mqtt
#endif
