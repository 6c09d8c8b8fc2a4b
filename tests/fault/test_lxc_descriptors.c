/* Row 57 of the fault list on real containers: no descriptors left. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "fault/lxc_view.h"
#include "screen/family.h"
#include "screen/steps.h"

/* The soft limit of PID; returns what it was. */
static rlim_t limit_files(pid_t pid, rlim_t to)
{
    struct rlimit limit;

    ck_assert_int_eq(prlimit(pid, RLIMIT_NOFILE, NULL, &limit), 0);
    rlim_t old = limit.rlim_cur;
    limit.rlim_cur = to;
    ck_assert_int_eq(prlimit(pid, RLIMIT_NOFILE, &limit, NULL), 0);
    return old;
}

static void check_never_says(struct screen *screen, const char *name, const char *text, int ms)
{
    for (long long end = screen_now_ms() + ms; screen_now_ms() < end;) {
        int row = steps_row_of(screen, name);
        ck_assert_msg(row < 0 || !strstr(screen_row(screen, row), text), "%s says '%s':\n%s", name,
                      text, screen_text(screen));
        screen_pump(screen, 100);
    }
}

START_TEST(row_57_no_descriptors_for_a_worker)
{
    lxc_guest_add("late", NULL);
    struct screen *screen = lxc_watch();
    pid_t worker = family_find(screen, "--role=worker");

    ck_assert(steps_row_says(screen, LXC_LIVE, " run ", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "late", " off ", PATIENCE_MS));
    rlim_t old = limit_files(worker, family_files_end(worker));
    lxc_guest_start("late");
    screen_pump(screen, 1500);
    check_never_says(screen, "late", " off ", 3000);
    check_never_says(screen, LXC_LIVE, " off ", 1000);
    ck_assert_int_ge(screen_find(screen, "no file descriptors are left"), 0);
    limit_files(worker, old);
    ck_assert(steps_row_says(screen, "late", " run ", PATIENCE_MS));
    ck_assert(steps_row_says(screen, LXC_LIVE, " run ", PATIENCE_MS));
    lxc_check_rule(screen);
    lxc_quit(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        row_57_no_descriptors_for_a_worker,
    };
    return lxc_guests_main("lxc_descriptors", tests, ARRAY_SIZE(tests));
}
