#include "base/apart.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"

#define LIMIT_MS 20000

struct state {
    pid_t pid, session;
    int fds, blocked;
    char text[32];
};

/* The answer of TASK within the limit, for free(); NULL when there was none. */
static void *answer_of(void (*work)(const void *task, void *answer), const void *task, size_t size)
{
    struct error err = {0};
    struct apart *apart = apart_start(work, task, size, &err);
    const void *answer;

    ck_assert_ptr_nonnull(apart);
    struct pollfd news = {.fd = apart_fd(apart), .events = POLLIN};
    ck_assert_int_eq(poll(&news, 1, LIMIT_MS), 1);
    ck_assert(apart_ended(apart, &answer));
    void *copy = answer ? memcpy(xmalloc(size), answer, size) : NULL;
    apart_free(apart);
    return copy;
}

static void look_around(const void *task, void *answer)
{
    struct state *state = answer;
    sigset_t blocked;

    state->pid = getpid();
    state->session = getsid(0);
    for (int fd = 0; fd < 1000; fd++)
        state->fds += fcntl(fd, F_GETFD) >= 0;
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    state->blocked = sigismember(&blocked, SIGTERM);
    snprintf(state->text, sizeof(state->text), "%s", (const char *)task);
}

START_TEST(it_has_nothing_of_ours)
{
    sigset_t block;

    sigemptyset(&block);
    sigaddset(&block, SIGTERM);
    sigprocmask(SIG_BLOCK, &block, NULL);
    struct state *state = answer_of(look_around, "a text of ours", sizeof(*state));

    ck_assert_ptr_nonnull(state);
    ck_assert_str_eq(state->text, "a text of ours");
    ck_assert_int_ne(state->pid, getpid());
    ck_assert_int_ne(state->session, getsid(0));
    ck_assert_int_eq(state->fds, 4); /* three to nowhere and the answer's */
    ck_assert_int_eq(state->blocked, 0);
    /* And it is nobody's child. */
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
    ck_assert_int_eq(errno, ECHILD);
    free(state);
}
END_TEST

static void fill(const void *task, void *answer)
{
    memset(answer, *(const char *)task, APART_ANSWER_MAX);
}

START_TEST(the_largest_answer_comes_whole)
{
    char *answer = answer_of(fill, "x", APART_ANSWER_MAX);

    ck_assert_ptr_nonnull(answer);
    ck_assert_int_eq(answer[0], 'x');
    ck_assert_int_eq(answer[APART_ANSWER_MAX - 1], 'x');
    free(answer);
}
END_TEST

static void die(const void *task, void *answer)
{
    (void)task, (void)answer;
    raise(SIGKILL);
}

START_TEST(one_that_is_killed_says_nothing)
{
    ck_assert_ptr_null(answer_of(die, NULL, 8));
}
END_TEST

static void wait_for_a_writer(const void *task, void *answer)
{
    int fd = open(task, O_RDONLY);

    *(int *)answer = fd >= 0;
}

/* Its owner may leave before it has ended, and is not held up meanwhile. */
START_TEST(one_that_is_forgotten_goes_on)
{
    char path[64];
    struct error err = {0};
    const void *answer;

    snprintf(path, sizeof(path), "/tmp/vctop-apart-%ld", (long)getpid());
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    struct apart *apart = apart_start(wait_for_a_writer, path, sizeof(int), &err);
    ck_assert_ptr_nonnull(apart);
    ck_assert(!apart_ended(apart, &answer));
    apart_free(apart);
    /* Only a reader lets it be opened so: the one that nobody knows any more. */
    int fd = -1;
    for (int wait = 0; wait < 2000 && fd < 0; wait++) {
        fd = open(path, O_WRONLY | O_NONBLOCK);
        if (fd < 0)
            usleep(10000);
    }
    ck_assert_int_ge(fd, 0);
    close(fd);
    unlink(path);
    apart_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/apart");
    TCase *tc = tcase_create("all");

    tcase_add_test(tc, it_has_nothing_of_ours);
    tcase_add_test(tc, the_largest_answer_comes_whole);
    tcase_add_test(tc, one_that_is_killed_says_nothing);
    tcase_add_test(tc, one_that_is_forgotten_goes_on);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
