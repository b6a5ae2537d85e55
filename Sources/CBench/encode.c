#include "CBench.h"

#include <string.h>

static void encode_f64(const float *base, const float *drift, float scale, size_t count, uint8_t *destination) {
    for (size_t i = 0; i < count; i++) {
        // The sum of two floats in double: all 53 bits are in use, as in a model that was trained in double.
        double value = (double)base[i] + (double)scale * (double)drift[i];
        memcpy(destination + 8 * i, &value, 8);
    }
}

static void encode_f32(const float *base, const float *drift, float scale, size_t count, uint8_t *destination) {
    for (size_t i = 0; i < count; i++) {
        float value = base[i] + scale * drift[i];
        memcpy(destination + 4 * i, &value, 4);
    }
}

// Values are far below the largest f16 number; those below its smallest normal one become zero.
static uint16_t half_bits(float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    uint32_t magnitude = bits & 0x7fffffff;
    uint32_t rounded = (magnitude - (112u << 23) + 0xfff + ((magnitude >> 13) & 1)) >> 13;
    return (uint16_t)((bits >> 16 & 0x8000) | (magnitude < (113u << 23) ? 0 : rounded));
}

static void encode_f16(const float *base, const float *drift, float scale, size_t count, uint8_t *destination) {
    for (size_t i = 0; i < count; i++) {
        uint16_t value = half_bits(base[i] + scale * drift[i]);
        memcpy(destination + 2 * i, &value, 2);
    }
}

static void encode_bf16(const float *base, const float *drift, float scale, size_t count, uint8_t *destination) {
    for (size_t i = 0; i < count; i++) {
        float sum = base[i] + scale * drift[i];
        uint32_t bits;
        memcpy(&bits, &sum, 4);
        uint16_t value = (uint16_t)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
        memcpy(destination + 2 * i, &value, 2);
    }
}

void bench_encode(bench_element type, const float *base, const float *drift, float scale, size_t count,
                  uint8_t *destination) {
    switch (type) {
    case BENCH_F64: encode_f64(base, drift, scale, count, destination); return;
    case BENCH_F32: encode_f32(base, drift, scale, count, destination); return;
    case BENCH_F16: encode_f16(base, drift, scale, count, destination); return;
    case BENCH_BF16: encode_bf16(base, drift, scale, count, destination); return;
    }
}
