// What a device was told when it registered, sealed with a checksum against half-written flash. Plain C++17.
//
// The checksum finds damage, not thieves: who can read the flash chip can read the password. ESP32's flash and NVS
// encryption are the platform's, and need its eFuses: docs/firmware.md.
#pragma once

#include "core_flash.h"
#include "core_json.h"

namespace plantops_core {

struct Credentials {
  uint32_t version;
  uint16_t port;
  uint8_t pending;  // somebody has yet to approve the device
  uint8_t reserved;
  char device_id[68];
  char host[68];
  char password[68];
  uint32_t crc;

  static constexpr uint32_t VERSION = 1;
  uint32_t checksum() const { return crc32(this, sizeof(Credentials) - sizeof(crc), 0x43524544U); }
  void seal() {
    version = VERSION;
    crc = checksum();
  }
  bool sealed() const { return version == VERSION && crc == checksum() && device_id[0] != '\0' && port != 0; }
  bool same_as(const Credentials &other) const { return memcmp(this, &other, sizeof(Credentials)) == 0; }
};
static_assert(sizeof(Credentials) <= 255, "ESPHome's host platform keeps no longer records");

// Letters, digits, - and _, at most 64: what may be a topic's part and a user name.
inline bool is_device_id(const char *text) {
  const size_t length = strlen(text);
  if (length == 0 || length > 64 || text[0] == '-' || text[0] == '_')
    return false;
  for (; *text != '\0'; text++)
    if (!((*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') || (*text >= '0' && *text <= '9') ||
          *text == '-' || *text == '_'))
      return false;
  return true;
}

// Read the answer 201. False: something is missing or makes no sense, and nothing of it is taken.
inline bool read_credentials(const char *text, size_t size, Credentials &to) {
  JsonObject said(text, size);
  Credentials told;
  memset(static_cast<void *>(&told), 0, sizeof(told));
  char status[16], username[68], prefix[80], expected[80] = "plantops/";
  uint32_t port;
  if (!said.text("device_id", told.device_id) || !is_device_id(told.device_id) || !said.text("status", status) ||
      !said.text("mqtt_host", told.host) || told.host[0] == '\0' || !said.counter("mqtt_port", port) || port == 0 ||
      port > 65535 || !said.text("mqtt_username", username) || strcmp(username, told.device_id) != 0 ||
      !said.text("mqtt_password", told.password) || told.password[0] == '\0' || !said.text("topic_prefix", prefix))
    return false;
  strncat(expected, told.device_id, 64);
  if (strcmp(prefix, expected) != 0)
    return false;
  told.port = static_cast<uint16_t>(port);
  told.pending = strcmp(status, "pending") == 0 ? 1 : 0;
  told.seal();
  to = told;
  return true;
}

}  // namespace plantops_core
