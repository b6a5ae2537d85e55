// The guard against SIGBUS: a page of a mapped file that was truncated, or that the disk cannot read, must not end the
// process. The handler puts zeros in its place and marks the mapping as lost; the reader asks for the mark afterwards.
// The technique is that of systemd's src/basic/sigbus.c, but it records mappings instead of pages, because a large
// mapping that lost its tail would cost a fault for each page.

// MAP_ANONYMOUS.
#define _GNU_SOURCE

#include "CLinux.h"

// errno must survive the handler.
#include <errno.h>
// pthread_once, pthread_mutex_t.
#include <pthread.h>
// sigaction, siginfo_t, BUS_ADRERR.
#include <signal.h>
// Lock-free atomics are all that a signal handler may share with threads.
#include <stdatomic.h>
// mmap.
#include <sys/mman.h>
// sysconf.
#include <unistd.h>

enum { CAPACITY = 16384 };

struct slot {
    // Odd while the slot is in use; changed at each start and end, so that the handler notices a reuse.
    _Atomic uint64_t version;
    _Atomic uintptr_t begin;
    _Atomic uintptr_t end;
    _Atomic bool lost;
};

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2 && ATOMIC_POINTER_LOCK_FREE == 2, "a signal handler may not take a lock");

const int lawa_mapping_guard_capacity = CAPACITY;

static struct slot slots[CAPACITY];
// No slot at or above this one was ever used; spares the handler most of the array.
static _Atomic int used_slots;
static pthread_mutex_t registration = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t installation = PTHREAD_ONCE_INIT;
static struct sigaction previous;
static uintptr_t page_size;

/// Replaces the mapping's pages from the fault to its end; false when the address is in no guarded mapping.
static bool replace_lost_pages(uintptr_t fault) {
    int count = atomic_load(&used_slots);
    for (int index = 0; index < count; index++) {
        struct slot *slot = &slots[index];
        uint64_t version = atomic_load(&slot->version);
        uintptr_t begin = atomic_load(&slot->begin);
        uintptr_t end = atomic_load(&slot->end);
        if (version % 2 == 0 || fault < begin || fault >= end || atomic_load(&slot->version) != version) {
            continue;
        }
        // Before the pages: who reads a zero of the replacement must find the mark.
        atomic_store(&slot->lost, true);
        uintptr_t page = fault & ~(page_size - 1);
        void *zeros = mmap((void *)page, end - page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        return zeros != MAP_FAILED;
    }
    return false;
}

static void hand_to_previous_handler(int signal_number, siginfo_t *information, void *context) {
    if (previous.sa_flags & SA_SIGINFO) {
        previous.sa_sigaction(signal_number, information, context);
        return;
    }
    bool sent_by_process = information->si_code <= 0;
    if (previous.sa_handler == SIG_IGN && sent_by_process) {
        return;
    }
    if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
        previous.sa_handler(signal_number);
        return;
    }
    // Blocked until the handler returns, and then fatal, as without a guard.
    struct sigaction fatal = {.sa_handler = SIG_DFL};
    sigaction(SIGBUS, &fatal, NULL);
    raise(SIGBUS);
}

static void handle_sigbus(int signal_number, siginfo_t *information, void *context) {
    int saved_errno = errno;
    bool mended = information->si_code == BUS_ADRERR && replace_lost_pages((uintptr_t)information->si_addr);
    if (!mended) {
        hand_to_previous_handler(signal_number, information, context);
    }
    errno = saved_errno;
}

static void install(void) {
    page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    struct sigaction action = {.sa_sigaction = handle_sigbus, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
    sigemptyset(&action.sa_mask);
    // Read first: the handler may run before a call that does both has stored the old one.
    sigaction(SIGBUS, NULL, &previous);
    sigaction(SIGBUS, &action, NULL);
}

int lawa_mapping_guard_register(const void *address, size_t length) {
    pthread_once(&installation, install);
    pthread_mutex_lock(&registration);
    int count = atomic_load(&used_slots);
    int index = 0;
    while (index < count && atomic_load(&slots[index].version) % 2 == 1) {
        index++;
    }
    if (index < CAPACITY) {
        struct slot *slot = &slots[index];
        atomic_store(&slot->begin, (uintptr_t)address);
        atomic_store(&slot->end, (uintptr_t)address + length);
        atomic_store(&slot->lost, false);
        atomic_fetch_add(&slot->version, 1);
        if (index == count) {
            atomic_store(&used_slots, count + 1);
        }
    }
    pthread_mutex_unlock(&registration);
    if (index == CAPACITY) {
        errno = ENOBUFS;
        return -1;
    }
    return index;
}

bool lawa_mapping_guard_is_lost(int slot) {
    return atomic_load(&slots[slot].lost);
}

void lawa_mapping_guard_unregister(int slot) {
    pthread_mutex_lock(&registration);
    atomic_fetch_add(&slots[slot].version, 1);
    pthread_mutex_unlock(&registration);
}
