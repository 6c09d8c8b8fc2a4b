#include "backend/lxc/attach.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lxc/lxccontainer.h>

#include "backend/lxc/call.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fds.h"

#define STEP_MS 20
#define LAST_WORDS_MS 100 /* from the command's end to the end of its output */
#define HANG_UP_MS 500    /* from the end of its terminal to its own */
#define END_MS 2000

/* Between this process, the helper that calls liblxc, and the command before it is executed. */
struct shared {
    int ready;      /* it is inside: what follows is the execution */
    int exec_errno; /* of that, 0: it worked */
    int rc;         /* of attaching */
    int status;     /* as of wait, of the command */
    struct error err;
};

struct attach {
    struct relay_tty tty;
    pid_t helper; /* 0: it has ended */
    int pidfd;
    int64_t ended_ns; /* when the helper's end was seen */
    struct proc_identity init;
    char *command; /* its name; NULL: a shell */
    struct shared *shared;
};

/* ---- the helper, and what becomes the command */

struct inside {
    const struct frame_open *request;
    struct shared *shared;
};

/* Tries one; what it says of a failure holds until the next try. */
static void try(const char *program, char *const *argv, struct shared *shared)
{
    shared->exec_errno = 0;
    execvp(program, argv);
    shared->exec_errno = errno;
}

static void execute(char *const *argv, struct shared *shared)
{
    static const char *const shells[] = {"bash", "sh", "/bin/sh"};
    char *shell[] = {NULL, NULL};

    if (argv[0])
        try(argv[0], argv, shared);
    for (size_t i = 0; !argv[0] && i < ARRAY_SIZE(shells); i++) {
        shell[0] = (char *)shells[i];
        try(shells[i], shell, shared);
    }
}

/* In the container, with descriptors 0 to 2 on the new terminal. */
static int run_inside(void *payload)
{
    const struct inside *inside = payload;

    fds_close(3, ~0u);
    lxc_reset_signals();
    /* A session of its own with a terminal of its own: nothing typed into it reaches ours. */
    setsid();
    ioctl(STDIN_FILENO, TIOCSCTTY, 0);
    if (chdir("/root") != 0 && chdir("/") != 0)
        _exit(126);
    inside->shared->ready = 1;
    execute(inside->request->argv, inside->shared);
    _exit(inside->shared->exec_errno == ENOENT ? 127 : 126);
}

/* "NAME=value" as it is here, the default when it is not. */
static char *environment(const char *name, const char *value)
{
    const char *own = getenv(name);

    return xasprintf("%s=%s", name, own && strlen(own) < 64 ? own : value);
}

static int call_attach(struct lxc_container *container, struct inside *inside, const int fds[3],
                       pid_t *pid)
{
    /* What the screen's emulator is, and nothing of where vctop was started. */
    char *environ_inside[] = {(char *)"TERM=xterm-256color",
                              (char *)"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
                                      "/sbin:/bin",
                              (char *)"HOME=/root",
                              (char *)"USER=root",
                              (char *)"LOGNAME=root",
                              environment("LANG", "C.UTF-8"),
                              NULL};
    lxc_attach_options_t options = LXC_ATTACH_OPTIONS_DEFAULT;

    options.env_policy = LXC_ATTACH_CLEAR_ENV;
    options.extra_env_vars = environ_inside;
    options.initial_cwd = (char *)"/";
    options.stdin_fd = fds[0]; /* with 0 liblxc leaves SIGINT ignored */
    options.stdout_fd = fds[1];
    options.stderr_fd = fds[2];
    return container->attach(container, run_inside, inside, &options, pid);
}

static int attach_and_wait(const struct act *act, struct inside *inside, int terminal, int log)
{
    struct lxc_container *container = NULL;
    struct shared *shared = inside->shared;
    int fds[3] = {terminal, dup(terminal), dup(terminal)};
    pid_t pid = -1;

    lxc_log_into(log, act->path, act->request->key);
    int rc = lxc_open_container(&container, act->path, act->request->key, &shared->err);
    if (rc == 0 && call_attach(container, inside, fds, &pid) < 0)
        rc = error_set(&shared->err, ERR_IO, NULL, "LXC refused without a reason");
    if (rc == ERR_IO || rc == ERR_SYNTAX)
        lxc_add_reason(log, &shared->err);
    /* Else the command's end would not be the end of its terminal. */
    for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
        close(fds[i]);
    while (rc == 0 && waitpid(pid, &shared->status, 0) < 0 && errno == EINTR)
        ;
    return rc;
}

/* liblxc's calls have no limit, and it forks from here: nothing but these descriptors is passed on.
 */
static _Noreturn void help(const struct act *act, const struct frame_open *request, pid_t parent,
                           int terminal, int log, struct shared *shared)
{
    struct inside inside = {.request = request, .shared = shared};
    lxc_reset_signals();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    terminal = fcntl(terminal, F_DUPFD, 16);
    log = fcntl(log, F_DUPFD, 16);
    if (dup2(terminal, 3) < 0 || dup2(log, 4) < 0)
        _exit(1);
    fds_close(5, ~0u);
    shared->rc = attach_and_wait(act, &inside, 3, 4);
    _exit(0);
}

/* ---- the relay */

static bool helper_ended(struct attach *self)
{
    if (self->helper && waitpid(self->helper, NULL, WNOHANG) != 0) {
        self->helper = 0;
        self->ended_ns = clock_mono_ns();
    }
    return self->helper == 0;
}

static bool await_helper(struct attach *self, int limit_ms)
{
    int64_t until = clock_mono_ns() + limit_ms * NS_PER_MS;

    while (!helper_ended(self) && clock_mono_ns() < until)
        poll(NULL, 0, STEP_MS);
    return self->helper == 0;
}

