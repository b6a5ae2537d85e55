// Programs into which the Swift runtime is linked do without the timer by which libdispatch watches its thread pool:
// it wakes the process every second from the first task to the end, and nothing in libdispatch switches it off. What
// is lost: where work on a global or a concurrent queue blocks all threads of the pool, the timer would add one a
// second. Swift's tasks never had that, because the queue on which they run has a fixed width, one task for each core;
// and serial queues, which have threads beyond the pool, do not need it.
//
// The timer is made in _dispatch_workq_init_once, in src/event/workqueue.c of swift-corelibs-libdispatch, by calls of
// two public functions; Package.swift has the linker lead them here (--wrap). It is known by its queue, libdispatch's
// own manager queue, on which nobody else can make a source. A libdispatch that makes the timer in another way or is a
// shared library, as in tests, keeps its timer: nothing else changes.

// atomic_load, atomic_store: threads make sources of their own at any time.
#include <stdatomic.h>
// NULL.
#include <stddef.h>
// Integers of fixed width in libdispatch's signatures.
#include <stdint.h>

struct dispatch_source_type_s;
struct dispatch_queue_s;
struct dispatch_source_s;

// DISPATCH_SOURCE_TYPE_TIMER and DISPATCH_TIME_FOREVER of dispatch/source.h and dispatch/time.h, which C code that is
// compiled without blocks cannot include.
extern const struct dispatch_source_type_s _dispatch_source_type_timer;
static const uint64_t forever = UINT64_MAX;

// Weak, because a shared libdispatch does not show it.
extern struct dispatch_queue_s _dispatch_mgr_q __attribute__((weak));

struct dispatch_source_s *__real_dispatch_source_create(const struct dispatch_source_type_s *type, uintptr_t handle,
                                                        uintptr_t mask, struct dispatch_queue_s *queue);
void __real_dispatch_source_set_timer(struct dispatch_source_s *source, uint64_t start, uint64_t interval,
                                      uint64_t leeway);

static struct dispatch_source_s *_Atomic pool_monitor;

/// dispatch_source_create(3), which remembers the timer on the manager queue.
struct dispatch_source_s *__wrap_dispatch_source_create(const struct dispatch_source_type_s *type, uintptr_t handle,
                                                        uintptr_t mask, struct dispatch_queue_s *queue) {
    struct dispatch_source_s *source = __real_dispatch_source_create(type, handle, mask, queue);
    if (&_dispatch_mgr_q != NULL && queue == &_dispatch_mgr_q && type == &_dispatch_source_type_timer) {
        atomic_store(&pool_monitor, source);
    }
    return source;
}

/// dispatch_source_set_timer(3), which never lets that timer go off.
void __wrap_dispatch_source_set_timer(struct dispatch_source_s *source, uint64_t start, uint64_t interval,
                                      uint64_t leeway) {
    if (source != NULL && source == atomic_load(&pool_monitor)) {
        start = forever;
        interval = forever;
    }
    __real_dispatch_source_set_timer(source, start, interval, leeway);
}
