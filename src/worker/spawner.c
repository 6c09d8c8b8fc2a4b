#include "worker/role.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fds.h"
#include "base/io.h"
#include "base/log.h"
#include "frame/spawn.h"

#define CHILDREN_MAX 256

struct child {
    pid_t pid;
    uint32_t token, role;
};

struct spawner {
    int screen;    /* our end; blocking, for no answer may get lost */
    int sigchld;   /* signalfd */
    bool readonly; /* jobs and consoles are refused, probes told: there is no other way to one */
    bool debug;
    pid_t pid;
    struct child child[CHILDREN_MAX];
    size_t count;
};

static void answer(const struct spawner *spawner, const struct spawn_answer *answer)
{
    while (send(spawner->screen, answer, sizeof(*answer), MSG_NOSIGNAL) < 0 && errno == EINTR)
        ;
}

static void refuse(const struct spawner *spawner, uint32_t token, int errnum)
{
    struct spawn_answer refused = {
        .magic = SPAWN_MAGIC, .kind = SPAWN_REFUSED, .token = token, .errnum = errnum};

    log_line("refused %u: %s", token, strerror(errnum));
    answer(spawner, &refused);
}

static int answer_started(const struct spawner *spawner, const struct child *child, int channel,
                          int standard_error)
{
    struct spawn_answer started = {
        .magic = SPAWN_MAGIC, .kind = SPAWN_STARTED, .token = child->token, .pid = child->pid};
    struct iovec iov = {.iov_base = &started, .iov_len = sizeof(started)};

    return fds_send(spawner->screen, &iov, 1, (int[2]){channel, standard_error}, 2);
}

static void default_signals(void)
{
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL); /* those that cannot be set do not need it */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The child, between fork and exec: a clean process in a session of its own.  Limits and privileges
 * are as vctop found them, for a guest started by a job inherits both. */
static _Noreturn void become(const struct spawner *spawner, const struct spawn_request *request,
                             int channel, int standard_error)
{
    static const char *const role_option[] = {[ROLE_WORKER] = "--role=worker",
                                              [ROLE_JOB] = "--role=job",
                                              [ROLE_PROBE] = "--role=probe",
                                              [ROLE_CONSOLE] = "--role=console",
                                              [ROLE_LOG] = "--role=log"};
    char *argv[6] = {(char *)"vctop", (char *)role_option[request->role]};
    size_t argc = 2;

    if (spawner->debug)
        argv[argc++] = (char *)"--debug=-";
    if (spawner->readonly)
        argv[argc++] = (char *)"--readonly";
    argv[argc] = (char *)request->source;
    setsid();
    if (request->role != ROLE_JOB) {
        /* A console or a probe ends in order, but not by waiting for anybody. */
        bool in_order = request->role == ROLE_CONSOLE || request->role == ROLE_PROBE;
        prctl(PR_SET_PDEATHSIG, in_order ? SIGTERM : SIGKILL);
        if (getppid() != spawner->pid)
            _exit(1);
    }
    default_signals();
    /* Standard input and output are /dev/null already.  Both may sit where one is to go. */
    channel = fcntl(channel, F_DUPFD, ROLE_CHANNEL_FD + 1);
    standard_error = fcntl(standard_error, F_DUPFD, ROLE_CHANNEL_FD + 1);
    if (dup2(standard_error, STDERR_FILENO) < 0 || dup2(channel, ROLE_CHANNEL_FD) < 0)
        _exit(126);
    fds_close(ROLE_CHANNEL_FD + 1, ~0u);
    /* What runs, even when the file was replaced since. */
    execve("/proc/self/exe", argv, environ);
    dprintf(STDERR_FILENO, "cannot execute vctop: %s\n", strerror(errno));
    _exit(127);
}

static void start(struct spawner *spawner, const struct spawn_request *request)
{
    CLEANUP_CLOSE int ours = -1, theirs = -1, log_read = -1, log_write = -1;
    struct child *child = &spawner->child[spawner->count];
    int pair[2], rc;
    pid_t pid;

    if ((request->role == ROLE_JOB || request->role == ROLE_CONSOLE) && spawner->readonly) {
        refuse(spawner, request->token, EROFS);
        return;
    }
    if (spawner->count == CHILDREN_MAX) {
        refuse(spawner, request->token, EAGAIN);
        return;
    }
    if ((rc = io_socketpair(pair)) < 0) {
        refuse(spawner, request->token, -rc);
        return;
    }
    ours = pair[0];
    theirs = pair[1];
    /* Neither side waits for the other over a log line: what does not fit is lost. */
    if (pipe2(pair, O_CLOEXEC | O_NONBLOCK) < 0) {
        refuse(spawner, request->token, errno);
        return;
    }
    log_read = pair[0];
    log_write = pair[1];

    pid = fork();
    if (pid == 0)
        become(spawner, request, theirs, log_write);
    if (pid < 0) {
        refuse(spawner, request->token, errno);
        return;
    }
    *child = (struct child){.pid = pid, .token = request->token, .role = request->role};
    log_line("started %u: %d, role %u of %s", child->token, (int)pid, child->role, request->source);
    spawner->count++;
    if ((rc = answer_started(spawner, child, ours, log_read)) < 0) {
        kill(pid, SIGKILL);
        refuse(spawner, request->token, -rc);
    }
}

