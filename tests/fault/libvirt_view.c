#include "fault/libvirt_view.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "fault/daemon.h"
#include "fault/manners.h"
#include "screen/family.h"

#define KEY_MS 500 /* 100 ms are promised; the rest is for a loaded host */
#define KEYS 9
#define ARMED_MS 500  /* a confirmation takes no answer in its first 300 ms */
#define CPU_COLUMN 34 /* of the table */
#define CPU_WIDTH 8

struct screen *view_start(void)
{
    const char *args[] = {"-c",  DAEMON_URI, "-P",   daemon_path("lxc"), "-d",
                          "0.5", "-s",       "name", "--no-config",      NULL};
    struct screen *screen = screen_start(50, 100, args, daemon_environment());

    ck_assert(screen_wait(screen, "box", PATIENCE_MS));
    return screen;
}

static void cpu_of(struct screen *screen, const char *name, char text[CPU_WIDTH + 1])
{
    int row = steps_row_of(screen, name);
    const char *line = row < 0 ? "" : screen_row(screen, row);

    snprintf(text, CPU_WIDTH + 1, "%s", strlen(line) > CPU_COLUMN ? line + CPU_COLUMN : "");
}

bool view_figures_go_on(struct screen *screen, const char *name)
{
    long long end = screen_now_ms() + SOON_MS;
    char last[CPU_WIDTH + 1], now[CPU_WIDTH + 1];
    int changes = 0;

    cpu_of(screen, name, last);
    while (changes < 2 && screen_now_ms() < end) {
        screen_pump(screen, 50);
        cpu_of(screen, name, now);
        if (strpbrk(now, "0123456789") && strcmp(now, last) != 0) {
            memcpy(last, now, sizeof(last));
            changes++;
        }
    }
    if (changes < 2)
        fprintf(stderr, "the figures of %s stand still:\n%s", name, screen_text(screen));
    return changes == 2;
}

static int by_size(const void *a, const void *b)
{
    long long left = *(const long long *)a, right = *(const long long *)b;

    return (left > right) - (left < right);
}

/* Until the cursor is on another guest after its key: the median of several.  Rows that move under
 * it, as after a fault, do not count. */
static long long key_ms(struct screen *screen)
{
    long long took[KEYS];

    screen_send(screen, "g");
    screen_pump(screen, 200);
    for (size_t i = 0; i < KEYS; i++) {
        CLEANUP_FREE char *before = strdup(steps_cursor_name(screen));
        long long start = screen_now_ms();
        screen_send(screen, i % 2 ? "k" : "j");
        while (!strcmp(steps_cursor_name(screen), before) && screen_now_ms() - start < 2 * KEY_MS)
            screen_pump(screen, 1);
        took[i] = screen_now_ms() - start;
    }
    qsort(took, KEYS, sizeof(took[0]), by_size);
    return took[KEYS / 2];
}

void view_check(struct screen *screen, const char *live)
{
    long long start = screen_now_ms();
    long ticks = family_ticks(screen);
    long long took = key_ms(screen);

    ck_assert_msg(took < KEY_MS, "a key took %lld ms", took);
    if (live) {
        ck_assert(view_figures_go_on(screen, live));
        ck_assert(steps_row_says(screen, live, " run ", SOON_MS));
    }
    double used = manners_percent_since(screen, start, ticks);
    ck_assert_msg(used < IDLE_PERCENT, "%.1f %% of a CPU", used);
    ck_assert_int_eq(screen_exit(screen, 0), -1);
    ck_assert_uint_eq(family_zombies(screen_pid(screen)), 0);
    ck_assert_uint_eq(family_zombies(family_find(screen, "spawner")), 0);
    ck_assert_uint_eq(screen_foreign_bytes(screen), 0);
}

void view_ask(struct screen *screen, const char *name, const char *key, const char *question)
{
    ck_assert(steps_choose(screen, name));
    screen_send(screen, "m");
    ck_assert(screen_wait(screen, "force off", PATIENCE_MS));
    screen_send(screen, key);
    ck_assert(screen_wait(screen, question, PATIENCE_MS));
    screen_pump(screen, ARMED_MS);
}

void view_say_yes(struct screen *screen)
{
    screen_pump(screen, ARMED_MS);
    screen_send(screen, "\t\r");
}

void view_type(struct screen *screen, const char *text)
{
    screen_send(screen, text);
    screen_send(screen, "\r");
}

void view_quit(struct screen *screen)
{
    steps_quit(screen);
}

pid_t view_worker(const struct screen *screen)
{
    return family_find(screen, "--role=worker libvirt:");
}

size_t view_threads(pid_t pid)
{
    char path[64];
    size_t count = 0;

    snprintf(path, sizeof(path), "/proc/%ld/task", (long)pid);
    CLEANUP_CLOSEDIR DIR *dir = opendir(path);
    for (const struct dirent *entry; dir && (entry = readdir(dir));)
        count += entry->d_name[0] != '.';
    return count;
}
