#include "base/confine.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WATCHED 1
#endif
#endif

/* Each test runs in a process of its own: what is given up does not come back. */

static unsigned long long status_bits(const char *name)
{
    char line[256];
    unsigned long long ret = 0;
    FILE *status = fopen("/proc/self/status", "re");

    ck_assert_ptr_nonnull(status);
    while (fgets(line, sizeof(line), status))
        if (strncmp(line, name, strlen(name)) == 0)
            ret = strtoull(line + strlen(name), NULL, 16);
    fclose(status);
    return ret;
}

START_TEST(only_what_is_kept_stays)
{
    if (geteuid() != 0) {
        puts("skipped: only root has capabilities to give up");
        return;
    }
    uint64_t keep = CONFINE_CAP(CAP_SYS_PTRACE);
    ck_assert_int_eq(confine_capabilities(keep), 0);
    ck_assert_uint_eq(status_bits("CapEff:"), keep & status_bits("CapEff:"));
    ck_assert_uint_eq(status_bits("CapPrm:"), keep & status_bits("CapPrm:"));
    ck_assert_uint_eq(status_bits("CapBnd:"), keep & status_bits("CapBnd:"));
    ck_assert_uint_eq(status_bits("CapInh:"), 0);
    ck_assert_int_eq(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
}
END_TEST

#ifndef WATCHED
#define refused(call) \
    do { \
        errno = 0; \
        ck_assert_int_lt((call), 0); \
        ck_assert_int_eq(errno, EPERM); \
    } while (0)

START_TEST(the_front_can_still_read_and_draw_but_little_else)
{
    char *argv[] = {(char *)"/bin/true", NULL};
    int pair[2];

    confine_front();
    refused(fork());
    refused(syscall(SYS_clone3, NULL, 0));
    refused(execve(argv[0], argv, argv + 1));
    refused(socket(AF_UNIX, SOCK_STREAM, 0));
    refused(socket(AF_INET, SOCK_STREAM, 0));
    refused(open("/dev/null", O_WRONLY));
    refused(open("/dev/null", O_RDWR));
    refused(openat(AT_FDCWD, "/tmp/vctop-confined", O_RDWR | O_CREAT, 0600));
    refused(unlink("/tmp/vctop-confined"));
    refused(rename("/tmp/vctop-confined", "/tmp/vctop-confined-2"));
    refused(kill(getppid(), 0));
    refused(kill(-1, 0));
    refused(syscall(SYS_ptrace, 0, 0, 0, 0));
    refused((int)syscall(SYS_io_uring_setup, 1, NULL));

    CLEANUP_CLOSE int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    ck_assert_int_eq(write(pair[0], "x", 1), 1);
    ck_assert_int_eq(kill(0, 0), 0);
    ck_assert_int_eq(raise(SIGCONT), 0);
    free(malloc((size_t)1 << 24));
}
END_TEST
#endif

int main(void)
{
    Suite *suite = suite_create("base/confine");
    TCase *tc = tcase_create("all");

    tcase_add_test(tc, only_what_is_kept_stays);
#ifndef WATCHED
    tcase_add_test(tc, the_front_can_still_read_and_draw_but_little_else);
#else
    puts("skipped: with sanitizers the front's calls are not filtered");
#endif
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
