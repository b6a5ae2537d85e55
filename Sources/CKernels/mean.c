#include "mean.h"

#include <stdatomic.h>
#include <string.h>

// One more than the level, so that zero means "not looked up yet".
static atomic_int chosen;

static int available_level(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4")) return 2;
    if (__builtin_cpu_supports("x86-64-v3")) return 1;
#endif
    return 0;
}

int lawa_kernel_level(void) {
    int level = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (level == 0) {
        level = available_level() + 1;
        atomic_store_explicit(&chosen, level, memory_order_relaxed);
    }
    return level - 1;
}

void lawa_force_kernel_level(int level) {
    int available = available_level();
    int clamped = level < 0 ? 0 : level > available ? available : level;
    atomic_store_explicit(&chosen, clamped + 1, memory_order_relaxed);
}

static const lawa_kernels *kernels(void) {
#if defined(__x86_64__)
    switch (lawa_kernel_level()) {
    case 2: return &lawa_kernels_avx512;
    case 1: return &lawa_kernels_avx2;
    }
#endif
    return &lawa_kernels_baseline;
}

void lawa_mean(lawa_element type, const uint8_t *const *sources, size_t k, size_t element_count, uint8_t *destination,
               uint64_t *mixed) {
    lawa_weighted_mean(type, sources, NULL, k, element_count, destination, mixed);
}

void lawa_weighted_mean(lawa_element type, const uint8_t *const *sources, const int32_t *weights, size_t k,
                        size_t element_count, uint8_t *destination, uint64_t *mixed) {
    static const unsigned char bytes[4] = {8, 4, 2, 2};
    const lawa_task task = {sources, weights, k, element_count, destination, mixed};
    if (k == 0 || element_count == 0) return;
    if (k == 1) {
        memcpy(destination, sources[0], element_count * bytes[type]);
    } else if (k > LAWA_VECTOR_MEMBERS) {
        lawa_mean_exact(type, &task, 0, element_count, 0);
    } else {
        (weights == NULL ? kernels()->mean : kernels()->weighted_mean)[type](&task);
    }
}

bool lawa_identical(const uint8_t *const *sources, size_t k, size_t byte_count) {
    for (size_t j = 1; j < k; j++) {
        if (memcmp(sources[0], sources[j], byte_count) != 0) return false;
    }
    return true;
}
