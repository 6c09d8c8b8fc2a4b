/* Rows 26, 27 and 32 of the fault list: the monitor of a container is stopped or killed; its groups
 * are not where they use to be. */
#include <check.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "fault/lxc_view.h"
#include "screen/family.h"
#include "screen/steps.h"

/* With the prefix of the rig (lxc_guests.c), which else leaves what it cannot tell from others'. */
#define VICTIM "vctop-ct-victim"

static struct screen *start(void)
{
    lxc_guest_add(VICTIM, NULL);
    lxc_guest_start(VICTIM);
    struct screen *screen = lxc_watch();
    ck_assert(steps_row_says(screen, VICTIM, " run ", PATIENCE_MS));
    return screen;
}

static void stop_monitor(struct screen *screen)
{
    ck_assert_int_eq(kill(lxc_guest_monitor(VICTIM), SIGSTOP), 0);
    ck_assert(screen_wait(screen, VICTIM ": LXC monitor stopped", 3000));
}

START_TEST(row_26_stopped_monitor_is_said_and_recovers)
{
    struct screen *screen = start();
    pid_t worker = family_find(screen, "--role=worker");

    stop_monitor(screen);
    ck_assert(steps_choose(screen, VICTIM));
    ck_assert(screen_wait(screen, "lxc container  LXC monitor stopped", PATIENCE_MS));
    ck_assert(steps_row_says(screen, VICTIM, "!C ", PATIENCE_MS));
    lxc_check_rule(screen);
    /* What asks the monitor is refused and does not hang. */
    lxc_act(screen, VICTIM, "d", NULL);
    ck_assert(screen_wait(screen, VICTIM ": could not shut down: its LXC monitor, process", 5000));
    ck_assert_int_ne(screen_find(screen, "is stopped"), -1);
    lxc_act(screen, VICTIM, "p", NULL);
    ck_assert(screen_wait(screen, VICTIM ": could not pause: its LXC monitor, process", 5000));
    ck_assert_int_ne(lxc_guest_init(VICTIM), 0);
    ck_assert_int_eq(kill(lxc_guest_monitor(VICTIM), SIGCONT), 0);
    ck_assert(screen_wait_gone(screen, "LXC monitor stopped", 3000));
    ck_assert(steps_row_says(screen, VICTIM, " run ", PATIENCE_MS));
    /* Nothing of what was refused was left behind in the monitor's queue. */
    screen_pump(screen, 500);
    ck_assert(lxc_guest_becomes(VICTIM, "RUNNING", 0));
    ck_assert_int_eq(family_find(screen, "--role=worker"), worker);
    lxc_quit(screen);
}
END_TEST

START_TEST(row_26_force_off_needs_no_monitor)
{
    struct screen *screen = start();

    stop_monitor(screen);
    lxc_act(screen, VICTIM, "f", VICTIM);
    ck_assert(screen_wait(screen, VICTIM ": force off done", 10000));
    ck_assert(steps_row_says(screen, VICTIM, " off ", 3000));
    ck_assert(lxc_guest_becomes(VICTIM, "STOPPED", 3000));
    ck_assert_int_eq(lxc_guest_monitor(VICTIM), 0);
    lxc_check_rule(screen);
    lxc_quit(screen);
}
END_TEST

/* A frozen init does not even obey SIGKILL where version 1 of cgroups freezes it. */
START_TEST(row_26_force_off_of_what_is_frozen_as_well)
{
    struct screen *screen = start();

    lxc_act(screen, VICTIM, "p", NULL);
    ck_assert(steps_row_says(screen, VICTIM, "frozen", 10000));
    stop_monitor(screen);
    lxc_act(screen, VICTIM, "f", VICTIM);
    ck_assert(screen_wait(screen, VICTIM ": force off done", 10000));
    ck_assert(lxc_guest_becomes(VICTIM, "STOPPED", 3000));
    ck_assert_int_eq(lxc_guest_monitor(VICTIM), 0);
    lxc_quit(screen);
}
END_TEST

START_TEST(row_26_batch_mode_does_not_wait_for_a_stopped_monitor)
{
    lxc_guest_add(VICTIM, NULL);
    lxc_guest_start(VICTIM);
    ck_assert_int_eq(kill(lxc_guest_monitor(VICTIM), SIGSTOP), 0);
    long long begin = screen_now_ms();
    json_t *sample = lxc_sample();
    ck_assert_int_lt(screen_now_ms() - begin, 4000);
    const json_t *guest = lxc_sample_guest(sample, VICTIM);
    ck_assert_str_eq(lxc_text(guest, "state"), "running");
    ck_assert_str_eq(lxc_text(guest, "stale"), "LXC monitor stopped");
    ck_assert(json_is_number(json_object_get(guest, "mem_used_bytes")));
    guest = lxc_sample_guest(sample, LXC_LIVE);
    ck_assert_str_eq(lxc_text(guest, "state"), "running");
    ck_assert(json_is_null(json_object_get(guest, "stale")));
    json_decref(sample);
}
END_TEST

