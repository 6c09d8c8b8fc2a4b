#include "backend/lxc/call.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend/lxc/config.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fds.h"
#include "base/io.h"
#include "kernel/proc.h"

#define LOG_MAX 16384
#define WATCH_MS 200
#define REASON_MAX 140

char lxc_process_state(pid_t pid)
{
    struct proc_stat stat;
    return pid > 0 && proc_read_stat("", pid, &stat) == 0 ? stat.state : 0;
}

/* The next error in LOG, "PREFIX NAME TIME ERROR    part - file:function:line - message"; *RET_LEN
 * without the final stop.  NULL when there is none. */
static const char *next_error(const char *log, size_t *ret_len)
{
    const char *at = strstr(log, " ERROR ");
    for (int i = 0; at && i < 2; i++) {
        at = strstr(at, " - ");
        if (at)
            at += 3;
    }
    if (!at)
        return NULL;
    size_t len = strcspn(at, "\n");
    while (len > 0 && strchr(". ", at[len - 1]))
        len--;
    *ret_len = len < REASON_MAX ? len : REASON_MAX;
    return at;
}

/* liblxc writes "No such file or directory - Failed to open X": the wrong way round. */
static void in_order(char *buf, size_t size, const char *message, size_t len)
{
    for (int number = 1; number < 134; number++) {
        const char *cause = strerror(number);
        size_t cause_len = strlen(cause);
        if (len > cause_len + 3 && strncmp(message, cause, cause_len) == 0 &&
            strncmp(message + cause_len, " - ", 3) == 0) {
            snprintf(buf, size, "%.*s: %s", (int)(len - cause_len - 3), message + cause_len + 3,
                     cause);
            return;
        }
    }
    snprintf(buf, size, "%.*s", (int)len, message);
}

bool lxc_log_reason(const char *log, char *buf, size_t size)
{
    size_t len, more_len;
    const char *first = next_error(log, &len);
    if (!first || len == 0)
        return false;
    const char *status = memmem(first, len, "exited with status", 18);
    const char *second = status ? next_error(first, &more_len) : NULL;
    if (second)
        snprintf(buf, size, "%.*s: %.*s", (int)more_len, second, (int)len, first);
    else
        in_order(buf, size, first, len);
    return true;
}

/* A container's monitor is a copy of this child: no signal may be ignored or blocked in it. */
void lxc_reset_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    for (int i = 1; i < NSIG; i++)
        signal(i, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void close_all_but(int fd)
{
    if (fd > 3)
        fds_close(3, (unsigned)fd - 1);
    fds_close((unsigned)fd + 1, ~0u);
}

void lxc_log_into(int log, const char *path, const char *name)
{
    char log_path[40];
    snprintf(log_path, sizeof(log_path), "/proc/self/fd/%d", log);
    struct lxc_log init = {
        .name = name,
        .lxcpath = path,
        .file = log_path,
        .level = "ERROR",
        .prefix = "lxc",
        .quiet = true,
    };
    lxc_log_init(&init);
}

int lxc_open_container(struct lxc_container **ret, const char *path, const char *name,
                       struct error *err)
{
    struct lxc_container *container = lxc_container_new(name, path);
    if (!container)
        return error_set(err, ERR_SYNTAX, "mend its configuration",
                         "LXC cannot read its configuration");
    *ret = container;
    if (!container->is_defined(container))
        return error_set(err, ERR_GONE, NULL, "the container is not defined any more");
    if (!container->may_control(container))
        return error_set(err, ERR_DENIED, "run as root or as its owner",
                         "no permission to control this container");
    return 0;
}

static int run_in_child(const struct lxc_call *call, struct error *err)
{
    struct lxc_container *container = NULL;
    int rc = lxc_open_container(&container, call->path, call->name, err);
    if (rc < 0)
        return rc;
    if (!call->run(container))
        return error_set(err, ERR_IO, NULL, "LXC refused without a reason");
    return 0;
}

__attribute__((noreturn)) static void child(const struct lxc_call *call, int log,
                                            struct error *shared)
{
    lxc_reset_signals();
    if (!call->outlives_us)
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    close_all_but(log);
    lxc_log_into(log, call->path, call->name);
    close(log); /* liblxc has opened its own */
    _exit(-run_in_child(call, shared));
}

/* Waits for PID until the limit: 1 when it has ended with *RET_STATUS, else what stopped us. */
static int watch(const struct lxc_call *call, pid_t pid, int *ret_status, struct error *err)
{
    CLEANUP_CLOSE int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    int64_t start = clock_mono_ns();
    int64_t told_s = 0;
    for (;;) {
        struct pollfd fds = {.fd = pidfd, .events = POLLIN};
        poll(&fds, 1, WATCH_MS);
        if (waitpid(pid, ret_status, WNOHANG) == pid)
            return 1;
        int64_t elapsed_s = (clock_mono_ns() - start) / NS_PER_S;
        char state = lxc_process_state(call->monitor);
        if (state == 'T' || state == 't')
            return error_set(err, ERR_BUSY,
                             "continue it with kill -CONT, or force the container off",
                             "its LXC monitor, process %d, is stopped", (int)call->monitor);
        if (elapsed_s >= call->limit_s)
            return error_set(err, ERR_TIMEOUT, "see whether another program holds its lock",
                             "%s: LXC has not answered within %d s", call->doing, call->limit_s);
        if (elapsed_s > told_s && call->progress) {
            char text[80];
            snprintf(text, sizeof(text), "%s, %d s", call->doing, (int)elapsed_s);
            call->progress->say(call->progress, text, -1);
            told_s = elapsed_s;
        }
    }
}

void lxc_add_reason(int log, struct error *err)
{
    char text[LOG_MAX], reason[300];
    if (io_pread_all(log, text, sizeof(text)) <= 0 || !lxc_log_reason(text, reason, sizeof(reason)))
        return;
    if (err->code == ERR_SYNTAX)
        snprintf(err->message, sizeof(err->message), "LXC cannot read its configuration: %.240s",
                 reason);
    else
        snprintf(err->message, sizeof(err->message), "%s", reason);
}

int lxc_call(const struct lxc_call *call, struct error *err)
{
    CLEANUP_CLOSE int log = memfd_create("lxc-log", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (log < 0)
        return error_errno(err, errno, "cannot make room for LXC's log");
    struct error *shared =
        mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return error_errno(err, errno, "cannot share memory with a child");
    pid_t pid = fork();
    if (pid < 0) {
        munmap(shared, sizeof(*shared));
        return error_errno(err, errno, "cannot start a child");
    }
    if (pid == 0)
        child(call, log, shared);
    int status = 0;
    struct error failure = {0};
    int rc = watch(call, pid, &status, &failure);
    if (rc == 1) {
        failure = *shared;
        rc = WIFEXITED(status) ? -WEXITSTATUS(status) : ERR_IO;
        if (WIFSIGNALED(status))
            error_set(&failure, ERR_IO, NULL, "LXC's library died of signal %d", WTERMSIG(status));
        else if (rc == ERR_IO || rc == ERR_SYNTAX)
            lxc_add_reason(log, &failure);
    } else {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    munmap(shared, sizeof(*shared));
    /* The monitor of a container that we started keeps this log open as long as it lives. */
    fcntl(log, F_ADD_SEALS, F_SEAL_GROW);
    if (rc < 0 && err)
        *err = failure;
    return rc;
}
