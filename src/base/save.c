#include "base/save.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"

#define ANSWER_FD 3

/* What the writer says at its end: small enough for a pipe to take it whole. */
struct answer {
    struct error err;
    char full[3000];
};

_Static_assert(sizeof(struct answer) <= PIPE_BUF, "an answer is never torn");

struct save {
    int fd;
    bool ended;
    char path[PATH_MAX];
    struct answer answer;
};

/* ---- in the writer ---- */

static void find_full_path(char *dst, size_t size, const char *path)
{
    char here[1000]; /* a longer one is not worth the words */

    if (path[0] == '/' || !getcwd(here, sizeof(here)))
        snprintf(dst, size, "%s", path);
    else
        snprintf(dst, size, "%s%s%s", here, here[1] ? "/" : "", path);
}

static int write_all(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t done = write(fd, text, len);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return done < 0 ? errno : EIO;
        text += done;
        len -= (size_t)done;
    }
    return 0;
}

/* What is there by that name is the file that we made, and not what somebody put in its place. */
static void remove_ours(const char *path, const struct stat *ours)
{
    struct stat there;

    if (lstat(path, &there) == 0 && there.st_dev == ours->st_dev && there.st_ino == ours->st_ino)
        unlink(path);
}

static int write_file(const char *path, const char *text, size_t len, struct error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0600);
    struct stat made;

    if (fd < 0 && errno == EEXIST)
        return error_set(err, ERR_USAGE, "choose another name: nothing is ever overwritten",
                         "%.200s exists already", path);
    if (fd < 0)
        return error_errno(err, errno, "cannot make %.200s", path);
    int problem = fstat(fd, &made) == 0 ? write_all(fd, text, len) : errno;
    /* Network file systems say only now that there is no room. */
    if (close(fd) != 0 && !problem && errno != EINTR)
        problem = errno;
    if (!problem)
        return 0;
    remove_ours(path, &made);
    return error_errno(err, problem, "cannot write %.200s", path);
}

/* Nothing of the screen's: no terminal that it would keep open, no socket whose end somebody waits
 * for, no handler that would touch either. */
static void let_go(int answer)
{
    sigset_t none;

    prctl(PR_SET_NAME, "vctop-save");
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
    if (dup2(answer, ANSWER_FD) < 0)
        _exit(126);
    close_range(ANSWER_FD + 1, ~0u, 0);
}

/* Between them the two leave nobody that has to be waited for. */
static _Noreturn void become_writer(const char *path, const char *text, size_t len, int fd)
{
    struct answer answer = {.err = {0}};

    let_go(fd);
    pid_t pid = fork();
    if (pid > 0)
        _exit(0);
    find_full_path(answer.full, sizeof(answer.full), path);
    if (pid < 0)
        error_errno(&answer.err, errno, "cannot begin to write %.200s", path);
    else
        write_file(path, text, len, &answer.err);
    _exit(write(ANSWER_FD, &answer, sizeof(answer)) == (ssize_t)sizeof(answer) ? 0 : 1);
}

/* ---- in the screen ---- */

struct save *save_start(const char *path, const char *text, size_t len, struct error *err)
{
    CLEANUP_CLOSE int ours = -1, theirs = -1;
    int fds[2];

    if (strlen(path) >= sizeof(((struct save *)0)->path)) {
        error_errno(err, ENAMETOOLONG, "cannot make the file");
        return NULL;
    }
    if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0) {
        error_errno(err, errno, "cannot begin to write %.200s", path);
        return NULL;
    }
    ours = fds[0];
    /* Not where standard streams go, should one of them be closed. */
    theirs = fcntl(fds[1], F_DUPFD_CLOEXEC, ANSWER_FD + 1);
    close(fds[1]);
    pid_t pid = theirs < 0 ? -1 : fork();
    if (pid == 0)
        become_writer(path, text, len, theirs);
    if (pid < 0) {
        error_errno(err, errno, "cannot begin to write %.200s", path);
        return NULL;
    }
    /* It forks once more and leaves: a moment. */
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    struct save *save = xcalloc(1, sizeof(*save));
    save->fd = move_fd(&ours);
    snprintf(save->path, sizeof(save->path), "%s", path);
    return save;
}

int save_fd(const struct save *save)
{
    return save->fd;
}

bool save_ended(struct save *save, struct error *err)
{
    if (!save->ended) {
        ssize_t len = read(save->fd, &save->answer, sizeof(save->answer));

        if (len < 0 && (errno == EAGAIN || errno == EINTR))
            return false;
        if (len != (ssize_t)sizeof(save->answer))
            error_set(&save->answer.err, ERR_GONE, "look at the file",
                      "what wrote %.200s was killed", save->path);
        save->ended = true;
    }
    *err = save->answer.err;
    return true;
}

const char *save_path(const struct save *save)
{
    return save->ended && save->answer.full[0] ? save->answer.full : save->path;
}

void save_free(struct save *save)
{
    if (!save)
        return;
    close(save->fd);
    free(save);
}
