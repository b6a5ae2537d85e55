#pragma once

#include "CKernels.h"

/// The largest k for which the vector kernels are proven exact; beyond it every element takes lawa_mean_exact.
enum { LAWA_VECTOR_MEMBERS = 4096 };

typedef void lawa_mean_function(const uint8_t *const *sources, size_t k, size_t count, uint8_t *destination,
                                uint64_t *mixed);

/// One kernel per lawa_element, in that order; 1 < k <= LAWA_VECTOR_MEMBERS.
extern lawa_mean_function *const lawa_mean_baseline[4];
extern lawa_mean_function *const lawa_mean_avx2[4];
extern lawa_mean_function *const lawa_mean_avx512[4];

/// The mean of elements first ..< first + count in integer arithmetic: slow, right for every input and any k >= 1.
/// Nothing is counted where mixed is NULL.
void lawa_mean_exact(lawa_element type, const uint8_t *const *sources, size_t k, size_t first, size_t count,
                     uint8_t *destination, uint64_t *mixed);

/// The smallest c with 2^c >= k.
static inline int lawa_ceil_log2(size_t k) {
    return k < 2 ? 0 : 64 - __builtin_clzll((unsigned long long)k - 1);
}
