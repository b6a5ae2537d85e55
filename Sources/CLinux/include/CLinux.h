// What the Glibc module of Swift cannot express: calls that glibc declares only under _GNU_SOURCE, variadic ones,
// and the signal handler. The header uses plain types only, because Swift compiles it together with a Glibc module
// that was built without _GNU_SOURCE; the .c files define it.
#pragma once

// bool in the signatures.
#include <stdbool.h>
// size_t in the signatures.
#include <stddef.h>
// Integers of fixed width in the signatures.
#include <stdint.h>

// Unless said otherwise these return -1 and set errno when the system call fails.

/// fallocate(2) with mode 0: blocks for the range are reserved and the file grows to hold it.
int lawa_fallocate(int descriptor, int64_t offset, int64_t length);
/// statfs(2): stores the magic number of the filesystem that holds the path.
int lawa_statfs_type(const char *path, uint64_t *type);
/// ioctl FICLONE: the destination shares all blocks of the source.
int lawa_ficlone(int destination, int source);
/// renameat2(2) with RENAME_EXCHANGE: the two paths swap what they name, atomically.
int lawa_renameat2_exchange(const char *first, const char *second);
/// copy_file_range(2) at explicit offsets.
int64_t lawa_copy_file_range(int source, int64_t source_offset, int destination, int64_t destination_offset,
                             size_t length);
/// eventfd(2), nonblocking and close-on-exec.
int lawa_eventfd(void);
/// open(2) with O_PATH and O_CLOEXEC; `directory` adds O_DIRECTORY.
int lawa_open_path(const char *path, bool directory);
/// open(2) with O_DIRECT and O_CLOEXEC, for reading or for writing.
int lawa_open_direct(const char *path, bool writing);
/// cachestat(2), Linux 6.5: stores how many pages of the range are in the page cache.
int lawa_cachestat(int descriptor, uint64_t offset, uint64_t length, uint64_t *page_count);
/// preadv2(2) with RWF_DONTCACHE, Linux 6.14: what the read brings into the page cache leaves it again.
int64_t lawa_read_uncached(int descriptor, void *bytes, size_t length, int64_t offset);
/// pwritev2(2) with RWF_DONTCACHE: written back at once, and then gone from the page cache.
int64_t lawa_write_uncached(int descriptor, const void *bytes, size_t length, int64_t offset);
/// sync_file_range(2): begins to write the range's dirty pages to the disk.
int lawa_start_writeback(int descriptor, int64_t offset, int64_t length);
/// sync_file_range(2): writes the range's dirty pages and waits for them.
int lawa_finish_writeback(int descriptor, int64_t offset, int64_t length);
/// io_setup(2): makes a queue for this many direct reads and writes at a time.
int lawa_aio_setup(int depth, uint64_t *context);
/// io_submit(2): begins one read or write; its memory must stay until `lawa_aio_wait` has given its tag.
int lawa_aio_submit(uint64_t context, int descriptor, bool writing, void *bytes, size_t length, int64_t offset,
                    uint64_t tag);
/// io_getevents(2): waits for one; stores how many bytes it moved, or a negative errno.
int lawa_aio_wait(uint64_t context, uint64_t *tag, int64_t *result);
/// io_destroy(2): waits for all that is under way.
void lawa_aio_destroy(uint64_t context);
/// ioprio_set(2): the calling thread's disk accesses come after everybody else's.
int lawa_set_idle_io_class(void);
/// Takes a read lease and gives it back: 0 when that worked, so nobody has the file open for writing.
int lawa_probe_read_lease(int descriptor);
/// accept4(2): a connection of a listening socket, nonblocking and close-on-exec, or -1.
int lawa_accept(int descriptor);
/// SO_PEERCRED: who is at the other end of a connected Unix socket.
int lawa_peer_credentials(int descriptor, int32_t *process, uint32_t *user, uint32_t *group);

/// gettid(2), which never fails.
int32_t lawa_thread_identifier(void);
/// Names the calling thread; what exceeds 15 bytes is cut off.
void lawa_set_thread_name(const char *name);
/// "ENOENT" for 2; NULL for an unknown number. The text is constant.
const char *lawa_error_name(int number);
/// "No such file or directory" for 2; NULL for an unknown number. The text is constant and not translated.
const char *lawa_error_description(int number);

/// How many mappings can be guarded at once.
extern const int lawa_mapping_guard_capacity;
/// Puts [address, address + length) under the SIGBUS guard; returns its slot, or -1 with ENOBUFS when all are taken.
int lawa_mapping_guard_register(const void *address, size_t length);
/// Whether pages of the slot's mapping were lost and now read as zeros.
bool lawa_mapping_guard_is_lost(int slot);
/// Ends the guard; to be called before munmap.
void lawa_mapping_guard_unregister(int slot);
