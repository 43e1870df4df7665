// How a JSON string becomes UTF-8 again; a part of core_json.h.
#pragma once

namespace plantops_core {

// Append one code point; false when it does not fit or is the zero that would cut the text short.
inline bool append_utf8(uint32_t point, char *to, size_t size, size_t &length) {
  if (point == 0 || length + 5 > size)
    return false;
  if (point < 0x80) {
    to[length++] = static_cast<char>(point);
  } else if (point < 0x800) {
    to[length++] = static_cast<char>(0xC0 | (point >> 6));
    to[length++] = static_cast<char>(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    to[length++] = static_cast<char>(0xE0 | (point >> 12));
    to[length++] = static_cast<char>(0x80 | ((point >> 6) & 0x3F));
    to[length++] = static_cast<char>(0x80 | (point & 0x3F));
  } else {
    to[length++] = static_cast<char>(0xF0 | (point >> 18));
    to[length++] = static_cast<char>(0x80 | ((point >> 12) & 0x3F));
    to[length++] = static_cast<char>(0x80 | ((point >> 6) & 0x3F));
    to[length++] = static_cast<char>(0x80 | (point & 0x3F));
  }
  return true;
}

inline bool JsonObject::unescape_(const char *from, const char *until, char *to, size_t size) {
  size_t length = 0;
  const auto four = [](const char *at) {
    return static_cast<uint32_t>(hex_(at[0]) << 12 | hex_(at[1]) << 8 | hex_(at[2]) << 4 | hex_(at[3]));
  };
  while (from < until) {
    if (*from != '\\') {
      if (*from == '\0' || length + 1 >= size)
        return false;
      to[length++] = *from++;
      continue;
    }
    from++;
    if (*from != 'u') {
      static constexpr char SHORT[] = "b\bf\fn\nr\rt\t";
      const char *known = strchr(SHORT, *from);
      if (length + 1 >= size)
        return false;
      to[length++] = known != nullptr ? known[1] : *from;
      from++;
      continue;
    }
    uint32_t point = four(from + 1);
    from += 5;
    if (point >= 0xD800 && point < 0xDC00 && until - from >= 6 && from[0] == '\\' && from[1] == 'u') {
      const uint32_t low = four(from + 2);
      if (low < 0xDC00 || low > 0xDFFF)
        return false;
      point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
      from += 6;
    }
    if ((point >= 0xD800 && point < 0xE000) || !append_utf8(point, to, size, length))
      return false;
  }
  to[length] = '\0';
  return true;
}

}  // namespace plantops_core
