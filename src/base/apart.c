#include "base/apart.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"

#define ANSWER_FD 3

struct apart {
    int fd;
    bool ended, answered;
    size_t size;
    _Alignas(max_align_t) char answer[];
};

/* ---- in the process ---- */

/* Nothing of the screen's: no terminal that it would keep open, no socket whose end somebody waits
 * for, no handler that would touch either.  INPUT is -1 when there is none. */
static void let_go(int answer, int input)
{
    sigset_t none;

    prctl(PR_SET_NAME, "vctop-apart");
    setsid();
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    signal(SIGPIPE, SIG_IGN); /* nobody may be there any more to hear the answer */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* Not where one of the others goes. */
    if (input >= 0 && (input = fcntl(input, F_DUPFD, APART_INPUT + 1)) < 0)
        _exit(126);
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < ANSWER_FD; fd++)
        if (null < 0 || dup2(null, fd) < 0)
            close(fd);
    if (dup2(answer, ANSWER_FD) < 0)
        _exit(126);
    if (input >= 0 && dup2(input, APART_INPUT) < 0)
        _exit(126);
    close_range(input >= 0 ? APART_INPUT + 1 : ANSWER_FD + 1, ~0u, 0);
}

/* Forks once more: between them the two leave nobody that has to be waited for.  A pipe takes an
 * answer whole. */
static _Noreturn void become(struct apart *apart, void (*work)(const void *task, void *answer),
                             const void *task, int fd, int input)
{
    let_go(fd, input);
    pid_t pid = fork();
    if (pid != 0)
        _exit(pid < 0 ? 1 : 0);
    work(task, apart->answer);
    _exit(write(ANSWER_FD, apart->answer, apart->size) == (ssize_t)apart->size ? 0 : 1);
}

/* ---- in the screen ---- */

struct apart *apart_start_on(int input, void (*work)(const void *task, void *answer),
                             const void *task, size_t size, struct error *err)
{
    CLEANUP_CLOSE int ours = -1, theirs = -1;
    CLEANUP_FREE struct apart *apart = xcalloc(1, sizeof(*apart) + size);
    int fds[2];

    if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0) {
        error_errno(err, errno, "cannot begin");
        return NULL;
    }
    ours = fds[0];
    /* Not where standard streams go, should one of them be closed. */
    theirs = fcntl(fds[1], F_DUPFD_CLOEXEC, APART_INPUT + 1);
    close(fds[1]);
    apart->size = size;
    pid_t pid = theirs < 0 ? -1 : fork();
    if (pid == 0)
        become(apart, work, task, theirs, input);
    if (pid < 0) {
        error_errno(err, errno, "cannot begin");
        return NULL;
    }
    /* It forks once more and leaves: a moment. */
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    apart->fd = move_fd(&ours);
    return move_ptr(&apart);
}

struct apart *apart_start(void (*work)(const void *task, void *answer), const void *task,
                          size_t size, struct error *err)
{
    return apart_start_on(-1, work, task, size, err);
}

int apart_fd(const struct apart *apart)
{
    return apart->fd;
}

bool apart_ended(struct apart *apart, const void **ret_answer)
{
    if (!apart->ended) {
        ssize_t len = read(apart->fd, apart->answer, apart->size);

        if (len < 0 && (errno == EAGAIN || errno == EINTR))
            return false;
        apart->answered = len == (ssize_t)apart->size;
        apart->ended = true;
    }
    *ret_answer = apart->answered ? apart->answer : NULL;
    return true;
}

void apart_free(struct apart *apart)
{
    if (!apart)
        return;
    close(apart->fd);
    free(apart);
}
