// Runs a program and kills it, or fails one of its calls, at a chosen system call below a directory.
//
// A seccomp filter hands the chosen calls to this process (seccomp_unotify(2), Linux 5.5), which counts those that change
// the disk below --under and lets them pass, refuses them, or kills the program before they take effect. What is counted
// is written to --list, a line each, so that a caller learns how many points there are and what lies at each.
//
//   inject --under DIR [--calls A,B] [--kill N | --fail N[-M] --errno E] [--no-exchange] [--list FILE] -- PROGRAM ARGS...
//
// Exit status: the program's, 128 and the signal's number where it was killed, 125 where this program itself failed.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <linux/aio_abi.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

// Where a call's paths are: the numbers of the arguments, -1 for none.
struct call {
    const char *name;
    int number;
    int directory, path, other_directory, other_path;  // other: the second path of a rename or link
    int descriptor;                                     // instead of a path
    int changes;                                        // whether it changes the disk, and so is counted by default
};

#define PATH(n, p, c) {#n, SYS_##n, -1, p, -1, -1, -1, c}
#define AT(n, d, p, c) {#n, SYS_##n, d, p, -1, -1, -1, c}
#define TWO(n, d, p, e, q) {#n, SYS_##n, d, p, e, q, -1, 1}
#define DESCRIPTOR(n, c) {#n, SYS_##n, -1, -1, -1, -1, 0, c}

static const struct call calls[] = {
    AT(openat, 0, 1, 1), AT(mkdirat, 0, 1, 1), AT(unlinkat, 0, 1, 1), AT(symlinkat, 1, 2, 1), AT(fchmodat, 0, 1, 1),
    AT(fchownat, 0, 1, 1), AT(newfstatat, 0, 1, 0), AT(statx, 0, 1, 0), AT(openat2, 0, 1, 1),
#ifdef SYS_open
    PATH(open, 0, 1), PATH(mkdir, 0, 1), PATH(unlink, 0, 1), PATH(rmdir, 0, 1), PATH(symlink, 1, 1), PATH(chmod, 0, 1),
    PATH(stat, 0, 0), PATH(lstat, 0, 0), TWO(rename, -1, 0, -1, 1), TWO(link, -1, 0, -1, 1),
#endif
#ifdef SYS_renameat
    TWO(renameat, 0, 1, 2, 3),
#endif
    TWO(renameat2, 0, 1, 2, 3), TWO(linkat, 0, 1, 2, 3),
    DESCRIPTOR(fsync, 1), DESCRIPTOR(fdatasync, 1), DESCRIPTOR(pwrite64, 1), DESCRIPTOR(pwritev2, 1), DESCRIPTOR(write, 1),
    DESCRIPTOR(ftruncate, 1), DESCRIPTOR(fallocate, 1), DESCRIPTOR(fchmod, 1), DESCRIPTOR(fchown, 1),
    DESCRIPTOR(copy_file_range, 1), DESCRIPTOR(ioctl, 1), DESCRIPTOR(sync_file_range, 1), DESCRIPTOR(utimensat, 1),
    DESCRIPTOR(read, 0), DESCRIPTOR(pread64, 0), DESCRIPTOR(preadv2, 0), DESCRIPTOR(getdents64, 0),
    DESCRIPTOR(statfs, 0), DESCRIPTOR(fstatfs, 0), DESCRIPTOR(flock, 0),
    {"io_submit", SYS_io_submit, -1, -1, -1, -1, -1, 1},
};
enum { call_count = sizeof calls / sizeof calls[0] };

static struct {
    const char *under, *list, *names;
    long kill, fail_first, fail_last;
    int error, no_exchange;
} options;

static void die(const char *what) {
    fprintf(stderr, "inject: %s: %s\n", what, strerror(errno));
    exit(125);
}

