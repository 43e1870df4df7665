// Writes the small JSON of the protocol into a buffer of fixed size. Plain C++17: no ESPHome, no ArduinoJson, no heap.
#pragma once

#include <cstdio>
#include <cstdlib>

#include "core_bytes.h"

namespace plantops_core {

// The shortest text that is this float again, as Python writes it, but whole numbers without ".0".
inline int format_float(char *to, size_t size, float value) {
  int length = 0;
  for (int digits = 6; digits <= 9; digits++) {
    length = snprintf(to, size, "%.*g", digits, static_cast<double>(value));
    if (strtof(to, nullptr) == value)
      break;
  }
  return length;
}

// Appends to a buffer; a text that does not fit is told by `ok()`, never written in part behind the buffer's end.
class JsonWriter {
 public:
  JsonWriter(char *buffer, size_t size) : buffer_(buffer), size_(size) {
    if (size_ > 0)
      buffer_[0] = '\0';
    else
      ok_ = false;
  }
  bool ok() const { return ok_; }
  size_t length() const { return length_; }
  size_t room() const { return ok_ ? size_ - 1 - length_ : 0; }
  const char *text() const { return buffer_; }
  // Go back to an earlier length, e.g. to leave out what did not fit.
  void rewind(size_t length) {
    length_ = length;
    buffer_[length_] = '\0';
    ok_ = true;
  }
  void raw(const char *text) { append_(text, strlen(text)); }
  void key(const char *name) {
    comma();
    string(name);
    raw(":");
    fresh_ = true;
  }
  void open(char bracket) {
    comma();
    append_(&bracket, 1);
    fresh_ = true;
  }
  void close(char bracket) {
    append_(&bracket, 1);
    fresh_ = false;
  }
  void comma() {
    if (!fresh_)
      raw(",");
    fresh_ = false;
  }
  void number(uint32_t value) {
    char text[12];
    snprintf(text, sizeof(text), "%lu", static_cast<unsigned long>(value));
    raw(text);
  }
  void number(float value) {
    char text[24];
    format_float(text, sizeof(text), value);
    raw(text);
  }
  void string(const char *text) {
    raw("\"");
    for (; *text != '\0'; text++) {
      const auto c = static_cast<unsigned char>(*text);
      char escaped[8];
      if (c == '"' || c == '\\')
        snprintf(escaped, sizeof(escaped), "\\%c", c);
      else if (c < 0x20)
        snprintf(escaped, sizeof(escaped), "\\u%04x", c);
      else
        snprintf(escaped, sizeof(escaped), "%c", c);
      raw(escaped);
    }
    raw("\"");
  }
  void field(const char *name, const char *text) {
    key(name);
    string(text);
    fresh_ = false;
  }
  void field(const char *name, uint32_t value) {
    key(name);
    number(value);
    fresh_ = false;
  }
  void field(const char *name, float value) {
    key(name);
    number(value);
    fresh_ = false;
  }
  void field(const char *name, bool value) {
    key(name);
    raw(value ? "true" : "false");
    fresh_ = false;
  }

 private:
  void append_(const char *text, size_t length) {
    if (!ok_ || length_ + length >= size_) {
      ok_ = false;
      return;
    }
    memcpy(buffer_ + length_, text, length);
    length_ += length;
    buffer_[length_] = '\0';
  }
  char *buffer_;
  size_t size_;
  size_t length_{0};
  bool ok_{true};
  bool fresh_{true};
};

}  // namespace plantops_core
