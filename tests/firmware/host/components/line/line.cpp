#include "line.h"

#include <cstdlib>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace esphome::line {

void Line::setup() {
  sockaddr_un place{};
  place.sun_family = AF_UNIX;
  strncpy(place.sun_path, getenv("PLANTOPS_LINE"), sizeof(place.sun_path) - 1);
  this->socket_ = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(this->socket_, reinterpret_cast<sockaddr *>(&place), sizeof(place)) != 0)
    this->mark_failed();
}

void Line::say_(const std::string &words) {
  const std::string line = words + "\n";
  if (send(this->socket_, line.data(), line.size(), MSG_NOSIGNAL) < 0)
    exit(3);  // the test is gone
}

bool Line::next_(std::string &words, bool wait) {
  while (this->heard_.find('\n') == std::string::npos) {
    pollfd ready{this->socket_, POLLIN, 0};
    if (poll(&ready, 1, wait ? 10000 : 0) <= 0)
      return false;
    char chunk[4096];
    const ssize_t got = read(this->socket_, chunk, sizeof(chunk));
    if (got <= 0)
      exit(3);
    this->heard_.append(chunk, static_cast<size_t>(got));
  }
  const size_t end = this->heard_.find('\n');
  words = this->heard_.substr(0, end);
  this->heard_.erase(0, end + 1);
  return true;
}

static std::string after(const std::string &words, size_t tabs) {
  size_t at = 0;
  while (tabs-- > 0)
    at = words.find('\t', at) + 1;
  return words.substr(at);
}

void Line::hear_(const std::string &words) {
  if (words == "UP")
    this->connected_ = true;
  else if (words == "DOWN")
    this->connected_ = false;
  else if (words == "REFUSED")
    this->refused_ = true;
  else if (words.rfind("ACK\t", 0) == 0)
    this->node_->hear_ack(after(words, 1));
  else if (words.rfind("COMMAND\t", 0) == 0)
    this->node_->hear_command(after(words, 1));
}

void Line::pump() {
  std::string words;
  while (this->next_(words, false))
    this->hear_(words);
}

void Line::introduce(const char *device_id, const plantops::core::Credentials *account, bool sleeps) {
  this->say_(std::string("HELLO\t") + device_id + "\t" + account->host + "\t" + std::to_string(account->port) + "\t" +
             account->password);
}
bool Line::publish(const char *leaf, const char *payload, size_t length, bool retain) {
  this->say_(std::string("PUBLISH\t") + leaf + "\t" + (retain ? "1" : "0") + "\t" + std::string(payload, length));
  return true;
}
bool Line::refused() {
  const bool was = this->refused_;
  this->refused_ = false;
  return was;
}

int Line::ask(const std::string &url, const std::string &body, uint32_t &retry_after, std::string &answer) {
  this->say_("POST\t" + url + "\t" + body);
  std::string words;
  while (this->next_(words, true)) {
    if (words.rfind("ANSWER\t", 0) != 0) {
      this->hear_(words);
      continue;
    }
    answer = after(words, 3);
    retry_after = static_cast<uint32_t>(strtoul(after(words, 2).c_str(), nullptr, 10));
    return atoi(after(words, 1).c_str());
  }
  return 0;
}

}  // namespace esphome::line
