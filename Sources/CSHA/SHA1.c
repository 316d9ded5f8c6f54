#include "CSHA.h"

#if defined(__x86_64__) && defined(__has_include)
#if __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
#endif
#endif

// glibc has asked the processor already, which in a virtual machine takes longer than to hash a small pack.
#ifdef CPU_FEATURE_ACTIVE
#include <immintrin.h>

// Four rounds at a time (Intel SHA Extensions, 2013). `message` holds the last sixteen words of the schedule.
#define FIVE_GROUPS(start, function)                                                                       \
  for (int group = start; group < start + 5; group++) {                                                    \
    __m128i *word = &message[group & 3];                                                                   \
    if (group >= 4) {                                                                                      \
      __m128i mixed = _mm_sha1msg1_epu32(*word, message[(group + 1) & 3]);                                 \
      mixed = _mm_xor_si128(mixed, message[(group + 2) & 3]);                                              \
      *word = _mm_sha1msg2_epu32(mixed, message[(group + 3) & 3]);                                         \
    }                                                                                                      \
    __m128i next = group == 0 ? _mm_add_epi32(e, *word) : _mm_sha1nexte_epu32(before, *word);              \
    before = abcd;                                                                                         \
    abcd = _mm_sha1rnds4_epu32(abcd, next, function);                                                      \
  }

__attribute__((target("sha,ssse3,sse4.1"))) static void hash(
    uint32_t state[5], const __m128i *blocks, size_t count) {
  const __m128i bigEndian = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
  __m128i abcd = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0x1b);
  __m128i e = _mm_set_epi32((int)state[4], 0, 0, 0);
  for (; count > 0; count--, blocks += 4) {
    __m128i message[4];
    for (int index = 0; index < 4; index++) {
      message[index] = _mm_shuffle_epi8(_mm_loadu_si128(blocks + index), bigEndian);
    }
    __m128i start = abcd, before = abcd;
    FIVE_GROUPS(0, 0)
    FIVE_GROUPS(5, 1)
    FIVE_GROUPS(10, 2)
    FIVE_GROUPS(15, 3)
    e = _mm_sha1nexte_epu32(before, e);
    abcd = _mm_add_epi32(abcd, start);
  }
  _mm_storeu_si128((__m128i *)state, _mm_shuffle_epi32(abcd, 0x1b));
  state[4] = (uint32_t)_mm_extract_epi32(e, 3);
}

int csha_sha1(uint32_t state[5], const void *blocks, size_t count) {
  if (!CPU_FEATURE_ACTIVE(SHA) || !CPU_FEATURE_ACTIVE(SSE4_1)) return 0;
  hash(state, blocks, count);
  return 1;
}
#else
int csha_sha1(uint32_t state[5], const void *blocks, size_t count) { return 0; }
#endif
