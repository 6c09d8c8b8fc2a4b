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
    pid_t pid, session, parent;
    int fds, blocked;
    char text[32];
};

/* The answer of TASK within the limit, for free(); NULL when there was none. */
static void *answer_of(const struct apart_work *work, const void *task, size_t size)
{
    struct error err = {0};
    struct apart *apart = apart_start(work, task, size, -1, &err);
    const void *answer;

    ck_assert_ptr_nonnull(apart);
    struct pollfd news = {.fd = apart_fd(apart), .events = POLLIN};
    ck_assert_int_eq(poll(&news, 1, LIMIT_MS), 1);
    ck_assert(apart_ended(apart, &answer));
    void *copy = answer ? memcpy(xmalloc(work->answer_size), answer, work->answer_size) : NULL;
    apart_free(apart);
    return copy;
}

static void look_around(const char *task, size_t size, void *answer)
{
    struct state *state = answer;
    sigset_t blocked;

    state->pid = getpid();
    state->session = getsid(0);
    state->parent = getppid();
    for (int fd = 0; fd < 1000; fd++)
        state->fds += fcntl(fd, F_GETFD) >= 0;
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    state->blocked = sigismember(&blocked, SIGTERM);
    snprintf(state->text, sizeof(state->text), "%.*s", (int)size, task);
}

static const struct apart_work looking = {sizeof(struct state), look_around};

START_TEST(it_has_nothing_of_ours)
{
    sigset_t block;

    sigemptyset(&block);
    sigaddset(&block, SIGTERM);
    sigprocmask(SIG_BLOCK, &block, NULL);
    struct state *state = answer_of(&looking, "a text of ours", 14);

    ck_assert_ptr_nonnull(state);
    ck_assert_str_eq(state->text, "a text of ours");
    ck_assert_int_ne(state->pid, getpid());
    ck_assert_int_ne(state->session, getsid(0));
    ck_assert_int_eq(state->fds, 4); /* three to nowhere and the answer's */
    ck_assert_int_eq(state->blocked, 0);
    /* And it is nobody's child: only the clerk is ours. */
    ck_assert_int_ne(state->parent, getpid());
    free(state);
}
END_TEST

static void fill(const char *task, size_t size, void *answer)
{
    ck_assert_uint_eq(size, APART_TASK_MAX);
    memset(answer, task[APART_TASK_MAX - 1], APART_ANSWER_MAX);
}

static const struct apart_work filling = {APART_ANSWER_MAX, fill};

START_TEST(the_largest_answer_comes_whole)
{
    static char task[APART_TASK_MAX + 1];

    memset(task, 'x', sizeof(task));
    char *answer = answer_of(&filling, task, APART_TASK_MAX);

    ck_assert_ptr_nonnull(answer);
    ck_assert_int_eq(answer[0], 'x');
    ck_assert_int_eq(answer[APART_ANSWER_MAX - 1], 'x');
    free(answer);
    /* What is larger, or not in the list, is refused at once. */
    static const struct apart_work other = {4, fill};
    struct error err = {0};
    ck_assert_ptr_null(apart_start(&filling, task, sizeof(task), -1, &err));
    ck_assert_ptr_null(apart_start(&other, task, 1, -1, &err));
}
END_TEST

static void die(const char *task, size_t size, void *answer)
{
    (void)task, (void)size, (void)answer;
    raise(SIGKILL);
}

static const struct apart_work dying = {8, die};

START_TEST(one_that_is_killed_says_nothing)
{
    ck_assert_ptr_null(answer_of(&dying, "", 0));
}
END_TEST

static void wait_for_a_writer(const char *task, size_t size, void *answer)
{
    int fd = open(apart_string(&task, &size), O_RDONLY);

    *(int *)answer = fd >= 0;
}

static const struct apart_work waiting = {sizeof(int), wait_for_a_writer};

/* Its owner may leave before it has ended, and is not held up meanwhile. */
START_TEST(one_that_is_forgotten_goes_on)
{
    char path[64];
    struct error err = {0};
    const void *answer;

    snprintf(path, sizeof(path), "/tmp/vctop-apart-%ld", (long)getpid());
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    struct apart *apart = apart_start(&waiting, path, strlen(path) + 1, -1, &err);
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

/* The clerk shall not have anything of ours that was open either: it outlives no screen. */
START_TEST(the_clerk_ends_with_its_screen)
{
    struct error err = {0};

    apart_close();
    ck_assert_ptr_null(apart_start(&dying, "", 0, -1, &err));
    ck_assert_int_eq(wait(NULL), -1); /* SIGCHLD is ignored: back when the last child has ended */
    ck_assert_int_eq(errno, ECHILD);
}
END_TEST

START_TEST(strings_of_a_task_stay_within_it)
{
    const char *task = "one\0\0no end";
    size_t size = 11;

    ck_assert_str_eq(apart_string(&task, &size), "one");
    ck_assert_str_eq(apart_string(&task, &size), "");
    ck_assert_uint_eq(size, 6);
    ck_assert_ptr_null(apart_string(&task, &size));
    size = 0;
    ck_assert_ptr_null(apart_string(&task, &size));
}
END_TEST

static void setup(void)
{
    static const struct apart_work *const works[] = {&looking, &filling, &dying, &waiting};

    signal(SIGCHLD, SIG_IGN);
    ck_assert_int_eq(apart_open(works, 4, NULL), 0);
}

int main(void)
{
    Suite *suite = suite_create("base/apart");
    TCase *tc = tcase_create("all");

    tcase_add_checked_fixture(tc, setup, apart_close);
    tcase_add_test(tc, it_has_nothing_of_ours);
    tcase_add_test(tc, the_largest_answer_comes_whole);
    tcase_add_test(tc, one_that_is_killed_says_nothing);
    tcase_add_test(tc, one_that_is_forgotten_goes_on);
    tcase_add_test(tc, the_clerk_ends_with_its_screen);
    tcase_add_test(tc, strings_of_a_task_stay_within_it);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
