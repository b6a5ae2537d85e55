#include "CKernels.h"

#include <string.h>

// x^64 is left out; the coefficient of x^63 is bit 0, as everywhere in a reflected CRC.
static const uint64_t polynomial = 0x9A6C9329AC4BC9B5;
static const uint64_t one = 0x8000000000000000;

static uint64_t times_x(uint64_t a) {
    return (a >> 1) ^ ((a & 1) != 0 ? polynomial : 0);
}

static uint64_t product(uint64_t a, uint64_t b) {
    uint64_t sum = 0;
    for (uint64_t bit = one; bit != 0; bit >>= 1, b = times_x(b)) {
        if ((a & bit) != 0) sum ^= b;
    }
    return sum;
}

// x^exponent modulo the polynomial.
static uint64_t power(uint64_t exponent) {
    uint64_t result = one;
    for (uint64_t square = one >> 1; exponent != 0; exponent >>= 1, square = product(square, square)) {
        if ((exponent & 1) != 0) result = product(result, square);
    }
    return result;
}

enum { SLICES = 16 };

// slices[n][b] is what byte b does to the remainder n bytes later.
static uint64_t slices[SLICES][256];

// Two factors move a polynomial of 128 bits onwards: that of its first word, then that of its second. The exponents are
// one too small because the carry-less product of two reflected words lacks one shift.
typedef struct {
    uint64_t first, second;
} fold_t;

static fold_t fold_16_bytes, fold_128_bytes, fold_256_bytes;

static fold_t fold_by(uint64_t bytes) {
    return (fold_t){power(bytes * 8 + 63), power(bytes * 8 - 1)};
}

// Before main, and so before any thread.
__attribute__((constructor)) static void fill_tables(void) {
    for (unsigned byte = 0; byte < 256; byte++) {
        uint64_t remainder = byte;
        for (int bit = 0; bit < 8; bit++) remainder = times_x(remainder);
        slices[0][byte] = remainder;
    }
    for (int n = 1; n < SLICES; n++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            uint64_t remainder = slices[n - 1][byte];
            slices[n][byte] = (remainder >> 8) ^ slices[0][remainder & 0xFF];
        }
    }
    fold_16_bytes = fold_by(16);
    fold_128_bytes = fold_by(128);
    fold_256_bytes = fold_by(256);
}

static uint64_t extend_by_table(uint64_t remainder, const uint8_t *bytes, size_t count) {
    for (; count >= SLICES; bytes += SLICES, count -= SLICES) {
        uint64_t first, second;
        memcpy(&first, bytes, sizeof first);
        memcpy(&second, bytes + sizeof first, sizeof second);
        first ^= remainder;
        remainder = 0;
        for (int i = 0; i < 8; i++) {
            remainder ^= slices[15 - i][first >> 8 * i & 0xFF] ^ slices[7 - i][second >> 8 * i & 0xFF];
        }
    }
    for (; count > 0; bytes++, count--) {
        remainder = (remainder >> 8) ^ slices[0][(remainder ^ *bytes) & 0xFF];
    }
    return remainder;
}

#if defined(__x86_64__)
#include <immintrin.h>

// Folding: V. Gopal et al., Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction, Intel, 2009.
// What is left after folding is 16 bytes with the remainder of all the bytes before them; the table finishes those.

#define FOLDING_128 __attribute__((target("pclmul")))
#define FOLDING_512 __attribute__((target("pclmul,vpclmulqdq,avx512f")))

static inline FOLDING_128 __m128i fold_128(__m128i x, __m128i factors, __m128i onto) {
    __m128i first = _mm_clmulepi64_si128(x, factors, 0x00), second = _mm_clmulepi64_si128(x, factors, 0x11);
    return _mm_xor_si128(_mm_xor_si128(first, second), onto);
}

static inline FOLDING_512 __m512i fold_512(__m512i x, __m512i factors, __m512i onto) {
    __m512i first = _mm512_clmulepi64_epi128(x, factors, 0x00), second = _mm512_clmulepi64_epi128(x, factors, 0x11);
    return _mm512_ternarylogic_epi64(first, second, onto, 0x96);
}