static int say_no_command(const struct attach *self, struct error *err)
{
    int errnum = self->shared->exec_errno;

    if (!self->command)
        return error_set(err, ERR_GONE, "attach with a command that it has",
                         "there is no shell in the container");
    if (errnum == ENOENT)
        return error_set(err, ERR_GONE, NULL, "there is no %.80s in the container", self->command);
    return error_set(err, ERR_GONE, NULL, "%.80s cannot be executed: %s", self->command,
                     strerror(errnum));
}

/* Init goes after all others in it, which it kills. */
static bool container_stopped(const struct attach *self, int status)
{
    bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    int limit_ms = killed ? END_MS : LAST_WORDS_MS;

    for (int ms = 0; lxc_process_lives(&self->init); ms += STEP_MS) {
        if (ms >= limit_ms)
            return false;
        poll(NULL, 0, STEP_MS);
    }
    return true;
}

static int say_end(struct attach *self, struct error *err)
{
    const char *what = self->command ? "the command" : "the shell";
    int status;

    if (!await_helper(self, END_MS))
        return error_set(err, ERR_GONE, "attach again", "%s has closed its terminal", what);
    if (self->shared->rc < 0) {
        if (err)
            *err = self->shared->err;
        return self->shared->rc;
    }
    status = self->shared->status;
    self->tty.relay.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (WIFEXITED(status) && self->shared->exec_errno)
        return say_no_command(self, err);
    if (container_stopped(self, status))
        return error_set(err, ERR_GONE, "start it, then attach again", "the container stopped");
    if (WIFSIGNALED(status))
        return error_set(err, ERR_GONE, NULL, "%s was killed by signal %d", what, WTERMSIG(status));
    return error_set(err, ERR_GONE, NULL, "%s ended", what);
}

static size_t poll_attach(struct relay *relay, bool read, bool write, struct pollfd *fds,
                          int *timeout_ms)
{
    const struct attach *self = (const struct attach *)relay;
    size_t count = relay_tty_poll_fds(relay, read, write, fds, timeout_ms);

    if (!read)
        return count;
    if (self->helper)
        fds[count++] = (struct pollfd){.fd = self->pidfd, .events = POLLIN};
    else
        *timeout_ms = STEP_MS;
    return count;
}

/* What the command has left in the background may keep the terminal open: its end is the end. */
static ssize_t read_attach(struct relay *relay, char *buf, size_t size, struct error *err)
{
    struct attach *self = (struct attach *)relay;
    ssize_t got = relay_tty_read(relay, buf, size, err);

    if (got > 0)
        return got;
    if (got < 0 ||
        (helper_ended(self) && clock_mono_ns() - self->ended_ns >= LAST_WORDS_MS * NS_PER_MS))
        return say_end(self, err);
    return 0;
}

static void close_attach(struct relay *relay)
{
    struct attach *self = (struct attach *)relay;

    close(self->tty.fd); /* hangs up on the command */
    if (!await_helper(self, HANG_UP_MS)) {
        kill(self->helper, SIGKILL);
        waitpid(self->helper, NULL, 0);
    }
    cleanup_close(&self->pidfd);
    munmap(self->shared, sizeof(*self->shared));
    free(self->command);
    free(self);
}

static const struct relay_ops attach_ops = {.poll_fds = poll_attach,
                                            .read = read_attach,
                                            .write = relay_tty_write,
                                            .resize = relay_tty_resize,
                                            .close = close_attach};

/* ---- opening */

static int start(struct attach *self, const struct act *act, const struct frame_open *request,
                 int terminal, struct error *err)
{
    CLEANUP_CLOSE int log = memfd_create("lxc-log", MFD_CLOEXEC);

    if (log < 0)
        return error_errno(err, errno, "cannot make room for LXC's log");
    pid_t parent = getpid();
    self->helper = fork();
    if (self->helper < 0) {
        self->helper = 0;
        return error_errno(err, errno, "cannot start a child");
    }
    if (self->helper == 0)
        help(act, request, parent, terminal, log, self->shared);
    self->pidfd = (int)syscall(SYS_pidfd_open, self->helper, 0);
    return 0;
}

int lxc_attach_open(const struct act *act, const struct frame_open *request, struct relay **ret,
                    struct error *err)
{
    CLEANUP_CLOSE int theirs = -1;
    int ours;
    int rc = lxc_pty_open(&act->init, &ours, &theirs, err);
    struct shared *shared =
        mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (rc < 0)
        return rc;
    if (shared == MAP_FAILED) {
        close(ours);
        return error_errno(err, errno, "cannot share memory with a child");
    }
    struct attach *self = xcalloc(1, sizeof(*self));
    relay_tty_init(&self->tty, &attach_ops, ours);
    self->pidfd = -1;
    self->init = act->init;
    self->shared = shared;
    self->command = xstrdup(request->argv[0]);
    relay_tty_resize(&self->tty.relay, request->rows, request->columns);
    rc = start(self, act, request, theirs, err);
    while (rc == 0 && !__atomic_load_n(&shared->ready, __ATOMIC_ACQUIRE) && !helper_ended(self))
        poll(NULL, 0, STEP_MS);
    if (rc == 0 && !shared->ready)
        rc = shared->rc < 0 ? say_end(self, err)
                            : error_set(err, ERR_IO, NULL, "LXC's library died while attaching");
    if (rc < 0) {
        relay_close(&self->tty.relay);
        return rc;
    }
    *ret = &self->tty.relay;
    return 0;
}
