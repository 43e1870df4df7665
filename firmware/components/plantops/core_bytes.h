// The small change of the other headers: checksums, hashes and bounded text. Plain C++17: no ESPHome, no heap, no exceptions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

// The tests put a power cut before any store into the memory that survives: see tests/firmware/core.
#ifndef PLANTOPS_BEFORE_STORE
#define PLANTOPS_BEFORE_STORE()
#endif

namespace plantops_core {

// CRC-32 (IEEE 802.3), bit by bit: the blocks are small, and a table would cost a kilobyte of flash.
inline uint32_t crc32(const void *bytes, size_t size, uint32_t seed = 0) {
  const auto *at = static_cast<const uint8_t *>(bytes);
  uint32_t crc = ~seed;
  for (size_t i = 0; i < size; i++) {
    crc ^= at[i];
    for (int bit = 0; bit < 8; bit++)
      crc = (crc >> 1) ^ (0xEDB88320U & (0U - (crc & 1U)));
  }
  return ~crc;
}

// FNV-1a: names a text by a number.
inline uint32_t fnv1a(const char *text, uint32_t hash = 2166136261U) {
  for (; *text != '\0'; text++)
    hash = (hash ^ static_cast<uint8_t>(*text)) * 16777619U;
  return hash;
}

// Store one word so that a reset finds it whole or not at all, and after everything that was stored before it.
inline void store(uint32_t *place, uint32_t word) {
  PLANTOPS_BEFORE_STORE();
  *static_cast<volatile uint32_t *>(place) = word;
}

// Store a block word by word; `size` is a multiple of four.
inline void store_block(void *place, const void *from, size_t size) {
  auto *to = static_cast<uint32_t *>(place);
  for (size_t i = 0; i < size / 4; i++) {
    uint32_t word;
    memcpy(&word, static_cast<const uint8_t *>(from) + 4 * i, 4);
    store(to + i, word);
  }
}

// Copy a text with its end; false when it is too long (then nothing is copied).
template<size_t N> bool copy_text(char (&to)[N], const char *from) {
  const size_t length = strlen(from);
  if (length >= N)
    return false;
  memset(to, 0, N);
  memcpy(to, from, length);
  return true;
}

}  // namespace plantops_core
