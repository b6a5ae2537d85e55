#include "CKernels.h"

#define WIDTH 32
#define REMAINDER uint32_t
#define POLYNOMIAL 0xEDB88320
#include "crc.inc"

uint32_t lawa_crc32(uint32_t crc, const uint8_t *bytes, size_t count) {
    return ~extend(~crc, bytes, count);
}

uint32_t lawa_crc32_combine(uint32_t a, uint32_t b, uint64_t b_byte_count) {
    return crc_of_both(a, b, b_byte_count);
}
