// accept4, fallocate, renameat2, copy_file_range, O_PATH, F_SETLEASE, struct ucred, gettid, strerrorname_np.
#define _GNU_SOURCE

#include "CLinux.h"

// open, fcntl, fallocate and their flags.
#include <fcntl.h>
// FICLONE.
#include <linux/fs.h>
// IOPRIO_PRIO_VALUE.
#include <linux/ioprio.h>
// pthread_setname_np.
#include <pthread.h>
// SIGURG.
#include <signal.h>
// renameat2.
#include <stdio.h>
// strerrorname_np, strerrordesc_np, memcpy.
#include <string.h>
// eventfd.
#include <sys/eventfd.h>
// ioctl.
#include <sys/ioctl.h>
// accept4, getsockopt, SO_PEERCRED, struct ucred.
#include <sys/socket.h>
// statfs.
#include <sys/statfs.h>
// SYS_ioprio_set.
#include <sys/syscall.h>
// preadv2, pwritev2.
#include <sys/uio.h>
// copy_file_range, gettid, syscall.
#include <unistd.h>

// Newer than the headers of Debian 12; the numbers are the same on every architecture that Linux 6.5 runs on.
enum { SYSTEM_CALL_CACHESTAT = 451, READ_WRITE_FLAG_DONTCACHE = 0x80 };

int lawa_fallocate(int descriptor, int64_t offset, int64_t length) {
    return fallocate(descriptor, 0, offset, length);
}

int lawa_statfs_type(const char *path, uint64_t *type) {
    struct statfs status;
    if (statfs(path, &status) != 0) {
        return -1;
    }
    // Some magic numbers have the top bit of 32 set and arrive sign-extended.
    *type = (uint32_t)status.f_type;
    return 0;
}

int lawa_ficlone(int destination, int source) {
    return ioctl(destination, FICLONE, source);
}

int lawa_renameat2_exchange(const char *first, const char *second) {
    return renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE);
}

int64_t lawa_copy_file_range(int source, int64_t source_offset, int destination, int64_t destination_offset,
                             size_t length) {
    off64_t from = source_offset;
    off64_t to = destination_offset;
    return copy_file_range(source, &from, destination, &to, length, 0);
}

int lawa_eventfd(void) {
    return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

int lawa_open_path(const char *path, bool directory) {
    return open(path, O_PATH | O_CLOEXEC | (directory ? O_DIRECTORY : 0));
}

int lawa_open_direct(const char *path, bool writing) {
    return open(path, O_DIRECT | O_CLOEXEC | O_NONBLOCK | (writing ? O_WRONLY : O_RDONLY));
}

int lawa_cachestat(int descriptor, uint64_t offset, uint64_t length, uint64_t *page_count) {
    struct {
        uint64_t offset, length;
    } range = {offset, length};
    struct {
        uint64_t cached, dirty, writeback, evicted, recently_evicted;
    } statistics;
    if (syscall(SYSTEM_CALL_CACHESTAT, descriptor, &range, &statistics, 0) != 0) {
        return -1;
    }
    *page_count = statistics.cached;
    return 0;
}

int64_t lawa_read_uncached(int descriptor, void *bytes, size_t length, int64_t offset) {
    struct iovec part = {bytes, length};
    return preadv2(descriptor, &part, 1, offset, READ_WRITE_FLAG_DONTCACHE);
}

int64_t lawa_write_uncached(int descriptor, const void *bytes, size_t length, int64_t offset) {
    struct iovec part = {(void *)bytes, length};
    return pwritev2(descriptor, &part, 1, offset, READ_WRITE_FLAG_DONTCACHE);
}

int lawa_start_writeback(int descriptor, int64_t offset, int64_t length) {
    return sync_file_range(descriptor, offset, length, SYNC_FILE_RANGE_WRITE);
}

int lawa_finish_writeback(int descriptor, int64_t offset, int64_t length) {
    unsigned flags = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
    return sync_file_range(descriptor, offset, length, flags);
}

int lawa_set_idle_io_class(void) {
    return (int)syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0));
}

int lawa_probe_read_lease(int descriptor) {
    // A writer that comes while the lease is held breaks it, and the default signal for that, SIGIO, kills. SIGURG is
    // ignored by default.
    if (fcntl(descriptor, F_SETSIG, SIGURG) != 0 || fcntl(descriptor, F_SETLEASE, F_RDLCK) != 0) {
        return -1;
    }
    // At once: a writer's open waits as long as the lease is held.
    fcntl(descriptor, F_SETLEASE, F_UNLCK);
    return 0;
}

int lawa_accept(int descriptor) {
    return accept4(descriptor, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int lawa_peer_credentials(int descriptor, int32_t *process, uint32_t *user, uint32_t *group) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
        return -1;
    }
    *process = peer.pid;
    *user = peer.uid;
    *group = peer.gid;
    return 0;
}

int32_t lawa_thread_identifier(void) {
    return gettid();
}

void lawa_set_thread_name(const char *name) {
    char shortened[16] = {0};
    memcpy(shortened, name, strnlen(name, sizeof shortened - 1));
    pthread_setname_np(pthread_self(), shortened);
}

const char *lawa_error_name(int number) {
    return strerrorname_np(number);
}

const char *lawa_error_description(int number) {
    return strerrordesc_np(number);
}
