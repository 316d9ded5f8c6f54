#ifndef CSHA_H
#define CSHA_H

#include <stddef.h>
#include <stdint.h>

/// Takes whole blocks of 64 bytes into the state of a SHA-1 (FIPS 180-4), by the instructions that some processors have
/// for it. False, with nothing done, where there are none.
int csha_sha1(uint32_t state[5], const void *blocks, size_t count);

#endif
