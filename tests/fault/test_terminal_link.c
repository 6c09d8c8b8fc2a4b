/* Faults 46 and 70, and a slow link: a terminal that is behind, that stopped reading, whose
 * sequences come in pieces. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
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
    printf("%dx%d, %d bytes/s: the whole help after a burst of keys takes %lld ms\n", columns,
           rows, link, help);
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

int main(void)
{
    const TTest *const tests[] = {
        slow_link_80x24,
        slow_link_120x40,
        slower_link,
    };

    return steps_main("links", tests, ARRAY_SIZE(tests));
}
