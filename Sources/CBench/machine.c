// O_DIRECT, madvise.
#define _GNU_SOURCE

#include "CBench.h"

// open and its flags.
#include <fcntl.h>
// errno.
#include <errno.h>
// mmap, madvise.
#include <sys/mman.h>
// fsync.
#include <unistd.h>

int64_t bench_page_size(void) {
    return sysconf(_SC_PAGESIZE);
}

int bench_open_direct(const char *path) {
    return open(path, O_RDONLY | O_CLOEXEC | O_DIRECT);
}

int bench_create_direct(const char *path) {
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    int descriptor = open(path, flags | O_DIRECT, 0666);
    if (descriptor < 0 && errno == EINVAL) {
        // Some filesystems refuse only after they have made the file.
        unlink(path);
        descriptor = open(path, flags, 0666);
    }
    return descriptor;
}

int bench_synchronize(int descriptor) {
    return fsync(descriptor);
}

// linux/mman.h since Linux 5.14; glibc shows it only under newer headers.
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif

int bench_populate(const uint8_t *start, size_t byte_count) {
    return madvise((void *)start, byte_count, MADV_POPULATE_READ);
}

uint8_t *bench_map(int descriptor, size_t byte_count) {
    uint8_t *start = mmap(NULL, byte_count, PROT_READ, MAP_SHARED, descriptor, 0);
    return start == MAP_FAILED ? NULL : start;
}

uint8_t *bench_map_staggered(int descriptor, size_t byte_count, size_t shift) {
    // Room to move the start; what is not needed stays reserved and costs nothing.
    const size_t period = (size_t)256 << 20;
    uint8_t *room = mmap(NULL, byte_count + 2 * period, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room == MAP_FAILED) return NULL;
    uint8_t *wanted = room + (period - (uintptr_t)room % period) % period +
                      shift * (size_t)bench_page_size() % period;
    uint8_t *start = mmap(wanted, byte_count, PROT_READ, MAP_SHARED | MAP_FIXED, descriptor, 0);
    return start == MAP_FAILED ? NULL : start;
}

enum { HUGE_PAGE = 2 << 20 };

uint8_t *bench_huge_buffer(size_t byte_count) {
    // Room to move the start up to a multiple of the huge page; what is before and behind goes back.
    size_t rounded = (byte_count + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    uint8_t *start = mmap(NULL, rounded + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) return NULL;
    size_t before = (HUGE_PAGE - (uintptr_t)start % HUGE_PAGE) % HUGE_PAGE;
    if (before > 0) munmap(start, before);
    munmap(start + before + rounded, HUGE_PAGE - before);
    madvise(start + before, rounded, MADV_HUGEPAGE);
    for (size_t offset = 0; offset < rounded; offset += 4096) {
        ((volatile uint8_t *)start)[before + offset] = 0;
    }
    return start + before;
}

void bench_free_huge_buffer(uint8_t *buffer, size_t byte_count) {
    munmap(buffer, (byte_count + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE);
}
