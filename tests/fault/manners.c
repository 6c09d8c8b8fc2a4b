#include "fault/manners.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "screen/family.h"
#include "screen/steps.h"

static char trace_path[64];

double manners_percent_since(const struct screen *screen, long long start_ms, long ticks)
{
    double used = (double)(family_ticks(screen) - ticks);

    return used * 100000 / (double)sysconf(_SC_CLK_TCK) / (double)(screen_now_ms() - start_ms);
}

double manners_cpu_percent(struct screen *screen, int ms)
{
    long long start = screen_now_ms();
    long before = family_ticks(screen);

    screen_pump(screen, ms);
    return manners_percent_since(screen, start, before);
}

long manners_resident_kib(pid_t pid)
{
    char path[64];
    long pages = 0;

    snprintf(path, sizeof(path), "/proc/%ld/statm", (long)pid);
    CLEANUP_FCLOSE FILE *file = fopen(path, "re");
    ck_assert(file && fscanf(file, "%*d %ld", &pages) == 1);
    return pages * sysconf(_SC_PAGESIZE) / 1024;
}

void manners_grew(const char *what, long grew, long limit)
{
    printf("%s: %ld KiB more%s\n", what, grew,
           manners_sanitized() ? "; NOT JUDGED: a sanitizer keeps what was freed" : "");
    ck_assert_msg(manners_sanitized() || grew < limit, "%s: %ld KiB more", what, grew);
}

void manners_alive(struct screen *screen)
{
    screen_send(screen, "?g");
    ck_assert(screen_wait(screen, "Moving", PATIENCE_MS));
    screen_send(screen, "q");
    ck_assert(screen_wait_gone(screen, "Moving", PATIENCE_MS));
    double used = manners_cpu_percent(screen, 1000);
    ck_assert_msg(used < IDLE_PERCENT, "%.1f %% of a CPU", used);
    ck_assert_uint_eq(family_zombies(screen_pid(screen)), 0);
    ck_assert_uint_eq(family_zombies(family_find(screen, "spawner")), 0);
}

void manners_end(struct screen *screen, int status)
{
    ck_assert_int_eq(screen_exit(screen, PATIENCE_MS), status);
    ck_assert(screen_restored(screen));
    ck_assert_uint_eq(screen_foreign_bytes(screen), 0);
    ck_assert(family_shrinks_to(screen, 0, PATIENCE_MS));
    screen_free(screen);
}

struct screen *manners_start_traced(void)
{
    const char *const more[] = {"--debug", trace_path, NULL};

    snprintf(trace_path, sizeof(trace_path), "/tmp/vctop-trace-%d", (int)getpid());
    unlink(trace_path);
    return steps_start(24, 80, "guests=20,machines=6," RESTING, more);
}

bool manners_start_limited(char limit, int value, const char *sim)
{
    char command[512];
    const char *argv[] = {"/bin/bash", "-c", command, NULL};

    snprintf(command, sizeof(command), "ulimit -%c %d; exec '%s' --no-config --sim=%s -d 0.2",
             limit, value, screen_program(), sim);
    struct screen *screen = screen_start_program(24, 80, argv, NULL);
    for (int look = 0; look < 100 && screen_exit(screen, 0) < 0; look++)
        if (strstr(screen_text(screen), "/800") || strstr(screen_text(screen), "started again"))
            break;
    bool picture = strstr(screen_text(screen), "/800");
    ck_assert_ptr_null(strstr(screen_text(screen), " off "));
    screen_send(screen, "q");
    int status = screen_exit(screen, PATIENCE_MS);
    ck_assert_msg(status == 0 || status == 1 || status == 126 || status == 127,
                  "-%c %d: status %d\n%s", limit, value, status, screen_text(screen));
    ck_assert_msg(screen_restored(screen), "-%c %d", limit, value);
    ck_assert(family_shrinks_to(screen, 0, PATIENCE_MS));
    screen_free(screen);
    return picture;
}

bool manners_sanitized(void)
{
#ifdef SANITIZED
    return true;
#else
    return false;
#endif
}

void manners_tell_sanitizer(const char *option)
{
    static const char *const names[] = {"ASAN_OPTIONS", "TSAN_OPTIONS"};
    char options[1024];

    if (manners_sanitized())
        printf("the sanitizer is told: %s\n", option);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        const char *others = getenv(names[i]);

        snprintf(options, sizeof(options), "%s:%s", others ? others : "", option);
        setenv(names[i], options, 1);
    }
}

size_t manners_acts(void)
{
    CLEANUP_FCLOSE FILE *file = fopen(trace_path, "re");
    char line[1024];
    size_t lines = 0, acts = 0;

    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof(line), file)) {
        lines++;
        acts += strstr(line, "act: ") != NULL;
    }
    ck_assert_uint_gt(lines, 0);
    unlink(trace_path);
    return acts;
}
