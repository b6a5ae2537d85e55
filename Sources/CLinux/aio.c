// syscall.
#define _GNU_SOURCE

#include "CLinux.h"

// struct iocb, struct io_event.
#include <linux/aio_abi.h>
// SYS_io_setup and its like.
#include <sys/syscall.h>
// syscall.
#include <unistd.h>

int lawa_aio_setup(int depth, uint64_t *context) {
    aio_context_t made = 0;
    if (syscall(SYS_io_setup, depth, &made) != 0) {
        return -1;
    }
    *context = made;
    return 0;
}

int lawa_aio_submit(uint64_t context, int descriptor, bool writing, void *bytes, size_t length, int64_t offset,
                    uint64_t tag) {
    struct iocb request = {
        .aio_data = tag,
        .aio_lio_opcode = writing ? IOCB_CMD_PWRITE : IOCB_CMD_PREAD,
        .aio_fildes = (uint32_t)descriptor,
        .aio_buf = (uint64_t)(uintptr_t)bytes,
        .aio_nbytes = length,
        .aio_offset = offset,
    };
    struct iocb *requests[1] = {&request};
    return syscall(SYS_io_submit, context, 1, requests) == 1 ? 0 : -1;
}

int lawa_aio_wait(uint64_t context, uint64_t *tag, int64_t *result) {
    struct io_event event;
    if (syscall(SYS_io_getevents, context, 1, 1, &event, NULL) != 1) {
        return -1;
    }
    *tag = event.data;
    *result = event.res;
    return 0;
}

void lawa_aio_destroy(uint64_t context) {
    syscall(SYS_io_destroy, context);
}
