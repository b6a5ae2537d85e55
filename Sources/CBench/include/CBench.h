// What the benchmarks need of the machine and Swift cannot say: loops for one instruction set, reads past the page cache,
// and system calls that glibc declares only under _GNU_SOURCE or not at all.
#pragma once

// bool in the signatures.
#include <stdbool.h>
// size_t in the signatures.
#include <stddef.h>
// Integers of fixed width in the signatures.
#include <stdint.h>

// Unless said otherwise these return -1 and set errno when the system call fails.

/// The bytes of one page.
int64_t bench_page_size(void);
/// Opens for reading past the page cache (O_DIRECT).
int bench_open_direct(const char *path);
/// Makes a new file for writing past the page cache; through it where the filesystem has no O_DIRECT.
int bench_create_direct(const char *path);
/// fsync(2).
int bench_synchronize(int descriptor);

/// Maps a whole file, read in and read-only; NULL with errno.
///
/// The mapping begins `shift` pages behind a multiple of 256 MiB. Without that the kernel puts large files at multiples of
/// 2 MiB, and AMD's first-level cache, which guesses its way from a hash of address bits 12 to 27, then takes equal places
/// of several files for one another (M. Lipp et al., "Take A Way", ASIA CCS 2020).
uint8_t *bench_map_staggered(int descriptor, size_t byte_count, size_t shift);
/// Maps a whole file, read in and read-only, wherever the kernel likes; NULL with errno.
uint8_t *bench_map(int descriptor, size_t byte_count);
/// Reads in and maps all pages again that a mapping may have lost since.
int bench_populate(const uint8_t *start, size_t byte_count);

/// Zeroed memory, aligned to 2 MiB and backed by huge pages where the kernel gives them; NULL with errno.
///
/// A direct read into pages of 4 KiB needs so many segments that the kernel splits it into small requests.
uint8_t *bench_huge_buffer(size_t byte_count);
/// Gives back what bench_huge_buffer returned.
void bench_free_huge_buffer(uint8_t *buffer, size_t byte_count);

/// Loads every byte once, with vectors of the instruction set, and returns a digest of them so that no load is left out.
///
/// Levels as in CKernels: 0 what every processor of the architecture has, 1 AVX2, 2 AVX-512; limited to what the
/// processor has. The last byte_count % 256 bytes are left out.
uint64_t bench_read(const uint8_t *bytes, size_t byte_count, int level);

/// How the bytes of one number are written.
typedef enum { BENCH_F64 = 0, BENCH_F32 = 1, BENCH_F16 = 2, BENCH_BF16 = 3 } bench_element;

/// Writes base[i] + scale * drift[i] for count elements, little-endian and rounded to nearest.
void bench_encode(bench_element type, const float *base, const float *drift, float scale, size_t count,
                  uint8_t *destination);
