#include "CBench.h"

#include <string.h>

#pragma clang diagnostic ignored "-Wpsabi"

// Four independent vectors an iteration, so that neither the loop nor one addition's latency limits the loads.
#define READ_LOOP(NAME, BYTES)                                                                                         \
    static uint64_t NAME(const uint8_t *bytes, size_t byte_count) {                                                    \
        typedef uint64_t vector_t __attribute__((ext_vector_type(BYTES / 8)));                                         \
        vector_t sums[4] = {0};                                                                                        \
        for (size_t at = 0; at + 4 * BYTES <= byte_count; at += 4 * BYTES) {                                           \
            for (size_t i = 0; i < 4; i++) {                                                                           \
                vector_t next;                                                                                         \
                memcpy(&next, bytes + at + i * BYTES, BYTES);                                                          \
                sums[i] ^= next;                                                                                       \
            }                                                                                                          \
        }                                                                                                              \
        vector_t all = sums[0] ^ sums[1] ^ sums[2] ^ sums[3];                                                          \
        uint64_t digest = 0;                                                                                           \
        for (size_t i = 0; i < BYTES / 8; i++) digest ^= all[i];                                                       \
        return digest;                                                                                                 \
    }

READ_LOOP(read_baseline, 16)

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
READ_LOOP(read_avx2, 32)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"), min_vector_width(512))),   \
                             apply_to = function)
READ_LOOP(read_avx512, 64)
#pragma clang attribute pop
#endif

uint64_t bench_read(const uint8_t *bytes, size_t byte_count, int level) {
    byte_count -= byte_count % 256;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (level >= 2 && __builtin_cpu_supports("x86-64-v4")) return read_avx512(bytes, byte_count);
    if (level >= 1 && __builtin_cpu_supports("x86-64-v3")) return read_avx2(bytes, byte_count);
#else
    (void)level;
#endif
    return read_baseline(bytes, byte_count);
}
