// For tests only: the voice and the desk of a node on this machine, over a socket to the test. Words are separated by tabs.
#pragma once

#include "esphome/components/plantops/plantops.h"
#include "esphome/core/component.h"

namespace esphome::line {

class Line final : public Component, public plantops::Voice, public plantops::Desk {
 public:
  explicit Line(plantops::PlantOps *node) : node_(node) {
    node->set_voice(this);
    node->set_desk(this);
  }
  float get_setup_priority() const override { return setup_priority::BUS; }
  void setup() override;
  void loop() override { this->pump(); }

  void introduce(const char *device_id, const plantops::core::Credentials *account, bool sleeps) override;
  bool connected() override { return this->connected_; }
  bool publish(const char *leaf, const char *payload, size_t length, bool retain) override;
  bool refused() override;
  void pump() override;
  int ask(const std::string &url, const std::string &body, uint32_t &retry_after, std::string &answer) override;

 protected:
  void say_(const std::string &words);
  bool next_(std::string &words, bool wait);
  void hear_(const std::string &words);

  plantops::PlantOps *node_;
  int socket_{-1};
  std::string heard_;
  bool connected_{false};
  bool refused_{false};
};

}  // namespace esphome::line