static int is_named(const char *name) {
    size_t length = strlen(name);
    for (const char *at = options.names; at && *at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (!strncmp(at, name, length) && (at[length] == ',' || !at[length])) return 1;
    return 0;
}

static int is_chosen(const struct call *call) { return options.names ? is_named(call->name) : call->changes; }

static int is_exchange(const struct call *call) { return call->number == SYS_renameat2 && options.no_exchange; }

// A descriptor's path, or the empty text.
static void path_of_descriptor(pid_t process, int descriptor, char *path, size_t size) {
    char link[64];
    if (descriptor == AT_FDCWD) snprintf(link, sizeof link, "/proc/%d/cwd", process);
    else snprintf(link, sizeof link, "/proc/%d/fd/%d", process, descriptor);
    ssize_t length = readlink(link, path, size - 1);
    path[length < 0 ? 0 : length] = 0;
}

static int read_memory(pid_t process, uint64_t address, void *into, size_t size) {
    struct iovec local = {into, size}, remote = {(void *)(uintptr_t)address, size};
    return process_vm_readv(process, &local, 1, &remote, 1, 0) == (ssize_t)size;
}

static void read_text(pid_t process, uint64_t address, char *into, size_t size) {
    size_t length = 0;
    while (length + 1 < size && read_memory(process, address + length, into + length, 1) && into[length]) length++;
    into[length] = 0;
}

static void read_path(pid_t process, const uint64_t *arguments, int directory, int path, char *into, size_t size) {
    char text[PATH_MAX], base[PATH_MAX];
    int used = 0, descriptor = 0;
    read_text(process, arguments[path], text, sizeof text);
    if (sscanf(text, "/proc/self/fd/%d%n", &descriptor, &used) == 1) {
        path_of_descriptor(process, descriptor, base, sizeof base);
        snprintf(into, size, "%s%s", base, text + used);
    } else if (text[0] == '/') {
        snprintf(into, size, "%s", text);
    } else {
        path_of_descriptor(process, directory < 0 ? AT_FDCWD : (int)arguments[directory], base, sizeof base);
        snprintf(into, size, "%s/%s", base, text);
    }
}

// The path of the file that the first request of io_submit(2) writes; nothing for one that reads.
static void read_submission(pid_t process, const uint64_t *arguments, char *into, size_t size) {
    uint64_t first = 0;
    struct iocb request;
    into[0] = 0;
    if (read_memory(process, arguments[2], &first, sizeof first) && read_memory(process, first, &request, sizeof request)
        && request.aio_lio_opcode == IOCB_CMD_PWRITE)
        path_of_descriptor(process, (int)request.aio_fildes, into, size);
}

static int is_under(const char *path) {
    size_t length = strlen(options.under);
    return !strncmp(path, options.under, length) && (path[length] == '/' || !path[length]);
}

// Whether the call counts; `text` becomes what it is about.
static int counts(const struct call *call, pid_t process, const uint64_t *arguments, char *text, size_t size) {
    char one[2 * PATH_MAX] = "", two[2 * PATH_MAX] = "";
    if (call->number == SYS_io_submit) read_submission(process, arguments, one, sizeof one);
    else if (call->descriptor >= 0) path_of_descriptor(process, (int)arguments[call->descriptor], one, sizeof one);
    else read_path(process, arguments, call->directory, call->path, one, sizeof one);
    if (call->other_path >= 0)
        read_path(process, arguments, call->other_directory, call->other_path, two, sizeof two);
    snprintf(text, size, "%s%s%s", one, *two ? " -> " : "", two);
    if (!is_under(one) && !is_under(two)) return 0;
    // An open that neither makes nor empties a file changes nothing; by default only what changes is counted.
    uint64_t flags = O_CREAT;
    if (!strcmp(call->name, "openat")) flags = arguments[2];
    if (!strcmp(call->name, "open")) flags = arguments[1];
    if (!strcmp(call->name, "openat2")) read_memory(process, arguments[2], &flags, sizeof flags);
    return options.names || flags & (O_CREAT | O_TRUNC);
}

static void install_and_run(int channel, char **program) {
    struct sock_filter filter[2 * call_count + 2];
    unsigned short length = 0;
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < call_count; i++) {
        if (!is_chosen(&calls[i]) && !is_exchange(&calls[i])) continue;
        filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i].number, 0, 1);
        filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
    }
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog rules = {length, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) die("no_new_privs");
    int listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &rules);
    if (listener < 0) die("seccomp");
    char byte = 0, control[CMSG_SPACE(sizeof listener)] = {0};
    struct iovec data = {&byte, 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET, header->cmsg_type = SCM_RIGHTS, header->cmsg_len = CMSG_LEN(sizeof listener);
    memcpy(CMSG_DATA(header), &listener, sizeof listener);
    if (sendmsg(channel, &message, 0) != 1) die("hand over the listener");
    close(listener), close(channel);
    execvp(program[0], program);
    die(program[0]);
}