static FOLDING_128 __m128i load_128(const uint8_t *bytes) {
    return _mm_loadu_si128((const __m128i *)(const void *)bytes);
}

static FOLDING_128 __m128i factors_128(fold_t fold) {
    return _mm_set_epi64x((long long)fold.second, (long long)fold.first);
}

// Folds `lanes` words of 128 bits into the last, then the whole words of the bytes that follow, then the rest by table.
static FOLDING_128 uint64_t finish(const __m128i *lanes, int lane_count, const uint8_t *bytes, size_t count) {
    const __m128i factors = factors_128(fold_16_bytes);
    __m128i x = lanes[0];
    for (int i = 1; i < lane_count; i++) x = fold_128(x, factors, lanes[i]);
    for (; count >= 16; bytes += 16, count -= 16) x = fold_128(x, factors, load_128(bytes));
    uint8_t folded[16];
    memcpy(folded, &x, sizeof folded);
    return extend_by_table(extend_by_table(0, folded, sizeof folded), bytes, count);
}

static FOLDING_128 uint64_t extend_by_128(uint64_t remainder, const uint8_t *bytes, size_t count) {
    enum { LANES = 8, BLOCK = LANES * 16 };
    const __m128i factors = factors_128(fold_128_bytes);
    __m128i lanes[LANES];
    for (int i = 0; i < LANES; i++) lanes[i] = load_128(bytes + i * 16);
    lanes[0] = _mm_xor_si128(lanes[0], _mm_set_epi64x(0, (long long)remainder));
    for (bytes += BLOCK, count -= BLOCK; count >= BLOCK; bytes += BLOCK, count -= BLOCK) {
        for (int i = 0; i < LANES; i++) lanes[i] = fold_128(lanes[i], factors, load_128(bytes + i * 16));
    }
    return finish(lanes, LANES, bytes, count);
}

static FOLDING_512 uint64_t extend_by_512(uint64_t remainder, const uint8_t *bytes, size_t count) {
    enum { LANES = 4, BLOCK = LANES * 64 };
    const __m512i factors = _mm512_broadcast_i32x4(factors_128(fold_256_bytes));
    __m512i lanes[LANES];
    for (int i = 0; i < LANES; i++) lanes[i] = _mm512_loadu_si512(bytes + i * 64);
    lanes[0] = _mm512_xor_si512(lanes[0], _mm512_zextsi128_si512(_mm_set_epi64x(0, (long long)remainder)));
    for (bytes += BLOCK, count -= BLOCK; count >= BLOCK; bytes += BLOCK, count -= BLOCK) {
        for (int i = 0; i < LANES; i++) lanes[i] = fold_512(lanes[i], factors, _mm512_loadu_si512(bytes + i * 64));
    }
    __m128i words[LANES * 4];
    memcpy(words, lanes, sizeof words);
    return finish(words, LANES * 4, bytes, count);
}

static uint64_t extend(uint64_t remainder, const uint8_t *bytes, size_t count) {
    int level = lawa_kernel_level();
    if (count >= 256 && level >= 2 && __builtin_cpu_supports("vpclmulqdq")) {
        return extend_by_512(remainder, bytes, count);
    }
    if (count >= 128 && level >= 1 && __builtin_cpu_supports("pclmul")) {
        return extend_by_128(remainder, bytes, count);
    }
    return extend_by_table(remainder, bytes, count);
}

#else

static uint64_t extend(uint64_t remainder, const uint8_t *bytes, size_t count) {
    return extend_by_table(remainder, bytes, count);
}

#endif

uint64_t lawa_crc64nvme(uint64_t crc, const uint8_t *bytes, size_t count) {
    return ~extend(~crc, bytes, count);
}

uint64_t lawa_crc64nvme_combine(uint64_t a, uint64_t b, uint64_t b_byte_count) {
    // 8 * b_byte_count may pass 2^64, so the power is taken of x^8.
    uint64_t shift = one;
    for (uint64_t square = one >> 8; b_byte_count != 0; b_byte_count >>= 1, square = product(square, square)) {
        if ((b_byte_count & 1) != 0) shift = product(shift, square);
    }
    return product(a, shift) ^ b;
}
