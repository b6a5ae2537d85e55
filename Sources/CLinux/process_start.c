// What has to be in order before any other code of the process runs. A runtime that cannot open its queues or start its
// threads ends by a signal or waits for ever without a word, and both happens before main: so this is a constructor of
// the lowest number that programs may use, and says on standard error what is missing.

// pthread_setattr_default_np, program_invocation_short_name.
#define _GNU_SOURCE

#include "CLinux.h"

#include <errno.h>
// open.
#include <fcntl.h>
// mallopt.
#include <malloc.h>
// pthread_create, pthread_setattr_default_np.
#include <pthread.h>
// sigaction.
#include <signal.h>
// dprintf.
#include <stdio.h>
// _exit.
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    // EX_OSERR of sysexits.h: what the system grants is not enough.
    STATUS = 71,
    // The runtime takes 5, watching and the socket some ten, a checkpoint of a few shards the rest.
    DESCRIPTORS = 64,
    // Threads that watch, average, serve and keep time, beside those that the runtime makes for processors.
    THREADS = 8,
    PROCESSORS = 8,
    // Below it are the buffers of ordinary work, which are asked for again and again.
    LARGE_ARRAY = 1 << 20,
};

// What libraries, stacks and the engine's buffers take of addresses, and of writable memory.
static const rlim_t address_space = (rlim_t)256 << 20;
static const rlim_t data = (rlim_t)96 << 20;
// As much as the threads that average have, and as much as systems usually give.
static const rlim_t least_stack = (rlim_t)1 << 20;
static const rlim_t usual_stack = (rlim_t)8 << 20;

static _Noreturn void refuse(const char *what, const char *name, rlim_t limit, rlim_t needed, const char *remedy) {
    dprintf(STDERR_FILENO, "%s: the limit of %s (%s) is %llu, at least %llu are needed: %s\n",
            program_invocation_short_name, what, name, (unsigned long long)limit, (unsigned long long)needed, remedy);
    _exit(STATUS);
}

/// Lets closed standard streams lead nowhere: the next file to be opened would get their numbers, and be written to.
static void open_standard_streams(void) {
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++) {
        if (fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) {
            continue;
        }
        // The lowest free number, which is this one. Where there is no /dev/null, a directory cannot be written to.
        if (open("/dev/null", O_RDWR) != descriptor && open("/", O_PATH | O_DIRECTORY) != descriptor) {
            _exit(STATUS);
        }
    }
}

static void ignore(int signal_number) { (void)signal_number; }

/// Makes a write beyond RLIMIT_FSIZE fail with EFBIG instead of ending the process.
///
/// By a handler, for a signal that is ignored would be so in hooks, too.
static void outlive_file_size_limit(void) {
    struct sigaction action = {.sa_handler = ignore, .sa_flags = SA_RESTART};
    sigaction(SIGXFSZ, &action, NULL);
}

/// Takes as many descriptors as the supervisor allows at most, instead of the usual 1024: that number is for programs
/// that use select(2), and twenty members of fifty shards are a thousand files.
static void raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return;
    }
    limit.rlim_cur = limit.rlim_max;
    if (limit.rlim_max < DESCRIPTORS) {
        refuse("open files", "RLIMIT_NOFILE", limit.rlim_max, DESCRIPTORS,
               "raise LimitNOFILE= of the unit, or ulimit -n");
    }
    setrlimit(RLIMIT_NOFILE, &limit);
}

/// Gives the main thread, and those that ask for no size of their own, stacks that suffice.
static void raise_stack_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= least_stack) {
        return;
    }
    if (limit.rlim_max < least_stack) {
        refuse("a stack's bytes", "RLIMIT_STACK", limit.rlim_max, least_stack,
               "raise LimitSTACK= of the unit, or ulimit -s");
    }
    limit.rlim_cur = limit.rlim_max < usual_stack ? limit.rlim_max : usual_stack;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, limit.rlim_cur);
    pthread_setattr_default_np(&attributes);
    pthread_attr_destroy(&attributes);
    setrlimit(RLIMIT_STACK, &limit);
}

static void require_memory(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur < address_space) {
        refuse("address space in bytes", "RLIMIT_AS", limit.rlim_cur, address_space,
               "raise LimitAS= of the unit, or ulimit -v");
    }
    if (getrlimit(RLIMIT_DATA, &limit) == 0 && limit.rlim_cur < data) {
        refuse("writable memory in bytes", "RLIMIT_DATA", limit.rlim_cur, data,
               "raise LimitDATA= of the unit, or ulimit -d");
    }
}

static void *wait_at(void *gate) {
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

/// Finds out whether there may be as many threads as the runtime starts, for it waits for ever for those it cannot get.
static void require_threads(void) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int needed = THREADS + (int)(processors < PROCESSORS ? processors : PROCESSORS);
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t threads[THREADS + PROCESSORS];
    int count = 0;
    int status = 0;
    pthread_mutex_lock(&gate);
    while (count < needed && status == 0) {
        status = pthread_create(&threads[count], NULL, wait_at, &gate);
        count += status == 0;
    }
    pthread_mutex_unlock(&gate);
    for (int index = 0; index < count; index++) {
        pthread_join(threads[index], NULL);
    }
    if (status != 0) {
        const char *name = lawa_error_name(status);
        dprintf(STDERR_FILENO,
                "%s: the system gives this process %d threads, at least %d are needed (%s): raise TasksMax=, LimitNPROC=, "
                "LimitAS= or LimitDATA= of the unit, or ulimit -u, -v or -d\n",
                program_invocation_short_name, count, needed, name != NULL ? name : "an unknown error");
        _exit(STATUS);
    }
}

/// Gives large arrays back to the system as soon as they are freed.
///
/// Left alone, malloc(3) keeps what it has once had of up to 32 MiB a piece, and arrays that grow by doubling leave as
/// much behind them as they hold.
static void return_large_arrays(void) { mallopt(M_MMAP_THRESHOLD, LARGE_ARRAY); }

__attribute__((constructor(101))) static void start(void) {
    open_standard_streams();
    outlive_file_size_limit();
    raise_descriptor_limit();
    raise_stack_limit();
    return_large_arrays();
    require_memory();
    require_threads();
}
