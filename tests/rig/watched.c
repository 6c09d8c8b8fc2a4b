/* Preloaded below valgrind, which cannot follow what else protects the program: a filter of system
 * calls that would refuse valgrind's own, and a child that is executed as /proc/self/exe, which is
 * valgrind itself there.  VCTOP in the environment names the program. */
#include <dlfcn.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int seccomp_load(const scmp_filter_ctx filter)
{
    (void)filter;
    return 0;
}

int execve(const char *path, char *const *argv, char *const *environment)
{
    int (*real)(const char *, char *const *, char *const *) = dlsym(RTLD_NEXT, "execve");
    const char *program = getenv("VCTOP");

    return real(program && strcmp(path, "/proc/self/exe") == 0 ? program : path, argv, environment);
}
