// The mean of one element without floating point: the members times their weights are added in a fixed-point integer
// wide enough for all of them, the sum is divided by that of the weights, and quotient and remainder are rounded once.

#include "mean.h"

#include <stdbool.h>
#include <string.h>

typedef struct {
    unsigned bytes;
    unsigned fraction_bits;
    uint64_t infinity;
} format_t;

static const format_t formats[4] = {
    [LAWA_F64] = {8, 52, 0x7FF0000000000000},
    [LAWA_F32] = {4, 23, 0x7F800000},
    [LAWA_F16] = {2, 10, 0x7C00},
    [LAWA_BF16] = {2, 7, 0x7F80},
};

// Bits below the lowest one of any member, so that the quotient has more than 53 significant bits for every divisor <
// 2^63.
enum { GUARD_BITS = 128, LIMBS = 40 };

// A two's complement integer. Its bit GUARD_BITS weighs as much as the lowest fraction bit of exponent field `lowest`.
typedef struct {
    uint64_t limb[LIMBS];
    int count;
    int lowest;
} fixed_t;

static inline uint64_t load(const uint8_t *source, size_t index, unsigned bytes) {
    const uint8_t *start = source + index * bytes;
    uint16_t two;
    uint32_t four;
    uint64_t eight;
    switch (bytes) {
    case 2: return memcpy(&two, start, sizeof two), two;
    case 4: return memcpy(&four, start, sizeof four), four;
    default: return memcpy(&eight, start, sizeof eight), eight;
    }
}

static inline uint64_t sign_mask(const format_t *format) {
    return (uint64_t)1 << (format->bytes * 8 - 1);
}

static inline uint64_t magnitude_of(const format_t *format, uint64_t bits) {
    return bits & (sign_mask(format) - 1);
}

// Subnormals and exponent field 1 share the weight of their lowest bit.
static inline int weight_of(const format_t *format, uint64_t magnitude) {
    int field = (int)(magnitude >> format->fraction_bits);
    return field == 0 ? 1 : field;
}

static inline uint64_t significand_of(const format_t *format, uint64_t magnitude) {
    uint64_t hidden = (uint64_t)1 << format->fraction_bits;
    return (magnitude & (hidden - 1)) | (magnitude >= hidden ? hidden : 0);
}

// The significand has no more than 53 bits, the weight 24.
static void add(fixed_t *sum, uint64_t significand, uint64_t weight, unsigned shift, bool negative) {
    unsigned __int128 product = (unsigned __int128)significand * weight, low = product << (shift % 64);
    uint64_t high = shift % 64 == 0 ? 0 : (uint64_t)(product >> (128 - shift % 64));
    uint64_t parts[3] = {(uint64_t)low, (uint64_t)(low >> 64), high};
    unsigned char carry = 0;
    int first = (int)(shift / 64);
    for (int i = first; i < sum->count && (i < first + 3 || carry != 0); i++) {
        uint64_t part = i < first + 3 ? parts[i - first] : 0;
        unsigned __int128 total = negative ? (unsigned __int128)sum->limb[i] - part - carry
                                           : (unsigned __int128)sum->limb[i] + part + carry;
        sum->limb[i] = (uint64_t)total;
        carry = (total >> 64) != 0;
    }
}

// Whether w * x is negative, or -0.
static bool is_negative(const format_t *format, uint64_t bits, int64_t weight) {
    return ((bits & sign_mask(format)) != 0) != (weight < 0);
}

static void add_members(fixed_t *sum, const format_t *format, const lawa_task *task, size_t index) {
    for (size_t j = 0; j < task->k; j++) {
        int64_t weight = lawa_weight(task, j);
        uint64_t bits = load(task->sources[j], index, format->bytes);
        uint64_t magnitude = magnitude_of(format, bits);
        if (magnitude == 0) continue;
        unsigned shift = GUARD_BITS + (unsigned)(weight_of(format, magnitude) - sum->lowest);
        uint64_t factor = (uint64_t)(weight < 0 ? -weight : weight);
        add(sum, significand_of(format, magnitude), factor, shift, is_negative(format, bits, weight));
    }
}

// The same for a sum of four limbs: the lower two stay zero, the upper two are one integer.
static void add_near_members(fixed_t *sum, const format_t *format, const lawa_task *task, size_t index) {
    __int128 total = 0;
    for (size_t j = 0; j < task->k; j++) {
        uint64_t bits = load(task->sources[j], index, format->bytes), magnitude = magnitude_of(format, bits);
        __int128 term = (__int128)significand_of(format, magnitude) * lawa_weight(task, j);
        int shift = weight_of(format, magnitude) - sum->lowest;
        __int128 mask = -(__int128)((bits & sign_mask(format)) != 0);
        // A zero may weigh less than the lowest.
        total += ((term ^ mask) - mask) * ((__int128)1 << (shift < 0 ? 0 : shift));
    }
    sum->limb[2] = (uint64_t)total;
    sum->limb[3] = (uint64_t)((unsigned __int128)total >> 64);
}

// Makes the sum its absolute value and says whether it was negative.
static bool take_sign(fixed_t *sum) {
    if (sum->limb[sum->count - 1] >> 63 == 0) return false;
    uint64_t carry = 1;
    for (int i = 0; i < sum->count; i++) {
        sum->limb[i] = ~sum->limb[i] + carry;
        carry = carry != 0 && sum->limb[i] == 0;
    }
    return true;
}

static uint64_t divide(fixed_t *sum, uint64_t divisor) {
    uint64_t remainder = 0;
    for (int i = sum->count - 1; i >= 0; i--) {
        unsigned __int128 dividend = (unsigned __int128)remainder << 64 | sum->limb[i];
        sum->limb[i] = (uint64_t)(dividend / divisor);
        remainder = (uint64_t)(dividend % divisor);
    }
    return remainder;
}

