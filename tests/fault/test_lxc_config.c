/* Row 34 of the fault list: configurations that are none. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fault/lxc_view.h"
#include "screen/family.h"
#include "screen/steps.h"

#define HUGE_BYTES (100 << 20)
#define RESIDENT_MAX_KIB (60 << 10) /* far from what reading the huge one would take */

static const char *const broken[] = {"junk", "huge", "fifo", "folder", "socket"};

/* The path of the configuration of NAME, whose folder is made. */
static const char *config_of(const char *name)
{
    ck_assert_int_eq(mkdir(lxc_guest_file(name, ""), 0755), 0);
    return lxc_guest_file(name, "config");
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

static void corrupt(void)
{
    write_file(config_of("junk"), "lxc.uts.name = junk\nlxc.\033]0;pwned\a = 1\n");
    /* liblxc overlooks what does not begin with "lxc.". */
    write_file(config_of("chatty"), "lxc.uts.name = chatty\nthis is no setting \033[31m\n");
    write_file(config_of("empty"), "");
    const char *path = config_of("huge");
    write_file(path, "lxc.uts.name = huge\n");
    ck_assert_int_eq(truncate(path, HUGE_BYTES), 0);
    ck_assert_int_eq(mkfifo(config_of("fifo"), 0644), 0);
    ck_assert_int_eq(mkdir(config_of("folder"), 0755), 0);
    ck_assert_int_eq(mknod(config_of("socket"), S_IFSOCK | 0644, 0), 0);
    lxc_guest_add("plain", NULL);
}

/* What liblxc can read is no bad configuration, however little it says. */
static const char *state_of(const char *name)
{
    return lxc_guest_becomes(name, "STOPPED", 0) ? "off" : "broken";
}

/* A line "NAME:  123 kB" of /proc/PID/status. */
static long peak_kib(pid_t pid)
{
    char path[64], text[64];
    const char *argv[] = {"sed", "-n", "s/^VmHWM: *\\([0-9]*\\).*/\\1/p", path, NULL};

    snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
    ck_assert_int_eq(lxc_run(argv, text, sizeof(text)), 0);
    return atol(text + strspn(text, " \t"));
}

START_TEST(row_34_each_bad_configuration_is_one_row)
{
    char state[16];

    corrupt();
    snprintf(state, sizeof(state), " %s ", state_of("empty"));
    struct screen *screen = lxc_watch();
    for (size_t i = 0; i < ARRAY_SIZE(broken); i++)
        ck_assert(steps_row_says(screen, broken[i], "broken", PATIENCE_MS));
    ck_assert(screen_wait(screen, "bad configuration: line 2", PATIENCE_MS));
    ck_assert(screen_wait(screen, "larger than", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "empty", state, PATIENCE_MS));
    ck_assert(steps_row_says(screen, "chatty", state, PATIENCE_MS));
    ck_assert(steps_row_says(screen, "plain", " off ", PATIENCE_MS));
    lxc_check_rule(screen);
    ck_assert_int_ne(screen_find(screen, "Guests (9)"), -1);
    ck_assert_int_lt(peak_kib(family_find(screen, "--role=worker")), RESIDENT_MAX_KIB);
    /* Nothing can be done to it, and the menu says why. */
    lxc_choose(screen, "huge", "s");
    ck_assert(screen_wait(screen, "its configuration cannot be read", PATIENCE_MS));
    screen_send(screen, "\033");
    screen_pump(screen, 300);
    /* Mended, each is a container like others; others can be broken meanwhile. */
    ck_assert_int_eq(unlink(lxc_guest_file("fifo", "config")), 0);
    write_file(lxc_guest_file("fifo", "config"), "lxc.uts.name = fifo\n");
    write_file(lxc_guest_file("plain", "config"), "lxc.start.auto = perhaps\n");
    ck_assert(steps_row_says(screen, "fifo", " off ", 5000));
    ck_assert(steps_row_says(screen, "plain", "broken", 5000));
    lxc_quit(screen);
}
END_TEST

START_TEST(row_34_batch_mode)
{
    corrupt();
    long long begin = screen_now_ms();
    json_t *sample = lxc_sample();
    ck_assert_int_lt(screen_now_ms() - begin, 4000);
    for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
        const json_t *guest = lxc_sample_guest(sample, broken[i]);
        ck_assert_str_eq(lxc_text(guest, "state"), "broken");
        ck_assert_ptr_nonnull(strstr(lxc_text(guest, "state_reason"), "bad configuration"));
        ck_assert(json_is_null(json_object_get(guest, "autostart")));
    }
    ck_assert_str_eq(lxc_text(lxc_sample_guest(sample, "empty"), "state"), state_of("empty"));
    ck_assert_str_eq(lxc_text(lxc_sample_guest(sample, "chatty"), "state"), state_of("chatty"));
    ck_assert_str_eq(lxc_text(lxc_sample_guest(sample, "plain"), "state"), "off");
    ck_assert_str_eq(lxc_text(lxc_sample_guest(sample, LXC_LIVE), "state"), "running");
    json_decref(sample);
}
END_TEST

/* What runs goes on being watched when its configuration is spoiled. */
START_TEST(row_34_spoiled_while_it_runs)
{
    lxc_guest_add("victim", NULL);
    lxc_guest_start("victim");
    struct screen *screen = lxc_watch();
    ck_assert(steps_row_says(screen, "victim", " run ", PATIENCE_MS));
    write_file(lxc_guest_file("victim", "config"), "lxc.spoiled = 1\n");
    screen_pump(screen, 1000);
    ck_assert(steps_row_says(screen, "victim", " run ", 0));
    json_t *sample = lxc_sample();
    const json_t *guest = lxc_sample_guest(sample, "victim");
    ck_assert_str_eq(lxc_text(guest, "state"), "running");
    ck_assert_ptr_nonnull(strstr(lxc_text(guest, "state_reason"), "bad configuration: line 1"));
    ck_assert(json_is_number(json_object_get(guest, "mem_used_bytes")));
    json_decref(sample);
    lxc_check_rule(screen);
    lxc_act(screen, "victim", "f", "victim");
    ck_assert(screen_wait(screen, "victim: force off done", 10000));
    ck_assert(steps_row_says(screen, "victim", "broken", 5000));
    lxc_quit(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        row_34_each_bad_configuration_is_one_row,
        row_34_batch_mode,
        row_34_spoiled_while_it_runs,
    };
    return lxc_guests_main("lxc_config", tests, ARRAY_SIZE(tests));
}
