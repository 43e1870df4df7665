// For tests only: the backend's address and the registration key, which were not known when the program was built.
#pragma once

#include <cstdlib>

#include "esphome/components/plantops/plantops.h"
#include "esphome/core/component.h"

namespace esphome::place {

class Place final : public Component {
 public:
  explicit Place(plantops::PlantOps *node) : node_(node) {}
  float get_setup_priority() const override { return setup_priority::BUS; }
  void setup() override { this->node_->set_registration(getenv("PLANTOPS_URL"), getenv("PLANTOPS_KEY")); }

 protected:
  plantops::PlantOps *node_;
};

}  // namespace esphome::place
