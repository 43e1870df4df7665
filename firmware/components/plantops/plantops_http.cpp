#include "plantops_http.h"

#ifdef USE_PLANTOPS_HTTP
#include "esphome/core/application.h"
#include "esphome/core/hal.h"

namespace esphome::plantops {

static constexpr size_t LONGEST_ANSWER = 2048;
static constexpr uint32_t READ_MS = 3000;

int HttpDesk::ask(const std::string &url, const std::string &body, uint32_t &retry_after, std::string &answer) {
  const std::vector<http_request::Header> headers = {{"Content-Type", "application/json"}};
  const std::vector<std::string> collect = {"retry-after"};
  auto said = this->client_->post(url.c_str(), body, headers, collect);
  if (said == nullptr)
    return 0;
  const int status = said->status_code;
  retry_after = static_cast<uint32_t>(strtoul(said->get_response_header("retry-after").c_str(), nullptr, 10));
  char chunk[256];
  uint32_t last_data = millis();
  const uint32_t begun = last_data;
  while (answer.size() < LONGEST_ANSWER && millis() - begun < READ_MS) {
    const int got = said->read(reinterpret_cast<uint8_t *>(chunk), sizeof(chunk));
    App.feed_wdt();
    const auto result = http_request::http_read_loop_result(got, last_data, READ_MS, said->is_read_complete());
    if (result == http_request::HttpReadLoopResult::RETRY)
      continue;
    if (result != http_request::HttpReadLoopResult::DATA)
      break;
    answer.append(chunk, static_cast<size_t>(got));
    if (said->is_read_complete())
      break;
  }
  said->end();
  return status;
}

}  // namespace esphome::plantops
#endif
