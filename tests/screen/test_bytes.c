/* What goes over a slow line: nothing between refreshes, little at each. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "screen/steps.h"

#define PERIODS 3
#define QUIET_BYTES 600 /* a refresh of 120x40 on a quiet host */
#define BUSY_BYTES \
    2500           /* where every figure moves: a fraction of a whole screen of 4,800 cells \
                    */
#define GAP_MS 150 /* bytes further apart than this are of two refreshes */

struct traffic {
    int bursts;
    size_t bytes;
};

static struct screen *start(const char *spec, const char *keys)
{
    char sim[128];
    const char *const args[] = {sim, "-d", "1", NULL};

    snprintf(sim, sizeof(sim), "--sim=%s", spec);
    struct screen *screen = screen_start(40, 120, args, NULL);
    ck_assert(screen_wait(screen, "SIMULATED", PATIENCE_MS));
    ck_assert(screen_wait(screen, "/800", PATIENCE_MS));
    screen_send(screen, keys);
    screen_pump(screen, 2500);
    return screen;
}

static struct traffic watch(struct screen *screen, int ms)
{
    struct traffic traffic = {0};
    size_t first = screen_bytes(screen), before = first;
    long long end = screen_now_ms() + ms, last = 0;

    while (screen_now_ms() < end) {
        screen_pump(screen, 10);
        if (screen_bytes(screen) == before)
            continue;
        before = screen_bytes(screen);
        if (screen_now_ms() - last > GAP_MS)
            traffic.bursts++;
        last = screen_now_ms();
    }
    traffic.bytes = before - first;
    return traffic;
}

static void check(const char *what, const char *spec, const char *keys, size_t most)
{
    struct screen *screen = start(spec, keys);
    struct traffic traffic = watch(screen, PERIODS * 1000);
    size_t each = traffic.bytes / (size_t)(traffic.bursts ? traffic.bursts : 1);

    printf("%s, 120x40: %zu bytes a refresh\n", what, each);
    ck_assert_int_ge(traffic.bursts, PERIODS - 1);
    ck_assert_int_le(traffic.bursts, PERIODS + 1);
    ck_assert_uint_gt(each, 0);
    ck_assert_uint_le(each, most);
    steps_shows(screen, "1", "q Quit");
    steps_quit(screen);
}

START_TEST(quiet_host)
{
    check("60 guests, figures at rest", "guests=60,machines=20," RESTING, "", QUIET_BYTES);
}
END_TEST

START_TEST(busy_host)
{
    check("220 guests, figures that move", "guests=220,machines=20,seed=2", "", BUSY_BYTES);
}
END_TEST

/* At a minute a curve moves on at every refresh. */
START_TEST(graphs_of_a_quiet_host)
{
    check("graphs, figures at rest", "guests=60,machines=20," RESTING, "jjH+++", QUIET_BYTES);
}
END_TEST

START_TEST(graphs_of_a_busy_host)
{
    check("graphs of three, figures that move", "guests=220,machines=20,seed=2", " j j jH+++",
          BUSY_BYTES);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {quiet_host, busy_host, graphs_of_a_quiet_host,
                                  graphs_of_a_busy_host};

    return steps_main("bytes", tests, ARRAY_SIZE(tests));
}