/* The session of a worker or probe goes with it, for libraries fork helpers.  Of a job only itself:
 * what it has started is a guest. */
static void kill_child(const struct child *child)
{
    kill(child->pid, SIGKILL);
    if (child->role != ROLE_JOB)
        kill(-child->pid, SIGKILL);
}

static void reap(struct spawner *spawner)
{
    struct signalfd_siginfo info;
    pid_t pid;
    int status;

    while (read(spawner->sigchld, &info, sizeof(info)) > 0)
        ;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (size_t i = 0; i < spawner->count; i++) {
            struct child child = spawner->child[i];
            struct spawn_answer exited = {.magic = SPAWN_MAGIC,
                                          .kind = SPAWN_EXITED,
                                          .token = child.token,
                                          .pid = pid,
                                          .wstatus = status};
            if (child.pid != pid)
                continue;
            spawner->child[i] = spawner->child[--spawner->count];
            log_line("exited %u: %d, status 0x%x", child.token, (int)pid, (unsigned)status);
            answer(spawner, &exited);
            break;
        }
    }
}

static void obey(struct spawner *spawner, const struct spawn_request *request)
{
    struct child *child = NULL;

    for (size_t i = 0; i < spawner->count; i++)
        if (spawner->child[i].token == request->token)
            child = &spawner->child[i];
    if (request->op == SPAWN_KILL && child)
        kill_child(child);
    else if (request->op == SPAWN_START && child)
        refuse(spawner, request->token, EEXIST);
    else if (request->op == SPAWN_START && request->role >= ROLE_WORKER &&
             request->role <= ROLE_LOG && request->source[0])
        start(spawner, request);
    else if (request->op != SPAWN_KILL) /* killing who is gone already is fine */
        refuse(spawner, request->token, EINVAL);
}

/* One request; false when the screen is gone. */
static bool listen_once(struct spawner *spawner)
{
    struct spawn_request request = {0};
    ssize_t n = recv(spawner->screen, &request, sizeof(request), MSG_DONTWAIT);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    if (n == 0)
        return false;
    if (n != sizeof(request) || request.magic != SPAWN_MAGIC ||
        !memchr(request.source, '\0', sizeof(request.source)))
        refuse(spawner, request.token, EINVAL);
    else
        obey(spawner, &request);
    return true;
}

/* Nothing that a terminal, a dying terminal or a vctop started with odd dispositions sends ends or
 * stops the spawner: only its screen does. */
static void own_signals(struct spawner *spawner)
{
    static const int ignored[] = {SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGHUP, SIGPIPE};
    sigset_t set;

    default_signals();
    for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
        signal(ignored[i], SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_SETMASK, &set, NULL);
    spawner->sigchld = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static _Noreturn void spawner_run(int screen, bool readonly, int trace_fd)
{
    static struct spawner spawner;
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    setsid();
    spawner.screen = screen;
    spawner.readonly = readonly;
    spawner.debug = trace_fd >= 0;
    spawner.pid = getpid();
    own_signals(&spawner);
    log_to(trace_fd, "spawner");
    prctl(PR_SET_NAME, "vctop-spawner");
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fd != trace_fd)
            dup2(null, fd);
    if (null > STDERR_FILENO)
        close(null);

    for (;;) {
        struct pollfd fds[] = {{.fd = screen, .events = POLLIN},
                               {.fd = spawner.sigchld, .events = POLLIN}};
        if (poll(fds, ARRAY_SIZE(fds), -1) < 0) {
            if (io_cannot_wait())
                break;
            continue;
        }
        if (fds[1].revents)
            reap(&spawner);
        if (fds[0].revents && !listen_once(&spawner))
            break;
    }
    for (size_t i = 0; i < spawner.count; i++) {
        if (spawner.child[i].role == ROLE_PROBE)
            kill(-spawner.child[i].pid, SIGTERM);
        else if (spawner.child[i].role != ROLE_JOB && spawner.child[i].role != ROLE_CONSOLE)
            kill_child(&spawner.child[i]);
    }
    _exit(0); /* who is left is reaped by init */
}

int spawner_start(bool readonly, int trace_fd)
{
    sigset_t all, before;
    int pair[2], errnum;
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return -errno;
    io_set_nonblock(pair[0], true);
    /* Until it has its own dispositions the spawner shares those of the terminal. */
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid = fork();
    errnum = errno;
    if (pid == 0) {
        close(pair[0]);
        spawner_run(pair[1], readonly, trace_fd);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return -errnum;
    }
    return pair[0];
}
