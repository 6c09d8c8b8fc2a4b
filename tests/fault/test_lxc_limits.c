/* A container that runs into its limits of memory and of tasks is told of, with the kernel's
 * counts. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fault/lxc_view.h"
#include "screen/steps.h"

#define NAME "greedy"
#define SOON_MS 12000

static bool is_v1(void)
{
    return access("/sys/fs/cgroup/memory/memory.limit_in_bytes", F_OK) == 0;
}

static int in_container(const char *script)
{
    const char *argv[] = {"timeout", "20", "lxc-attach", "-P", lxc_guests_path(), "-n", NAME, "--",
                          "/bin/sh", "-c", script,       NULL};
    return lxc_run(argv, NULL, 0);
}

/* A count of the kernel's in FILE of the container's group below CONTROLLER, behind KEY ("": the
 * file is the number). */
static long kernel_count(const char *controller, const char *file, const char *key)
{
    char groups[4096], path[512], text[4096], wanted[32];

    lxc_read_proc(lxc_guest_init(NAME), "cgroup", groups, sizeof(groups));
    snprintf(wanted, sizeof(wanted), is_v1() ? ":%s:" : "::", controller);
    const char *group = strstr(groups, wanted);
    ck_assert_msg(group != NULL, "no %s in %s", wanted, groups);
    group += strlen(wanted);
    snprintf(path, sizeof(path), "/sys/fs/cgroup/%s%.*s/%s", is_v1() ? controller : "",
             (int)strcspn(group, "\n"), group, file);
    FILE *in = fopen(path, "r");
    ck_assert_msg(in != NULL, "%s", path);
    size_t len = fread(text, 1, sizeof(text) - 1, in);
    fclose(in);
    text[len] = '\0';
    const char *at = text;
    while (*key && at && (strncmp(at, key, strlen(key)) != 0 || at[strlen(key)] != ' ')) {
        at = strchr(at, '\n');
        at = at ? at + 1 : NULL;
    }
    ck_assert_msg(at != NULL, "%s has no %s: %s", path, key, text);
    return atol(at + strlen(key));
}

static long told(const char *key)
{
    json_t *sample = lxc_sample();
    const json_t *figure = json_object_get(lxc_sample_guest(sample, NAME), key);

    ck_assert_msg(json_is_integer(figure), "%s", key);
    long value = (long)json_integer_value(figure);
    json_decref(sample);
    return value;
}

static void start_limited(void)
{
    static const char *const v1[] = {"lxc.cgroup.memory.limit_in_bytes = 24M",
                                     "lxc.cgroup.pids.max = 12", NULL};
    static const char *const v2[] = {"lxc.cgroup2.memory.max = 24M", "lxc.cgroup2.pids.max = 12",
                                     NULL};

    lxc_guest_add(NAME, is_v1() ? v1 : v2);
    lxc_guest_start(NAME);
}

START_TEST(an_oom_kill_is_told_with_the_kernels_count)
{
    start_limited();
    struct screen *screen = lxc_watch();
    ck_assert(steps_row_says(screen, NAME, " run ", SOON_MS));
    ck_assert_int_eq(told("oom_kills"), 0);

    ck_assert_int_ne(in_container("dd if=/dev/zero of=/dev/null bs=64M count=1"), 0);
    ck_assert(screen_wait(screen, "1 OOM kill, limit 24.0M", SOON_MS));
    const char *file = is_v1() ? "memory.oom_control" : "memory.events";
    ck_assert_int_eq(kernel_count("memory", file, "oom_kill"), 1);
    ck_assert_int_eq(told("oom_kills"), 1);
    long hits = is_v1() ? kernel_count("memory", "memory.failcnt", "")
                        : kernel_count("memory", file, "max");
    ck_assert_int_gt(hits, 0);
    ck_assert_int_eq(told("mem_limit_hits"), hits);
    ck_assert(steps_row_says(screen, NAME, "!C", SOON_MS));
    lxc_check_rule(screen);
    lxc_quit(screen);
}
END_TEST

/* The kernel takes the init of the container first. */
static void prefer_init(void)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/%ld/oom_score_adj", (long)lxc_guest_init(NAME));
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs("1000", file);
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(a_container_whose_init_is_killed_is_not_just_off)
{
    start_limited();
    struct screen *screen = lxc_watch();
    ck_assert(steps_row_says(screen, NAME, " run ", SOON_MS));
    prefer_init();
    /* Each of them is smaller than the preference is worth. */
    in_container("for i in 1 2 3; do dd if=/dev/zero of=/dev/null bs=9M & done; wait");
    ck_assert(steps_row_says(screen, NAME, "CRASHED", SOON_MS));
    ck_assert(screen_wait(screen, "its init was killed for want of memory", SOON_MS));
    lxc_check_rule(screen);
    lxc_guest_start(NAME);
    ck_assert(steps_row_says(screen, NAME, " run ", SOON_MS));
    lxc_guest_kill(NAME); /* by hand: that is off */
    ck_assert(steps_row_says(screen, NAME, " off ", SOON_MS));
    lxc_quit(screen);
}
END_TEST

START_TEST(a_limit_of_tasks_is_told_with_the_kernels_count)
{
    start_limited();
    struct screen *screen = lxc_watch();
    ck_assert(steps_row_says(screen, NAME, " run ", SOON_MS));
    ck_assert_int_eq(told("pids_limit_hits"), 0);

    in_container("i=0; while [ $i -lt 20 ]; do sleep 1 & i=$((i+1)); done; wait");
    long hits = kernel_count("pids", "pids.events", "max");
    ck_assert_int_gt(hits, 0);
    ck_assert(screen_wait(screen, "limit of tasks hit", SOON_MS));
    ck_assert(steps_row_says(screen, NAME, "TASK LIMIT", SOON_MS));
    ck_assert_int_eq(told("pids_limit_hits"), hits);
    lxc_check_rule(screen);
    lxc_quit(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        an_oom_kill_is_told_with_the_kernels_count,
        a_container_whose_init_is_killed_is_not_just_off,
        a_limit_of_tasks_is_told_with_the_kernels_count,
    };

    return lxc_guests_main("limits", tests, ARRAY_SIZE(tests));
}
