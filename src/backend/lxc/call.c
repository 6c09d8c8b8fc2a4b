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
#include "base/io.h"
#include "kernel/proc.h"

#define LOG_MAX 16384
#define WATCH_MS 200

char lxc_process_state(pid_t pid)
{
    struct proc_stat stat;
    return pid > 0 && proc_read_stat("", pid, &stat) == 0 ? stat.state : 0;
}

bool lxc_log_reason(const char *log, char *buf, size_t size)
{
    /* "lxc NAME 20240102030405.678 ERROR    part - file:function:line - message" */
    const char *at = strstr(log, " ERROR ");
    for (int i = 0; at && i < 2; i++) {
        at = strstr(at, " - ");
        if (at)
            at += 3;
    }
    if (!at)
        return false;
    size_t len = strcspn(at, "\n");
    while (len > 0 && (at[len - 1] == '.' || at[len - 1] == ' '))
        len--;
    snprintf(buf, size, "%.*s", (int)(len < 200 ? len : 200), at);
    return len > 0;
}

/* A container's monitor is a copy of this child: no signal may be ignored or blocked in it. */
static void reset_signals(void)
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
        close_range(3, (unsigned)fd - 1, 0);
    close_range((unsigned)fd + 1, ~0u, 0);
}

static int run_in_child(const struct lxc_call *call, struct error *err)
{
    struct lxc_container *container = lxc_container_new(call->name, call->path);
    if (!container)
        return error_set(err, ERR_SYNTAX, "mend its configuration",
                         "LXC cannot read its configuration");
    if (!container->is_defined(container))
        return error_set(err, ERR_GONE, NULL, "the container is not defined any more");
    if (!container->may_control(container))
        return error_set(err, ERR_DENIED, "run as root or as its owner",
                         "no permission to control this container");
    if (!call->run(container))
        return error_set(err, ERR_IO, NULL, "LXC refused without a reason");
    return 0;
}

__attribute__((noreturn)) static void child(const struct lxc_call *call, int log,
                                            struct error *shared)
{
    reset_signals();
    if (!call->outlives_us)
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    close_all_but(log);
    char log_path[40];
    snprintf(log_path, sizeof(log_path), "/proc/self/fd/%d", log);
    struct lxc_log init = {
        .name = call->name,
        .lxcpath = call->path,
        .file = log_path,
        .level = "ERROR",
        .prefix = "lxc",
        .quiet = true,
    };
    lxc_log_init(&init);
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
            return error_set(err, ERR_TIMEOUT, NULL, "still %s after %d s", call->doing,
                             call->limit_s);
        if (elapsed_s > told_s && call->progress) {
            char text[80];
            snprintf(text, sizeof(text), "%s, %d s", call->doing, (int)elapsed_s);
            call->progress->say(call->progress, text, -1);
            told_s = elapsed_s;
        }
    }
}

static void add_reason(int log, struct error *err)
{
    char text[LOG_MAX], reason[220];
    if (io_pread_all(log, text, sizeof(text)) <= 0 || !lxc_log_reason(text, reason, sizeof(reason)))
        return;
    if (err->code == ERR_SYNTAX)
        snprintf(err->message, sizeof(err->message), "LXC cannot read its configuration: %s",
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
            add_reason(log, &failure);
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
