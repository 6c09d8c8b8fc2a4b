/* refuse CODE CALLS PROGRAM [ARGUMENT]...: runs PROGRAM, and what it starts, under a filter of
 * system calls as a container or a service manager may set: CALLS (names apart by commas) fail with
 * CODE, "EPERM" or "ENOSYS".  Exit status 127 when that cannot be done. */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < 4)
        return 127;
    unsigned code = strcmp(argv[1], "ENOSYS") == 0 ? ENOSYS : EPERM;
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

    for (const char *name; filter && (name = strsep(&argv[2], ","));) {
        int call = seccomp_syscall_resolve_name(name);
        if (call == __NR_SCMP_ERROR ||
            seccomp_rule_add(filter, SCMP_ACT_ERRNO(code), call, 0) < 0) {
            fprintf(stderr, "refuse: there is no '%s' to refuse\n", name);
            return 127;
        }
    }
    if (!filter || seccomp_load(filter) < 0) {
        fprintf(stderr, "refuse: no filter can be set\n");
        return 127;
    }
    execv(argv[3], argv + 3);
    perror(argv[3]);
    return 127;
}
