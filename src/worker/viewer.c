#include "worker/viewer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fds.h"

#define PROGRAM "virt-viewer"
#define ARGS_MAX 16

static bool is_set(const char *name)
{
    const char *value = getenv(name);

    return value && *value;
}

/* Where $PATH has it; only absolute folders count. */
static bool find_program(char path[PATH_MAX])
{
    const char *at = getenv("PATH");

    while (at && *at) {
        size_t len = strcspn(at, ":");
        int n = snprintf(path, PATH_MAX, "%.*s/" PROGRAM, (int)len, at);
        if (*at == '/' && n > 0 && n < PATH_MAX && access(path, X_OK) == 0)
            return true;
        at += len + (at[len] == ':');
    }
    return false;
}

char *viewer_missing(bool shows)
{
    char path[PATH_MAX];

    if (!shows)
        return xstrdup("virt-viewer cannot show this guest");
    if (!is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY"))
        return xstrdup("there is no display: neither DISPLAY nor WAYLAND_DISPLAY is set");
    return find_program(path) ? NULL : xstrdup("virt-viewer is not installed");
}

/* Between fork and exec, beside threads: nothing that may wait for one of them. */
static _Noreturn void become(const char *path, char **argv, int null)
{
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigset_t none;

    setsid();
    for (int number = 1; number < NSIG; number++)
        sigaction(number, &standard, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        dup2(null, fd);
    fds_close(STDERR_FILENO + 1, ~0u);
    execve(path, argv, environ);
    _exit(127);
}

int viewer_start(const char *const *args, size_t count, struct error *err)
{
    char *argv[ARGS_MAX + 2] = {(char *)PROGRAM};
    char path[PATH_MAX];
    int null;
    pid_t pid;

    if (!find_program(path))
        return error_set(err, ERR_GONE, "install virt-viewer", "virt-viewer is not installed");
    for (size_t i = 0; i < count && i < ARGS_MAX; i++)
        argv[i + 1] = (char *)args[i];
    null = open("/dev/null", O_RDWR | O_CLOEXEC);
    pid = null < 0 ? -1 : fork();
    if (pid == 0) {
        /* Its parent is gone at once: init reaps it. */
        pid = fork();
        if (pid == 0)
            become(path, argv, null);
        _exit(pid < 0);
    }
    if (pid < 0) {
        int errnum = errno;
        if (null >= 0)
            close(null);
        return error_errno(err, errnum, "cannot start virt-viewer");
    }
    close(null);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    return 0;
}
