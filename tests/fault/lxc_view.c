#include "fault/lxc_view.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fault/manners.h"
#include "screen/family.h"
#include "screen/steps.h"

#define KEY_MS 500       /* ten times what it takes; a machine that tests others as well is slow */
#define FOLLOWS_MS 10000 /* for figures to follow a load */

struct screen *lxc_watch(void)
{
    const char *const args[] = {"--no-config", "--backend", "lxc", "-P",   lxc_guests_path(),
                                "-d",          "0.2",       "-s",  "name", NULL};

    struct screen *screen = screen_start(40, 109, args, NULL);
    ck_assert(steps_row_says(screen, LXC_LIVE, " run ", PATIENCE_MS));
    return screen;
}

/* The figure under CPU% in the row of NAME, -1 when there is none. */
static double cpu_of(struct screen *screen, const char *name)
{
    int head = screen_find(screen, "CPU%"), row = steps_row_of(screen, name);
    double value = -1;
    char figure[10];

    if (head < 0 || row < 0)
        return -1;
    const char *text = screen_row(screen, head);
    size_t at = (size_t)(strstr(text, "CPU%") - text) - 3;
    text = screen_row(screen, row);
    if (strlen(text) < at)
        return -1;
    snprintf(figure, sizeof(figure), "%s", text + at);
    return sscanf(figure, "%lf", &value) == 1 ? value : -1;
}

static void await_rest(struct screen *screen)
{
    long long end = screen_now_ms() + FOLLOWS_MS;
    double cpu;

    while ((cpu = cpu_of(screen, LXC_LIVE)) < 0 || cpu > 5) {
        ck_assert_msg(screen_now_ms() < end, "the load is %g, not 0 to 5:\n%s", cpu,
                      screen_text(screen));
        screen_pump(screen, 20);
    }
}

/* A second of work in LXC_LIVE. */
static pid_t burn(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        for (int fd = 0; fd < 3; fd++)
            dup2(null, fd);
        execlp("lxc-attach", "lxc-attach", "-P", lxc_guests_path(), "--name=" LXC_LIVE, "--",
               "timeout", "1", "sh", "-c", "while :; do :; done", (char *)NULL);
        _exit(127);
    }
    return pid;
}

static bool burning_shows(struct screen *screen)
{
    pid_t burner = burn();
    bool shows = false;

    ck_assert_int_gt(burner, 0);
    while (waitpid(burner, NULL, WNOHANG) == 0) {
        screen_pump(screen, 20);
        shows = shows || cpu_of(screen, LXC_LIVE) >= 10;
    }
    return shows;
}

/* Another second where others leave little of the first one. */
static void check_load_shows(struct screen *screen)
{
    long long end = screen_now_ms() + FOLLOWS_MS;

    await_rest(screen);
    while (!burning_shows(screen))
        ck_assert_msg(screen_now_ms() < end, "the load does not show:\n%s", screen_text(screen));
    await_rest(screen);
}

/* What liblxc writes to standard error may be a line of the log, nowhere else. */
static void check_picture(struct screen *screen)
{
    ck_assert_int_eq(screen_find(screen, " vctop  this host "), 0);
    ck_assert(strstr(screen_row(screen, screen_find(screen, "m Actions")), "q Quit"));
    CLEANUP_FREE char *text = strdup(screen_text(screen));
    char *rest = text, *line;
    while ((line = strsep(&rest, "\n")))
        ck_assert_msg((!strstr(line, " ERROR ") && !strstr(line, ".c:")) || strstr(line, "  log "),
                      "a library wrote: %s", line);
}

void lxc_check_rule(struct screen *screen)
{
    pid_t spawner = family_find(screen, "spawner");

    ck_assert_int_ne(spawner, 0);
    long long start = screen_now_ms();
    long ticks = family_ticks(screen);
    screen_send(screen, "g"); /* from the last row the first key would not move */
    screen_pump(screen, 200);
    ck_assert_int_lt(steps_key_ms(screen), KEY_MS);
    check_load_shows(screen);
    double used = manners_percent_since(screen, start, ticks);
    ck_assert_msg(used < IDLE_PERCENT, "%.1f %% of a CPU", used);
    ck_assert_uint_eq(family_zombies(screen_pid(screen)), 0);
    ck_assert_uint_eq(family_zombies(spawner), 0);
    ck_assert_uint_eq(screen_foreign_bytes(screen), 0);
    check_picture(screen);
}

