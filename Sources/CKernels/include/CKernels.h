#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Element types whose mean can be taken. Little-endian, as in every checkpoint format.
typedef enum { LAWA_F64 = 0, LAWA_F32 = 1, LAWA_F16 = 2, LAWA_BF16 = 3 } lawa_element;

/// Writes the elementwise mean of k >= 1 members, exactly rounded (to nearest, ties to even) in the element type.
///
/// sources[j] points at the elements of member j, oldest first. Pointers need no alignment; the destination must not
/// overlap a source. No byte outside the element_count elements is read or written.
///
/// The bits do not depend on the order of the members, on the processor, or on how a tensor is cut into calls:
/// - equal bit patterns in all members give that pattern, NaN payloads included;
/// - an exact zero is -0 only if every member is -0; a mean that underflows keeps its sign;
/// - infinities of one sign, with or without finite members, give that infinity;
/// - any other NaN, or infinities of both signs, give the positive quiet NaN without payload.
///
/// mixed holds k counters, which are added to and never reset: mixed[j] counts the elements in which member j is NaN or
/// infinite while at least one other member is finite.
void lawa_mean(lawa_element type, const uint8_t *const *sources, size_t k, size_t element_count, uint8_t *destination,
               uint64_t *mixed);

/// Writes the elementwise weighted mean of k >= 1 members, sum(w_j x_j) / sum(w_j), exactly rounded as by lawa_mean.
///
/// No weight is 0; each is less than 2^24 in magnitude, and their sum is positive. What holds of lawa_mean holds here,
/// except that an exact zero of members that are not all equal is -0 only if every w_j x_j is, that an infinity has the
/// sign of w_j x_j, and that negative weights may take a mean beyond the greatest finite number, to infinity.
/// NULL for the weights gives the plain mean.
void lawa_weighted_mean(lawa_element type, const uint8_t *const *sources, const int32_t *weights, size_t k,
                        size_t element_count, uint8_t *destination, uint64_t *mixed);

/// Whether all of k >= 1 members are the same byte_count bytes.
bool lawa_identical(const uint8_t *const *sources, size_t k, size_t byte_count);

/// The instruction set in use: 0 what every processor of the architecture has, 1 AVX2, 2 AVX-512.
int lawa_kernel_level(void);

/// Uses another instruction set from now on, in all threads; limited to what the processor has. For tests, benchmarks.
void lawa_force_kernel_level(int level);

/// Extends a CRC-64/NVME by count bytes. Start with 0; the result of one call is the crc of the next.
///
/// Polynomial 0xAD93D23594C93659, reflected, initial value and final xor all ones (NVM Express NVM Command Set, section
/// 5.2.1.3.4). It is what S3 calls CRC64NVME.
uint64_t lawa_crc64nvme(uint64_t crc, const uint8_t *bytes, size_t count);

/// The CRC-64/NVME of the bytes behind a followed by the b_byte_count bytes behind b.
uint64_t lawa_crc64nvme_combine(uint64_t a, uint64_t b, uint64_t b_byte_count);

/// Extends a CRC-32 by count bytes. Start with 0; the result of one call is the crc of the next.
///
/// Polynomial 0x04C11DB7, reflected, initial value and final xor all ones: the checksum of zip (.ZIP File Format
/// Specification 6.3.10, section 4.4.7) and of zlib's crc32.
uint32_t lawa_crc32(uint32_t crc, const uint8_t *bytes, size_t count);

/// The CRC-32 of the bytes behind a followed by the b_byte_count bytes behind b.
uint32_t lawa_crc32_combine(uint32_t a, uint32_t b, uint64_t b_byte_count);
