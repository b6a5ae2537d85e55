#pragma once

// sd_notify, sd_watchdog_enabled.
#include <systemd/sd-daemon.h>
// sd_journal_sendv, struct iovec.
#include <systemd/sd-journal.h>
// getenv.
#include <stdlib.h>
// fstat.
#include <sys/stat.h>
// clock_gettime.
#include <time.h>

// The Systemd target sees libsystemd alone, not the C library; this is the little it needs of that.

/// A variable of the environment; NULL where it is not set.
static inline const char *csystemd_environment(const char *name) {
    return getenv(name);
}

/// CLOCK_MONOTONIC in microseconds, as MONOTONIC_USEC= wants it.
static inline uint64_t csystemd_monotonic_microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/// What standard error is connected to; -1 where it is closed.
static inline int csystemd_standard_error_identity(uint64_t *device, uint64_t *inode) {
    struct stat status;
    if (fstat(2, &status) != 0) {
        return -1;
    }
    *device = status.st_dev;
    *inode = status.st_ino;
    return 0;
}
