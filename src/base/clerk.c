#include "base/clerk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fds.h"
#include "base/io.h"

#define ANSWER_FD 3

/* Nothing of the screen's: no terminal that it would keep open, no handler that would touch it. */
static void let_go(const char *name)
{
    sigset_t none;

    prctl(PR_SET_NAME, name);
    setsid();
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    signal(SIGPIPE, SIG_IGN); /* nobody may be there any more to hear the answer */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < ANSWER_FD; fd++)
        if (null < 0 || dup2(null, fd) < 0)
            close(fd);
    if (null >= ANSWER_FD)
        close(null);
}

/* FDS[1] is -1 when there is no input. */
static void place(const int fds[2])
{
    int answer = fcntl(fds[0], F_DUPFD, APART_INPUT + 1);
    int input = fds[1] < 0 ? -1 : fcntl(fds[1], F_DUPFD, APART_INPUT + 1);

    if (dup2(answer, ANSWER_FD) < 0 || (fds[1] >= 0 && dup2(input, APART_INPUT) < 0))
        _exit(126);
    fds_close(input >= 0 ? APART_INPUT + 1 : ANSWER_FD + 1, ~0u);
}

/* Forks once more: between them the two leave nobody that has to be waited for.  A pipe takes an
 * answer whole. */
static _Noreturn void become(const struct apart_work *work, const char *task, size_t size,
                             const int fds[2])
{
    static _Alignas(max_align_t) char answer[APART_ANSWER_MAX];

    let_go("vctop-apart");
    place(fds);
    pid_t pid = fork();
    if (pid != 0)
        _exit(pid < 0 ? 1 : 0);
    work->work(task, size, answer);
    _exit(write(ANSWER_FD, answer, work->answer_size) == (ssize_t)work->answer_size ? 0 : 1);
}

/* One request; false when the screen is gone. */
static bool serve(int screen, const struct apart_work *const *works, size_t count)
{
    static struct clerk_request request;
    struct iovec iov = {&request, sizeof(request)};
    int fds[2] = {-1, -1};
    ssize_t len = fds_receive(screen, &iov, fds, 2);
    size_t head = offsetof(struct clerk_request, task);

    if (len <= 0)
        return len == -EINTR;
    if ((size_t)len >= head && request.magic == CLERK_MAGIC && request.work < count &&
        fds[0] >= 0) {
        pid_t pid = fork();
        if (pid == 0)
            become(works[request.work], request.task, (size_t)len - head, fds);
        /* It forks once more and leaves: a moment. */
        while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    for (size_t i = 0; i < 2; i++)
        cleanup_close(&fds[i]);
    return true;
}

static _Noreturn void run(int screen, const struct apart_work *const *works, size_t count)
{
    let_go("vctop-clerk");
    if (dup2(screen, ANSWER_FD) < 0)
        _exit(126);
    fds_close(ANSWER_FD + 1, ~0u);
    while (serve(ANSWER_FD, works, count))
        ;
    _exit(0);
}

int clerk_start(const struct apart_work *const *works, size_t count, pid_t *ret)
{
    sigset_t all, before;
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return -errno;
    io_set_nonblock(pair[0], true);
    /* Until it has its own dispositions the clerk shares those of the terminal. */
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    int errnum = errno;
    if (pid == 0)
        run(pair[1], works, count);
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return -errnum;
    }
    *ret = pid;
    return pair[0];
}
