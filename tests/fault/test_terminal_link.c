/* Fault 46 and a slow link: a terminal that is behind, or has stopped reading. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "fault/manners.h"
#include "screen/family.h"
#include "screen/steps.h"

#define MOVING "guests=60,machines=20,seed=2"
#define KEYS 12

/* ---- a slow link ---- */

struct lag {
    long long median, worst;
};

static int by_size(const void *a, const void *b)
{
    long long left = *(const long long *)a, right = *(const long long *)b;

    return (left > right) - (left < right);
}

/* From the key to the cursor in its new row. */
static struct lag key_lag(struct screen *screen)
{
    long long took[KEYS];

    for (int i = 0; i < KEYS; i++) {
        int before = steps_cursor_row(screen);
        long long start = screen_now_ms();
        screen_send(screen, i % 2 ? "k" : "j");
        for (int now = before; now == before || now < 0; now = steps_cursor_row(screen)) {
            screen_pump(screen, 5);
            ck_assert_int_lt(screen_now_ms() - start, PATIENCE_MS);
        }
        took[i] = screen_now_ms() - start;
        screen_pump(screen, 170);
    }
    qsort(took, KEYS, sizeof(took[0]), by_size);
    return (struct lag){.median = took[KEYS / 2], .worst = took[KEYS - 1]};
}

/* Until the last row, which a frame draws last, is another. */
static long long footer_lag(struct screen *screen, const char *keys)
{
    CLEANUP_FREE char *before = strdup(screen_row(screen, screen_find(screen, "Quit")));
    int row = screen_find(screen, "Quit");
    long long start = screen_now_ms();

    screen_send(screen, keys);
    while (!strcmp(screen_row(screen, row), before) && screen_now_ms() - start < PATIENCE_MS)
        screen_pump(screen, 5);
    return screen_now_ms() - start;
}

static void slow_link(int rows, int columns, int link, long long most_ms)
{
    struct screen *screen = steps_start(rows, columns, MOVING, NULL);

    screen_link(screen, link);
    screen_pump(screen, 2000);
    size_t bytes = screen_bytes(screen), asked = screen_asked(screen);
    long long start = screen_now_ms();
    struct lag lag = key_lag(screen);
    double seconds = (double)(screen_now_ms() - start) / 1000;
    printf("%dx%d, new figures every 0.2 s, %d bytes/s: a key takes %lld ms, at worst %lld; "
           "%.0f bytes/s, %.1f questions/s\n",
           columns, rows, link, lag.median, lag.worst,
           (double)(screen_bytes(screen) - bytes) / seconds,
           (double)(screen_asked(screen) - asked) / seconds);
    ck_assert_int_le(lag.median, most_ms);
    /* A burst of keys leaves no queue of pictures behind. */
    screen_send(screen, "g");
    for (int i = 0; i < 150; i++) {
        screen_send(screen, i < 75 ? "j" : "k");
        screen_pump(screen, 20);
    }
    long long help = footer_lag(screen, "?");
    printf("%dx%d, %d bytes/s: the whole help after a burst of keys takes %lld ms\n", columns, rows,
           link, help);
    ck_assert_int_le(help, 4 * most_ms);
    screen_send(screen, "qq");
    ck_assert_int_eq(screen_exit(screen, PATIENCE_MS), 0);
    screen_link(screen, SCREEN_FAST);
    screen_pump(screen, 50);
    ck_assert(screen_restored(screen));
    ck_assert(family_shrinks_to(screen, 0, PATIENCE_MS));
    screen_free(screen);
}

START_TEST(slow_link_80x24)
{
    slow_link(24, 80, 9600, 500);
}
END_TEST

START_TEST(slow_link_120x40)
{
    slow_link(40, 120, 9600, 1000);
}
END_TEST

/* Less than what the figures need. */
START_TEST(slower_link)
{
    slow_link(40, 120, 4800, 2000);
}
END_TEST

/* ---- a terminal that stopped reading ---- */

/* One that does not answer either: nothing but a full pty tells that it is behind. */
static struct screen *start_deaf(void)
{
    static const char *const args[] = {"--sim=" MOVING, "-d", "0.2", NULL};
    struct screen *screen = screen_start(40, 120, args, NULL);

    screen_deafen(screen);
    ck_assert(screen_wait(screen, "/800", PATIENCE_MS));
    return screen;
}