static bool has_bits_below(const fixed_t *number, int position) {
    for (int i = 0; i < position / 64; i++) {
        if (number->limb[i] != 0) return true;
    }
    return (number->limb[position / 64] & (((uint64_t)1 << position % 64) - 1)) != 0;
}

static uint64_t bits_from(const fixed_t *number, int position) {
    int i = position / 64, shift = position % 64;
    uint64_t bits = number->limb[i] >> shift;
    return shift == 0 || i + 1 == number->count ? bits : bits | number->limb[i + 1] << (64 - shift);
}

// Rounds a positive quotient to nearest, ties to even; `inexact` stands for a remainder below its lowest bit.
static uint64_t round_quotient(const fixed_t *quotient, const format_t *format, bool inexact) {
    int top = quotient->count - 1;
    while (top > 0 && quotient->limb[top] == 0) top--;
    if (quotient->limb[top] == 0) return 0;
    int highest = top * 64 + 63 - __builtin_clzll(quotient->limb[top]);
    int subnormal_end = 1 - quotient->lowest + GUARD_BITS;
    int normal_end = highest - (int)format->fraction_bits;
    int end = normal_end > subnormal_end ? normal_end : subnormal_end;

    uint64_t kept = bits_from(quotient, end);
    bool half = (bits_from(quotient, end - 1) & 1) != 0;
    bool beyond_half = inexact || has_bits_below(quotient, end - 1);
    kept += half && (beyond_half || (kept & 1) != 0);
    // The hidden bit, and a carry out of the fraction, each raise the exponent field by one.
    int weight = quotient->lowest + end - GUARD_BITS;
    uint64_t rounded = ((uint64_t)(weight - 1) << format->fraction_bits) + kept;
    return rounded < format->infinity ? rounded : format->infinity;
}

static uint64_t total_weight(const lawa_task *task) {
    int64_t total = 0;
    for (size_t j = 0; j < task->k; j++) total += lawa_weight(task, j);
    return (uint64_t)total;
}

static uint64_t finite_mean(const format_t *format, const lawa_task *task, size_t index) {
    enum { WEIGHT_BITS = 24 };
    int lowest = INT32_MAX, highest = 0;
    bool all_negative = true;
    for (size_t j = 0; j < task->k; j++) {
        uint64_t bits = load(task->sources[j], index, format->bytes), magnitude = magnitude_of(format, bits);
        all_negative = all_negative && is_negative(format, bits, lawa_weight(task, j));
        if (magnitude == 0) continue;
        int weight = weight_of(format, magnitude);
        lowest = weight < lowest ? weight : lowest;
        highest = weight > highest ? weight : highest;
    }
    if (highest == 0) return all_negative ? sign_mask(format) : 0;

    fixed_t sum;
    sum.lowest = lowest;
    sum.count = (GUARD_BITS + highest - lowest + 53 + WEIGHT_BITS + lawa_ceil_log2(task->k) + 1) / 64 + 1;
    if (sum.count < 4) sum.count = 4;
    memset(sum.limb, 0, (size_t)sum.count * sizeof sum.limb[0]);
    (sum.count == 4 ? add_near_members : add_members)(&sum, format, task, index);
    bool negative = take_sign(&sum);
    // Only an exact zero has no sign of its own; an underflow keeps it.
    bool zero = !has_bits_below(&sum, sum.count * 64 - 1);
    bool inexact = divide(&sum, total_weight(task)) != 0;
    uint64_t magnitude = round_quotient(&sum, format, inexact);
    return negative && !zero ? magnitude | sign_mask(format) : magnitude;
}

typedef struct {
    bool equal, nan, positive, negative, finite;
} content_t;

// What there is among the members; infinities with the sign that their weights give them.
static content_t content(const format_t *format, const lawa_task *task, size_t index) {
    content_t found = {.equal = true};
    uint64_t first = load(task->sources[0], index, format->bytes);
    for (size_t j = 0; j < task->k; j++) {
        uint64_t bits = load(task->sources[j], index, format->bytes);
        uint64_t magnitude = magnitude_of(format, bits);
        bool infinite = magnitude == format->infinity, is_minus = is_negative(format, bits, lawa_weight(task, j));
        found.equal = found.equal && bits == first;
        found.nan = found.nan || magnitude > format->infinity;
        found.positive = found.positive || (infinite && !is_minus);
        found.negative = found.negative || (infinite && is_minus);
        found.finite = found.finite || magnitude < format->infinity;
    }
    return found;
}

static uint64_t mean_of_one(const format_t *format, const lawa_task *task, size_t index, bool counts) {
    content_t found = content(format, task, index);
    if (found.equal) return load(task->sources[0], index, format->bytes);
    if (!found.nan && !found.positive && !found.negative) return finite_mean(format, task, index);
    for (size_t j = 0; found.finite && counts && j < task->k; j++) {
        uint64_t bits = load(task->sources[j], index, format->bytes);
        task->mixed[j] += magnitude_of(format, bits) >= format->infinity;
    }
    if (found.nan || (found.positive && found.negative)) {
        return format->infinity | (uint64_t)1 << (format->fraction_bits - 1);
    }
    return found.negative ? format->infinity | sign_mask(format) : format->infinity;
}

void lawa_mean_exact(lawa_element type, const lawa_task *task, size_t first, size_t count, size_t counted) {
    const format_t *format = &formats[type];
    for (size_t i = first; i < first + count; i++) {
        uint64_t mean = mean_of_one(format, task, i, i >= counted);
        memcpy(task->destination + i * format->bytes, &mean, format->bytes);
    }
}
