/* Whole screens, compared with tests/screen/golden.  After a wanted change of the picture write
 * them anew with VCTOP_GOLDEN=write and look at the difference. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "screen/steps.h"

#define SMALL "guests=20,machines=6," RESTING
/* Faults as old as the look at them, so that no age changes while one looks. */
#define SICK \
    SMALL ",calm,nospace=backup@0,hang=web1@0,crash=gitlab@0,oom=grafana@0,off=mail@0," \
          "restarted=724"
#define LARGE "guests=60,machines=20," RESTING
#define EVENTFUL ",hang=db01@2,lost@4+1"

/* Graphs grow by a column in seconds: a golden picture has its moment, and it is waited for. */
#define LIMIT_MS 90000
#define WRITE_AFTER_MS 11000

/* When WAIT is on the screen, KEYS are typed. */
struct step {
    const char *wait, *keys;
};

static const struct picture {
    const char *name;
    int rows, columns;
    const char *sim, *option;
    struct step steps[4];
} pictures[] = {
    /* The cursor on a guest without figures: its graphs stay empty. */
    {"guests-80x24", 24, 80, SMALL, NULL, {{"build-01", "j"}}},
    {"guests-80x23", 23, 80, SMALL, NULL, {{"build-01", "j"}}},
    {"guests-80x24-ascii", 24, 80, SMALL, "-U", {{"build-01", "j"}}},
    {"guests-40x10", 10, 40, SMALL, NULL, {{"build-01", "j"}}},
    {"guests-100x30", 30, 100, SMALL, NULL, {{"build-01", "jj"}}},
    {"guests-120x40", 40, 120, LARGE, NULL, {{"build-01", "jj"}}},
    {"guests-120x40-ascii", 40, 120, LARGE, "-U", {{"build-01", "j"}}},
    /* The detail below the shorter table; beside them where neither leaves it room. */
    {"guests-200x60", 60, 200, LARGE, NULL, {{"build-01", "jj"}}},
    {"guests-160x40", 40, 160, LARGE, NULL, {{"build-01", "jj"}}},
    /* One kind of guest has one table where there is room for all columns. */
    {"containers-160x40", 40, 160, "guests=12,machines=0," RESTING, NULL, {{"build-01", "kk"}}},
    /* Long names have room before other columns say more, and the one found keeps the columns. */
    {"long-names-80x24", 24, 80, SMALL ",long", NULL, {{"build-01", "jz/web\r"}}},
    {"long-names-120x40", 40, 120, LARGE ",long", NULL, {{"build-01", "jj"}}},
    {"long-names-200x60", 60, 200, LARGE ",long", NULL, {{"build-01", "jj"}}},
    /* The tab of what isolates it, of one that is weak. */
    {"isolation-100x30", 30, 100, SMALL, NULL, {{"build-01", "z/mail\r"}, {"1 of 20", "\t[[["}}},
    {"sick-80x24", 24, 80, SICK, NULL, {{"1 OOM kill", "!"}}},
    {"sick-120x40", 40, 120, SICK, NULL, {{"1 OOM kill", "!!"}}},
    {"calm-80x24", 24, 80, SMALL ",calm", NULL, {{"legacy", "z"}}},
    {"help-80x24", 24, 80, SMALL, NULL, {{"build-01", "?"}}},
    {"help-120x60", 60, 120, SMALL, NULL, {{"build-01", "?"}}},
    {"events-80x24", 24, 80, SMALL EVENTFUL, NULL, {{"build-01", "3"}, {"was restarted", "j"}}},
    {"events-120x40",
     40,
     120,
     LARGE EVENTFUL,
     NULL,
     {{"build-01", "3"}, {"was restarted", "/lost\r"}}},
    {"events-40x10", 10, 40, SMALL EVENTFUL, "-U", {{"build-01", "3"}, {"its daemo", "j"}}},
    {"compare-40x24", 24, 40, SMALL, NULL, {{"build-01", "2"}}},
    {"compare-80x24", 24, 80, SMALL, NULL, {{"build-01", "2"}}},
    {"compare-120x40", 40, 120, LARGE, NULL, {{"build-01", "2"}}},
    {"compare-200x60", 60, 200, LARGE, NULL, {{"build-01", "2"}}},
    {"events-empty-80x24", 24, 80, SMALL, NULL, {{"build-01", "3"}}},
    {"help-search-80x24", 24, 80, SMALL, NULL, {{"build-01", "?"}, {"Moving", "/mark\rn"}}},
    /* One graph alone: of several, those of rates begin a sample later. */
    {"graphs-80x24", 24, 80, SMALL, NULL, {{"build-01", "z/build\r"}, {"1 of 20", "Hz"}}},
    {"graphs-200x60", 60, 200, LARGE, NULL, {{"build-01", "/build-01\r"}, {"1 of 60", "Hz"}}},
    {"graphs-two-120x40", 40, 120, LARGE, NULL, {{"build-01", "jjj  H"}, {"Graphs", "z"}}},
    {"graphs-two-80x24-ascii", 24, 80, SMALL, "-U", {{"build-01", "jjj  H"}, {"Graphs", "z"}}},
    {"graphs-40x10", 10, 40, SMALL, NULL, {{"build-01", "jjj  H"}, {"Graphs", "z"}}},
    {"menu-80x24", 24, 80, SMALL, NULL, {{"build-01", "jm"}}},
    {"sort-80x24", 24, 80, SMALL, NULL, {{"build-01", "j\033[17~"}}},
    {"filter-80x24", 24, 80, SMALL, NULL, {{"build-01", "z/db"}}},
    {"marks-80x24", 24, 80, SMALL, NULL, {{"build-01", "z jj Z"}}},
    {"menu-frozen-80x24", 24, 80, SMALL, NULL, {{"build-01", "z/legacy\r"}, {"1 of 20", "m"}}},
    {"confirm-80x24",
     24,
     80,
     SMALL,
     NULL,
     {{"build-01", "z/build\r"}, {"1 of 20", "m"}, {"shut down", "d"}}},
    {"force-80x24",
     24,
     80,
     SMALL,
     NULL,
     {{"build-01", "z/build\r"}, {"1 of 20", "m"}, {"force", "f"}}},
    {"several-80x24",
     24,
     80,
     SMALL,
     NULL,
     {{"build-01", "z/db\r"},
      {"1 of 20", "*/\025web\r"},
      {"filter 'web'", "*m"},
      {"2 marked guests", "h"}}},
};