void lxc_quit(struct screen *screen)
{
    screen_send(screen, "q");
    ck_assert_int_eq(screen_exit(screen, PATIENCE_MS), 0);
    ck_assert(screen_restored(screen));
    ck_assert_uint_eq(screen_foreign_bytes(screen), 0);
    ck_assert(lxc_family_ends(screen, PATIENCE_MS));
    screen_free(screen);
}

size_t lxc_family(const struct screen *screen, pid_t *pids, size_t size)
{
    static char text[262144];
    char tag[96];
    size_t count = 0;
    DIR *dir = opendir("/proc");

    snprintf(tag, sizeof(tag), "VCTOP_TEST=%s", screen_tag(screen));
    for (pid_t pid; dir && (pid = lxc_next_process(dir));) {
        size_t len = lxc_read_proc(pid, "environ", text, sizeof(text));
        /* A zombie has no environment any more. */
        if (!memmem(text, len, tag, strlen(tag) + 1))
            continue;
        if (lxc_is_monitor(pid))
            continue;
        if (count < size)
            pids[count] = pid;
        count++;
    }
    if (dir)
        closedir(dir);
    return count;
}

bool lxc_family_ends(struct screen *screen, int timeout_ms)
{
    long long end = screen_now_ms() + timeout_ms;

    while (lxc_family(screen, NULL, 0) > 0) {
        if (screen_now_ms() > end) {
            fprintf(stderr, "%zu processes are left\n", lxc_family(screen, NULL, 0));
            return false;
        }
        screen_pump(screen, 50);
    }
    return true;
}

void lxc_choose(struct screen *screen, const char *shown, const char *key)
{
    char title[300];

    ck_assert(steps_choose(screen, shown));
    screen_send(screen, "m");
    snprintf(title, sizeof(title), "─ %s ─", shown);
    ck_assert(screen_wait(screen, title, PATIENCE_MS));
    screen_send(screen, key);
}

/* What the confirmation wants typed: for a name that no keyboard has, something else. */
static void type_as_asked(struct screen *screen)
{
    CLEANUP_FREE char *text = strdup(screen_text(screen));
    char *from = strstr(text, "Type "), *to = from ? strstr(from, " and Enter") : NULL;

    ck_assert_msg(to != NULL, "nothing is to be typed:\n%s", text);
    *to = '\0';
    screen_send(screen, from + strlen("Type "));
}

void lxc_act(struct screen *screen, const char *shown, const char *key, const char *typed)
{
    char title[300];

    lxc_choose(screen, shown, key);
    snprintf(title, sizeof(title), ": %s?", shown);
    ck_assert(screen_wait(screen, title, PATIENCE_MS));
    screen_pump(screen, 400); /* keys typed ahead are not an answer */
    if (typed && !*typed)
        type_as_asked(screen);
    else
        screen_send(screen, typed ? typed : "\t");
    screen_pump(screen, 50);
    screen_send(screen, "\r");
    ck_assert(screen_wait_gone(screen, title, PATIENCE_MS));
}

json_t *lxc_sample(void)
{
    static char text[1 << 20];
    const char *argv[] = {screen_program(),
                          "--no-config",
                          "--backend",
                          "lxc",
                          "-P",
                          lxc_guests_path(),
                          "-d",
                          "0.2",
                          "-b",
                          "-n",
                          "1",
                          "-o",
                          "json",
                          NULL};

    ck_assert_int_eq(lxc_run(argv, text, sizeof(text)), 0);
    json_t *sample = json_loads(text, 0, NULL);
    ck_assert_msg(sample != NULL, "no JSON: %s", text);
    return sample;
}

const json_t *lxc_sample_guest(const json_t *sample, const char *shown)
{
    const json_t *found = NULL;
    const json_t *guests = json_object_get(sample, "guests");

    for (size_t i = 0; i < json_array_size(guests); i++) {
        const json_t *guest = json_array_get(guests, i);
        if (strcmp(lxc_text(guest, "name"), shown) != 0)
            continue;
        ck_assert_msg(!found, "%s is there twice", shown);
        found = guest;
    }
    ck_assert_msg(found != NULL, "there is no %s", shown);
    return found;
}

const char *lxc_text(const json_t *guest, const char *key)
{
    const char *text = json_string_value(json_object_get(guest, key));

    return text ? text : "";
}
