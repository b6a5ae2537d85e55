#pragma once

#include "CKernels.h"

/// The largest k for which the vector kernels are proven exact; beyond it every element takes lawa_mean_exact.
enum { LAWA_VECTOR_MEMBERS = 4096 };

/// What lawa_mean and lawa_weighted_mean were asked for; weights is NULL where every weight is 1.
typedef struct {
    const uint8_t *const *sources;
    const int32_t *weights;
    size_t k, count;
    uint8_t *destination;
    uint64_t *mixed;
} lawa_task;

typedef void lawa_kernel(const lawa_task *task);

/// The kernels of one instruction set, each list in the order of lawa_element; 1 < k <= LAWA_VECTOR_MEMBERS.
typedef struct {
    lawa_kernel *mean[4], *weighted_mean[4];
} lawa_kernels;

extern const lawa_kernels lawa_kernels_baseline, lawa_kernels_avx2, lawa_kernels_avx512;

/// The mean of elements first ..< first + count in integer arithmetic: slow, right for every input and any k >= 1.
/// Elements are counted as mixed only from index `counted`.
void lawa_mean_exact(lawa_element type, const lawa_task *task, size_t first, size_t count, size_t counted);

/// The weight of member j.
static inline int64_t lawa_weight(const lawa_task *task, size_t j) {
    return task->weights == NULL ? 1 : task->weights[j];
}

/// The smallest c with 2^c >= k.
static inline int lawa_ceil_log2(uint64_t k) {
    return k < 2 ? 0 : 64 - __builtin_clzll(k - 1);
}
