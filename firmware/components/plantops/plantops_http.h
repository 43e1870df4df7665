// The desk at which a device registers: ESPHome's http_request, over HTTPS.
#pragma once

#include "esphome/core/defines.h"

#ifdef USE_PLANTOPS_HTTP
#include "esphome/components/http_request/http_request.h"

#include "plantops.h"

namespace esphome::plantops {

class HttpDesk final : public Desk {
 public:
  explicit HttpDesk(http_request::HttpRequestComponent *client) : client_(client) {}
  int ask(const std::string &url, const std::string &body, uint32_t &retry_after, std::string &answer) override;

 protected:
  http_request::HttpRequestComponent *client_;
};

}  // namespace esphome::plantops
#endif