static struct screen *start(const struct picture *picture)
{
    const char *const more[] = {picture->option, NULL};

    return steps_start(picture->rows, picture->columns, picture->sim, more);
}

static void take_steps(struct screen *screen, const struct picture *picture)
{
    for (size_t i = 0; i < ARRAY_SIZE(picture->steps) && picture->steps[i].wait; i++) {
        ck_assert_msg(screen_wait(screen, picture->steps[i].wait, PATIENCE_MS), "%s",
                      picture->name);
        screen_send(screen, picture->steps[i].keys);
    }
}

/* All at once, since most of the time is spent on waiting for the graphs. */
START_TEST(screens_are_golden)
{
    struct screen *screens[ARRAY_SIZE(pictures)];
    bool seen[ARRAY_SIZE(pictures)] = {false};
    size_t left = ARRAY_SIZE(pictures);

    for (size_t i = 0; i < ARRAY_SIZE(pictures); i++)
        screens[i] = start(&pictures[i]);
    for (size_t i = 0; i < ARRAY_SIZE(pictures); i++)
        take_steps(screens[i], &pictures[i]);
    long long end = screen_now_ms() + (screen_golden_is_written() ? WRITE_AFTER_MS : LIMIT_MS);
    while (left && screen_now_ms() < end) {
        for (size_t i = 0; i < ARRAY_SIZE(pictures); i++) {
            screen_pump(screens[i], 5);
            if (seen[i] || screen_golden_is_written())
                continue;
            seen[i] = screen_looks_golden(screens[i], pictures[i].name);
            left -= seen[i];
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(pictures); i++) {
        if (!seen[i])
            seen[i] = screen_is_golden(screens[i], pictures[i].name);
        ck_assert_uint_eq(screen_foreign_bytes(screens[i]), 0);
        screen_free(screens[i]);
    }
    for (size_t i = 0; i < ARRAY_SIZE(pictures); i++)
        ck_assert_msg(seen[i], "%s differs", pictures[i].name);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {screens_are_golden};

    return steps_main("golden screens", tests, ARRAY_SIZE(tests));
}