static int receive_listener(int channel) {
    char byte, control[CMSG_SPACE(sizeof(int))];
    struct iovec data = {&byte, 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    int listener = -1;
    if (recvmsg(channel, &message, MSG_CMSG_CLOEXEC) != 1 || !CMSG_FIRSTHDR(&message)) exit(125);
    memcpy(&listener, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof listener);
    return listener;
}

static const struct call *call_of(int number) {
    for (size_t i = 0; i < call_count; i++)
        if (calls[i].number == number) return &calls[i];
    return NULL;
}

// Answers one call; false once the program was killed.
static int answer(int listener, pid_t program, FILE *list, long *count) {
    struct seccomp_notif request = {0};
    struct seccomp_notif_resp response = {0};
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request)) return 1;
    const struct call *call = call_of(request.data.nr);
    uint64_t arguments[6];
    for (int i = 0; i < 6; i++) arguments[i] = request.data.args[i];
    char text[4 * PATH_MAX + 8];
    response.id = request.id;
    response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    if (is_exchange(call) && arguments[4] & 2 /* RENAME_EXCHANGE */) {
        response.flags = 0, response.error = -EINVAL;
    } else if (is_chosen(call) && counts(call, (pid_t)request.pid, arguments, text, sizeof text)) {
        ++*count;
        int fails = options.fail_first && *count >= options.fail_first && *count <= options.fail_last;
        if (list) fprintf(list, "%ld %s %s%s\n", *count, call->name, text, fails || *count == options.kill ? "  <==" : "");
        if (*count == options.kill) {
            kill(program, SIGKILL);
            return 0;
        }
        if (fails) response.flags = 0, response.error = -options.error;
    }
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
    return 1;
}

static char **parse(int count, char **arguments) {
    static const struct option known[] = {
        {"under", 1, 0, 'u'}, {"calls", 1, 0, 'c'}, {"kill", 1, 0, 'k'}, {"fail", 1, 0, 'f'}, {"errno", 1, 0, 'e'},
        {"list", 1, 0, 'l'},  {"no-exchange", 0, 0, 'x'}, {0, 0, 0, 0},
    };
    char *rest;
    for (int option; (option = getopt_long(count, arguments, "+", known, NULL)) != -1;) switch (option) {
        case 'u': options.under = optarg; break;
        case 'c': options.names = optarg; break;
        case 'k': options.kill = atol(optarg); break;
        case 'f':
            options.fail_first = options.fail_last = strtol(optarg, &rest, 10);
            if (*rest == '-') options.fail_last = rest[1] ? atol(rest + 1) : LONG_MAX;
            break;
        case 'e': options.error = atoi(optarg); break;
        case 'l': options.list = optarg; break;
        case 'x': options.no_exchange = 1; break;
        default: exit(125);
        }
    if (!options.under || optind >= count) {
        fprintf(stderr, "inject: --under DIR and a program are needed\n");
        exit(125);
    }
    return arguments + optind;
}

int main(int count, char **arguments) {
    char **program = parse(count, arguments);
    FILE *list = options.list ? fopen(options.list, "w") : NULL;
    int channel[2];
    if (options.list && !list) die(options.list);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel)) die("socketpair");
    pid_t child = fork();
    if (child < 0) die("fork");
    if (!child) install_and_run(channel[1], program);
    close(channel[1]);
    int listener = receive_listener(channel[0]), process = (int)syscall(SYS_pidfd_open, child, 0), status;
    if (process < 0) die("pidfd_open");
    struct pollfd sources[2] = {{listener, POLLIN, 0}, {process, POLLIN, 0}};
    long seen = 0;
    while (poll(sources, 2, -1) >= 0 || errno == EINTR) {
        if (sources[1].revents) break;
        if (sources[0].revents & POLLIN && !answer(listener, child, list, &seen)) break;
    }
    waitpid(child, &status, 0);
    if (list) fclose(list);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
