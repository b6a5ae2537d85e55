#include "CKernels.h"

#define WIDTH 64
#define REMAINDER uint64_t
#define POLYNOMIAL 0x9A6C9329AC4BC9B5
#include "crc.inc"

uint64_t lawa_crc64nvme(uint64_t crc, const uint8_t *bytes, size_t count) {
    return ~extend(~crc, bytes, count);
}

uint64_t lawa_crc64nvme_combine(uint64_t a, uint64_t b, uint64_t b_byte_count) {
    return crc_of_both(a, b, b_byte_count);
}
