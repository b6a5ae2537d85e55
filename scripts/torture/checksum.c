// CRC-64/NVME byte by byte: a second implementation, so that the product's is not its own judge.
#include <stddef.h>
#include <stdint.h>

uint64_t crc64nvme(const unsigned char *bytes, size_t count) {
    static uint64_t table[256];
    if (!table[1])
        for (unsigned byte = 256; byte--;) {
            uint64_t value = byte;
            for (int bit = 0; bit < 8; bit++) value = value & 1 ? value >> 1 ^ 0x9A6C9329AC4BC9B5 : value >> 1;
            table[byte] = value;
        }
    uint64_t value = ~UINT64_C(0);
    for (size_t i = 0; i < count; i++) value = table[(value ^ bytes[i]) & 255] ^ value >> 8;
    return ~value;
}
