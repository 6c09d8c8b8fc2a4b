/* Faults 60 and 61: the host's time zone changes, and somebody's filter refuses system calls. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fault/manners.h"
#include "screen/family.h"
#include "screen/steps.h"

#define SPEC "guests=20,machines=6," RESTING

/* ---- time zones */

/* A zone that is HOURS ahead, as tzfile(5) says: one type, no changes. */
static void write_zone(const char *path, int hours)
{
    unsigned char zone[44 + 6 + 4] = "TZif";
    int seconds = hours * 3600;

    zone[39] = 1; /* types */
    zone[43] = 4; /* bytes of names */
    for (int i = 0; i < 4; i++)
        zone[44 + i] = (unsigned char)(seconds >> (24 - 8 * i));
    memcpy(zone + 50, "ABC", 4);
    CLEANUP_FCLOSE FILE *file = fopen(path, "we");
    ck_assert(file && fwrite(zone, sizeof(zone), 1, file) == 1);
}

/* What the clock in the header says, in minutes of the day; -1 when there is none. */
static int minutes(struct screen *screen)
{
    const char *row = screen_row(screen, 0);
    size_t len = strlen(row);
    int hour, minute;

    return len >= 8 && sscanf(row + len - 8, "%2d:%2d:", &hour, &minute) == 2 ? hour * 60 + minute
                                                                              : -1;
}

START_TEST(row_60_another_time_zone)
{
    char zone[] = "/tmp/vctop-zone-XXXXXX", command[600];
    const char *argv[] = {"/bin/sh", "-c", command, NULL};
    int fd = mkstemp(zone);

    ck_assert_int_ge(fd, 0);
    close(fd);
    write_zone(zone, 0);
    if (geteuid() != 0 || access("/etc/localtime", F_OK) != 0 ||
        system("unshare -m true 2>/dev/null") != 0) {
        printf("SKIPPED: needs root, mounts of its own and a time zone of the host\n");
        unlink(zone);
        return;
    }
    snprintf(command, sizeof(command),
             "unset TZ; exec unshare -m sh -c 'mount --bind %s /etc/localtime && exec \"%s\" "
             "--no-config --sim=%s -d 0.2'",
             zone, screen_program(), SPEC);
    struct screen *screen = screen_start_program(24, 80, argv, NULL);
    ck_assert(screen_wait(screen, "/800", PATIENCE_MS));
    int before = minutes(screen);
    ck_assert_msg(before >= 0, "%s", screen_text(screen));
    screen_pump(screen, 1100); /* the C library looks at the second of its last change */
    write_zone(zone, 5);
    long long end = screen_now_ms() + PATIENCE_MS;
    int moved = 0;
    while ((moved = (minutes(screen) - before + 1440) % 1440) < 300 && screen_now_ms() < end)
        screen_pump(screen, 100);
    ck_assert_msg(moved >= 300 && moved < 310, "%d minutes\n%s", moved, screen_text(screen));
    ck_assert_int_eq(screen_find(screen, "stale"), -1);
    manners_alive(screen);
    steps_quit(screen);
    unlink(zone);
}
END_TEST

/* ---- refused calls */

/* A vctop of which CALLS are refused with CODE. */
static struct screen *start_refused(const char *code, const char *calls)
{
    const char *tools = getenv("TOOLS");
    static const char sim[] = "--sim=" SPEC;
    char program[4096];
    const char *argv[] = {program, code,  calls, screen_program(), "--no-config", sim,
                          "-d",    "0.2", NULL};

    snprintf(program, sizeof(program), "%s/refuse", tools ? tools : "build/tests");
    return screen_start_program(24, 80, argv, NULL);
}

/* It does without them: what filters know that are older than the call, and what those refuse that
 * are strict. */
START_TEST(row_61_calls_it_can_do_without)
{
    static const struct {
        const char *code, *calls;
    } filters[] = {
        {"EPERM", "close_range,clone3,faccessat2"},
        {"ENOSYS", "close_range,clone3,faccessat2,seccomp,getrandom"},
        {"EPERM", "socket,prctl,seccomp,capset,capget,setns,inotify_init1,eventfd2,setsid"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
        struct screen *screen = start_refused(filters[i].code, filters[i].calls);
        ck_assert_msg(screen_wait(screen, "/800", PATIENCE_MS), "%s:\n%s", filters[i].calls,
                      screen_text(screen));
        ck_assert(steps_row_says(screen, "grafana", " run ", PATIENCE_MS));
        manners_alive(screen);
        steps_quit(screen);
    }
}
END_TEST

/* Without these there is no picture: it says so and ends. */
START_TEST(row_61_calls_it_cannot_do_without)
{
    static const struct {
        const char *calls, *words;
    } filters[] = {
        {"memfd_create", "cannot draw: Operation not permitted"},
        {"signalfd4", "cannot receive signals: Operation not permitted"},
        {"socketpair", "cannot start the spawner: Operation not permitted"},
        {"poll,ppoll", "cannot wait for keys: Operation not permitted"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
        struct screen *screen = start_refused("EPERM", filters[i].calls);
        int status = screen_exit(screen, PATIENCE_MS);
        ck_assert_msg(status == 1 && strstr(screen_text(screen), filters[i].words), "%s: %d\n%s",
                      filters[i].calls, status, screen_text(screen));
        ck_assert(screen_restored(screen));
        ck_assert(family_shrinks_to(screen, 0, PATIENCE_MS));
        screen_free(screen);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        row_60_another_time_zone,
        row_61_calls_it_can_do_without,
        row_61_calls_it_cannot_do_without,
    };

    return steps_main("host", tests, ARRAY_SIZE(tests));
}