/* More than a pty holds, so that some is left with us when it does not answer. */
static void fill(struct screen *screen)
{
    screen_link(screen, 0);
    for (int i = 0; i < 60; i++) {
        screen_send(screen, i % 2 ? "\f" : "?");
        screen_pump(screen, 20);
    }
}

static void check_not_read(struct screen *screen)
{
    pid_t worker = family_find(screen, "--role=worker");

    fill(screen);
    long before = manners_resident_kib(screen_pid(screen));
    double used = manners_cpu_percent(screen, 7000);
    printf("not read for 7 s: %.1f %% of a CPU, %ld KiB more\n", used,
           manners_resident_kib(screen_pid(screen)) - before);
    ck_assert_msg(used < 25, "%.1f %% of a CPU", used);
    ck_assert_int_lt(manners_resident_kib(screen_pid(screen)) - before, 4096);
    /* Keys went on meanwhile, and nobody was taken for dead. */
    screen_send(screen, "/web1");
    screen_pump(screen, 500);
    screen_link(screen, SCREEN_FAST);
    ck_assert(screen_wait(screen, "Filter: web1", PATIENCE_MS));
    screen_send(screen, "\025\r");
    ck_assert(screen_wait_gone(screen, "late", PATIENCE_MS));
    ck_assert_int_eq(family_find(screen, "--role=worker"), worker);
    manners_alive(screen);
    steps_quit(screen);
}

START_TEST(row_46_stops_reading)
{
    check_not_read(steps_start(40, 120, MOVING, NULL));
}
END_TEST

START_TEST(row_46_stops_reading_and_never_answered)
{
    check_not_read(start_deaf());
}
END_TEST

static void check_end_unread(const char *keys, int number)
{
    struct screen *screen = start_deaf();

    fill(screen);
    long long start = screen_now_ms();
    if (number)
        kill(screen_pid(screen), number);
    else
        screen_send(screen, keys);
    int status = screen_exit(screen, 10000);
    printf("%s while nobody reads: %lld ms\n", number ? strsignal(number) : "quit",
           screen_now_ms() - start);
    ck_assert_int_eq(status, number ? 128 + number : 0);
    ck_assert_int_lt(screen_now_ms() - start, 5000);
    ck_assert(family_shrinks_to(screen, 0, PATIENCE_MS));
    screen_free(screen);
}

START_TEST(row_46_ends_though_nobody_reads)
{
    struct rlimit none = {0};

    setrlimit(RLIMIT_CORE, &none);
    check_end_unread("\033[21~", 0);
    check_end_unread(NULL, SIGTERM);
    check_end_unread(NULL, SIGHUP);
    if (!manners_sanitized())
        check_end_unread(NULL, SIGSEGV);
}
END_TEST

/* ^S is a key like any other in raw mode; a terminal that is stopped for real takes nothing. */
START_TEST(row_46_control_s)
{
    struct screen *screen = steps_start(24, 80, MOVING, NULL);

    screen_send(screen, "\023");
    manners_alive(screen);
    screen_stop(screen, true);
    screen_pump(screen, 500);
    size_t bytes = screen_bytes(screen);
    screen_send(screen, "?");
    screen_pump(screen, 1000);
    ck_assert_uint_eq(screen_bytes(screen), bytes);
    screen_stop(screen, false);
    ck_assert(screen_wait(screen, "Moving", PATIENCE_MS));
    screen_send(screen, "q");
    screen_stop(screen, true);
    screen_pump(screen, 300);
    screen_send(screen, "\033[21~");
    ck_assert_int_eq(screen_exit(screen, PATIENCE_MS), 0);
    screen_free(screen);
}
END_TEST

/* A terminal that does not answer gets its pictures all the same, and is asked once. */
START_TEST(deaf_terminal)
{
    struct screen *screen = start_deaf();

    for (int i = 0; i < 40; i++) {
        screen_send(screen, "\f");
        screen_pump(screen, 25);
    }
    long long start = screen_now_ms();
    manners_alive(screen);
    ck_assert_int_lt(screen_now_ms() - start, 5000);
    screen_pump(screen, 3000);
    screen_send(screen, "\f");
    screen_pump(screen, 500);
    ck_assert_uint_eq(screen_asked(screen), 1);
    steps_quit(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        slow_link_80x24,
        slow_link_120x40,
        slower_link,
        row_46_stops_reading,
        row_46_stops_reading_and_never_answered,
        row_46_ends_though_nobody_reads,
        row_46_control_s,
        deaf_terminal,
    };

    return steps_main("links", tests, ARRAY_SIZE(tests));
}
