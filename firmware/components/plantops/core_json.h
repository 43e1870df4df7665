// Reads the small JSON of the protocol where it lies. Plain C++17: no ESPHome, no ArduinoJson, no heap.
#pragma once

#include <cmath>
#include <cstdlib>

#include "core_bytes.h"

namespace plantops_core {

// One JSON object, checked from end to end before anything is taken from it: half an answer is no answer.
class JsonObject {
 public:
  static constexpr int MAX_DEPTH = 8;

  JsonObject(const char *text, size_t size) : at_(text), end_(text + size), text_(text) {
    blank_();
    valid_ = at_ < end_ && *at_ == '{' && value_(0);
    blank_();
    valid_ = valid_ && at_ == end_;
  }
  bool valid() const { return valid_; }

  // A string field, unescaped; false when it is missing, no string, too long for the buffer, or holds a zero byte.
  template<size_t N> bool text(const char *name, char (&to)[N]) const {
    const char *from, *until;
    return find_(name, from, until) && *from == '"' && unescape_(from + 1, until - 1, to, N);
  }
  // A finite number field.
  bool number(const char *name, double &to) const {
    const char *from, *until;
    char digits[40];
    if (!find_(name, from, until) || !(*from == '-' || is_digit_(*from)) ||
        static_cast<size_t>(until - from) >= sizeof(digits))
      return false;
    memcpy(digits, from, until - from);
    digits[until - from] = '\0';
    to = strtod(digits, nullptr);
    return std::isfinite(to);
  }
  // A whole number from 0 to 4294967295.
  bool counter(const char *name, uint32_t &to) const {
    double value;
    if (!number(name, value) || value < 0.0 || value > 4294967295.0 || value != std::floor(value))
      return false;
    to = static_cast<uint32_t>(value);
    return true;
  }
  bool has(const char *name) const {
    const char *from, *until;
    return find_(name, from, until) && *from != 'n';  // null is as good as nothing
  }

 private:
  static bool is_digit_(char c) { return c >= '0' && c <= '9'; }
  void blank_() {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r'))
      at_++;
  }
  bool take_(char c) {
    if (at_ >= end_ || *at_ != c)
      return false;
    at_++;
    return true;
  }
  bool word_(const char *word) {
    const size_t length = strlen(word);
    if (static_cast<size_t>(end_ - at_) < length || memcmp(at_, word, length) != 0)
      return false;
    at_ += length;
    return true;
  }
  bool digits_() {
    const char *from = at_;
    while (at_ < end_ && is_digit_(*at_))
      at_++;
    return at_ > from;
  }
  bool number_() {
    take_('-');
    if (!take_('0') && !digits_())
      return false;
    if (take_('.') && !digits_())
      return false;
    if (at_ < end_ && (*at_ == 'e' || *at_ == 'E')) {
      at_++;
      if (!take_('+'))
        take_('-');
      return digits_();
    }
    return true;
  }
  bool string_() {
    if (!take_('"'))
      return false;
    for (; at_ < end_; at_++) {
      if (*at_ == '"') {
        at_++;
        return true;
      }
      if (static_cast<unsigned char>(*at_) < 0x20)
        return false;
      if (*at_ == '\\' && !escape_())
        return false;
    }
    return false;
  }
  // Leaves `at_` on the escape's last character.
  bool escape_() {
    if (++at_ >= end_ || *at_ == '\0')
      return false;
    if (*at_ != 'u')
      return strchr("\"\\/bfnrt", *at_) != nullptr;
    if (end_ - at_ < 5)
      return false;
    for (int i = 1; i <= 4; i++)
      if (hex_(at_[i]) < 0)
        return false;
    at_ += 4;
    return true;
  }
  static int hex_(char c) {
    if (is_digit_(c))
      return c - '0';
    if (c >= 'a' && c <= 'f')
      return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  }
  bool value_(int depth) {
    if (depth > MAX_DEPTH || at_ >= end_)
      return false;
    switch (*at_) {
      case '{':
        return list_('}', depth, true);
      case '[':
        return list_(']', depth, false);
      case '"':
        return string_();
      case 't':
        return word_("true");
      case 'f':
        return word_("false");
      case 'n':
        return word_("null");
      default:
        return number_();
    }
  }
  bool list_(char closing, int depth, bool keys) {
    at_++;
    blank_();
    if (take_(closing))
      return true;
    do {
      blank_();
      if (keys) {
        if (!string_())
          return false;
        blank_();
        if (!take_(':'))
          return false;
        blank_();
      }
      if (!value_(depth + 1))
        return false;
      blank_();
    } while (take_(','));
    return take_(closing);
  }
  // Walk the checked object's own fields; the last one of a name counts, as in Python.
  bool find_(const char *name, const char *&from, const char *&until) const {
    if (!valid_)
      return false;
    JsonObject walk(*this);
    walk.at_ = text_;
    walk.blank_();
    walk.at_++;
    bool found = false;
    for (walk.blank_(); walk.at_ < walk.end_ && *walk.at_ != '}'; walk.blank_()) {
      const char *key = walk.at_ + 1;
      walk.string_();
      const bool same = static_cast<size_t>(walk.at_ - 1 - key) == strlen(name) && memcmp(key, name, strlen(name)) == 0;
      walk.blank_();
      walk.take_(':');
      walk.blank_();
      const char *begin = walk.at_;
      walk.value_(0);
      if (same) {
        from = begin;
        until = walk.at_;
        found = true;
      }
      walk.blank_();
      walk.take_(',');
    }
    return found;
  }
  static bool unescape_(const char *from, const char *until, char *to, size_t size);

  const char *at_;
  const char *end_;
  const char *text_;
  bool valid_{false};
};

}  // namespace plantops_core

#include "core_json_text.h"