static size_t orphaned_groups(void)
{
    glob_t groups;
    size_t count = 0;

    if (glob("/sys/fs/cgroup/*lxc.payload." VICTIM, 0, NULL, &groups) == 0) {
        count = groups.gl_pathc;
        globfree(&groups);
    }
    if (glob("/sys/fs/cgroup/*/lxc.payload." VICTIM, 0, NULL, &groups) == 0) {
        count += groups.gl_pathc;
        globfree(&groups);
    }
    return count;
}

/* The container dies with its monitor and leaves its groups: they are not the container. */
START_TEST(row_27_killed_monitor)
{
    struct screen *screen = start();
    pid_t worker = family_find(screen, "--role=worker");

    ck_assert_int_eq(kill(lxc_guest_monitor(VICTIM), SIGKILL), 0);
    ck_assert(steps_row_says(screen, VICTIM, " off ", 3000));
    ck_assert_uint_gt(orphaned_groups(), 0);
    lxc_check_rule(screen);
    json_t *sample = lxc_sample();
    const json_t *guest = lxc_sample_guest(sample, VICTIM);
    ck_assert_str_eq(lxc_text(guest, "state"), "off");
    ck_assert(json_is_null(json_object_get(guest, "mem_used_bytes")));
    json_decref(sample);
    /* Started again it has groups of another name, -1 behind it: those count. */
    lxc_act(screen, VICTIM, "s", NULL);
    ck_assert(screen_wait(screen, VICTIM ": start done", 10000));
    ck_assert(steps_row_says(screen, VICTIM, " run ", PATIENCE_MS));
    sample = lxc_sample();
    guest = lxc_sample_guest(sample, VICTIM);
    ck_assert_str_eq(lxc_text(guest, "state"), "running");
    ck_assert_int_ge(json_integer_value(json_object_get(guest, "pids")), 1);
    ck_assert_int_gt(json_integer_value(json_object_get(guest, "mem_used_bytes")), 0);
    json_decref(sample);
    ck_assert_int_eq(family_find(screen, "--role=worker"), worker);
    lxc_quit(screen);
}
END_TEST

/* A frozen container outlives its monitor where the freezer holds SIGKILL back. */
START_TEST(row_27_killed_monitor_of_a_frozen_container)
{
    struct screen *screen = start();

    lxc_act(screen, VICTIM, "p", NULL);
    ck_assert(steps_row_says(screen, VICTIM, "frozen", 10000));
    ck_assert_int_eq(kill(lxc_guest_monitor(VICTIM), SIGKILL), 0);
    screen_pump(screen, 1000);
    lxc_check_rule(screen);
    int row = steps_row_of(screen, VICTIM);
    ck_assert_int_ge(row, 0);
    if (!strstr(screen_row(screen, row), " off ")) {
        lxc_act(screen, VICTIM, "f", VICTIM);
        ck_assert(screen_wait(screen, VICTIM ": force off done", 10000));
    }
    ck_assert(steps_row_says(screen, VICTIM, " off ", 3000));
    lxc_quit(screen);
}
END_TEST

/* (Another one with -1 behind it: row 27.) */
START_TEST(row_32_groups_elsewhere)
{
    static const char *const lines[] = {"lxc.cgroup.dir = vctop-odd/place", NULL};

    lxc_guest_add("moved", lines);
    lxc_guest_start("moved");
    struct screen *screen = lxc_watch();
    ck_assert(steps_row_says(screen, "moved", " run ", PATIENCE_MS));
    json_t *sample = lxc_sample();
    const json_t *guest = lxc_sample_guest(sample, "moved");
    const json_t *live = lxc_sample_guest(sample, LXC_LIVE);
    ck_assert_int_ge(json_integer_value(json_object_get(guest, "pids")), 1);
    ck_assert_int_lt(json_integer_value(json_object_get(guest, "pids")), 20); /* not the host's */
    ck_assert_int_gt(json_integer_value(json_object_get(guest, "mem_used_bytes")), 0);
    ck_assert(json_is_number(json_object_get(live, "mem_used_bytes")));
    json_decref(sample);
    lxc_guest_kill("moved");
    ck_assert(steps_row_says(screen, "moved", " off ", PATIENCE_MS));
    lxc_check_rule(screen);
    lxc_quit(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        row_26_stopped_monitor_is_said_and_recovers,
        row_26_force_off_needs_no_monitor,
        row_26_force_off_of_what_is_frozen_as_well,
        row_26_batch_mode_does_not_wait_for_a_stopped_monitor,
        row_27_killed_monitor,
        row_27_killed_monitor_of_a_frozen_container,
        row_32_groups_elsewhere,
    };
    return lxc_guests_main("lxc_monitor", tests, ARRAY_SIZE(tests));
}
