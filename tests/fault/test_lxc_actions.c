/* What an operator does to containers through the screen, with names that no terminal should see
 * and with another container beside that looks the same. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fault/lxc_view.h"
#include "screen/steps.h"

#define PLAIN "plain"
#define SWAP "\xef\xbf\xbd" /* U+FFFD */

/* As an option, with a title, two lines and what a shell would run. */
#define HOSTILE "-f \033]0;$(x)\a\nb"
#define HOSTILE_SHOWN "-f " SWAP "]0;$(x)" SWAP SWAP "b"

/* Looks the same on the screen and comes first. */
#define TWIN "-f \001]0;$(x)\001\001b"

static bool is_off(const char *name)
{
    return lxc_guest_monitor(name) == 0;
}

static void check_done(struct screen *screen, const char *shown, const char *action)
{
    char text[300];

    snprintf(text, sizeof(text), "%s: %s done", shown, action);
    ck_assert(screen_wait(screen, text, PATIENCE_MS));
}

/* How long the selected guest has been running, as the detail pane says; -1: it does not. */
static int seconds_up(struct screen *screen)
{
    const char *text = strstr(screen_text(screen), "lxc container  running ");
    int seconds;

    return text && sscanf(text, "lxc container  running %ds", &seconds) == 1 ? seconds : -1;
}

static bool has_new_life(struct screen *screen, int up_before)
{
    long long end = screen_now_ms() + PATIENCE_MS;

    while (screen_now_ms() < end) {
        int up = seconds_up(screen);
        if (up >= 0 && up < up_before)
            return true;
        screen_pump(screen, 50);
    }
    return false;
}

static void read_config(const char *name, char *text, size_t size)
{
    FILE *file = fopen(lxc_guest_file(name, "config"), "r");

    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    fclose(file);
}

/* Every action in a row, SHOWN being the name on the screen; the guest starts and ends off. */
static void live_a_life(struct screen *screen, const char *name, const char *shown)
{
    lxc_act(screen, shown, "s", NULL);
    check_done(screen, shown, "start");
    ck_assert(lxc_guest_becomes(name, "RUNNING", 2000));
    ck_assert(steps_row_says(screen, shown, " run ", 3000));

    lxc_act(screen, shown, "p", NULL);
    check_done(screen, shown, "pause");
    ck_assert(lxc_guest_becomes(name, "FROZEN", 2000));
    ck_assert(steps_row_says(screen, shown, "frozen", 3000));
    /* A queued signal would kill it at the thaw. */
    lxc_choose(screen, shown, "d");
    ck_assert(screen_wait(screen, "frozen: resume it or force it off", PATIENCE_MS));
    screen_send(screen, "\033");
    screen_pump(screen, 300);

    lxc_act(screen, shown, "p", NULL);
    check_done(screen, shown, "resume");
    ck_assert(lxc_guest_becomes(name, "RUNNING", 2000));
    ck_assert(steps_row_says(screen, shown, " run ", 3000));

    pid_t init = lxc_guest_init(name);
    int up = seconds_up(screen);
    lxc_act(screen, shown, "r", NULL);
    check_done(screen, shown, "reboot");
    ck_assert(steps_row_says(screen, shown, " run ", 5000));
    ck_assert_int_ne(lxc_guest_init(name), init);
    /* The menu is bound to a life: vctop has to know of the new one. */
    ck_assert(has_new_life(screen, up));

    lxc_act(screen, shown, "d", NULL);
    check_done(screen, shown, "shut down");
    ck_assert(lxc_guest_becomes(name, "STOPPED", 2000));
    ck_assert(steps_row_says(screen, shown, " off ", 3000));

    lxc_act(screen, shown, "s", NULL);
    ck_assert(steps_row_says(screen, shown, " run ", 5000));
    /* Enter alone, or another name, does nothing. */
    lxc_act(screen, shown, "f", "live");
    ck_assert(screen_wait(screen, "nothing was done", PATIENCE_MS));
    screen_pump(screen, 500);
    ck_assert(!is_off(name));
    lxc_act(screen, shown, "f", "");
    check_done(screen, shown, "force off");
    ck_assert(steps_row_says(screen, shown, " off ", 3000));
    ck_assert(is_off(name));
}

START_TEST(lifecycle_from_the_menu)
{
    lxc_guest_add(PLAIN, NULL);
    struct screen *screen = lxc_watch();

    live_a_life(screen, PLAIN, PLAIN);
    lxc_check_rule(screen);
    lxc_quit(screen);
    ck_assert(!is_off(LXC_LIVE));
}
END_TEST

/* The kernel makes no group with a line break in its name, so its groups are named apart. */
static const char *const hostile_lines[] = {
    "lxc.cgroup.dir.monitor = vctop-ct-monitor",
    "lxc.cgroup.dir.container = vctop-ct-payload",
    "lxc.cgroup.dir.monitor.pivot = lxc.pivot",
    NULL,
};

START_TEST(lifecycle_under_a_hostile_name)
{
    lxc_guest_add(HOSTILE, hostile_lines);
    struct screen *screen = lxc_watch();

    ck_assert(steps_row_says(screen, HOSTILE_SHOWN, " off ", PATIENCE_MS));
    live_a_life(screen, HOSTILE, HOSTILE_SHOWN);
    lxc_check_rule(screen);
    lxc_quit(screen);
    ck_assert(!is_off(LXC_LIVE));
}
END_TEST

/* Marks are of guests, not of names or rows: with two that look the same, just the chosen one. */
START_TEST(twins_are_not_mixed_up)
{
    lxc_guest_add(HOSTILE, hostile_lines);
    lxc_guest_add(TWIN, NULL);
    struct screen *screen = lxc_watch();

    ck_assert(steps_row_says(screen, HOSTILE_SHOWN, " off ", PATIENCE_MS));
    lxc_act(screen, HOSTILE_SHOWN, "s", NULL); /* the first of the two */
    check_done(screen, HOSTILE_SHOWN, "start");
    ck_assert_msg(is_off(HOSTILE) != is_off(TWIN), "not just one of them was started");
    bool twin = is_off(HOSTILE);
    json_t *sample = lxc_sample();
    const json_t *guests = json_object_get(sample, "guests");
    size_t running = 0;
    for (size_t i = 0; i < json_array_size(guests); i++) {
        const json_t *guest = json_array_get(guests, i);
        const char *id = lxc_text(guest, "id");
        if (strcmp(lxc_text(guest, "state"), "running") != 0 ||
            strcmp(lxc_text(guest, "name"), HOSTILE_SHOWN) != 0)
            continue;
        /* Lossless: it tells which. */
        ck_assert_msg(strstr(id, twin ? "%01" : "%1B") != NULL, "%s", id);
        running++;
    }
    ck_assert_uint_eq(running, 1);
    json_decref(sample);
    lxc_act(screen, HOSTILE_SHOWN, "f", "");
    check_done(screen, HOSTILE_SHOWN, "force off");
    ck_assert(is_off(HOSTILE) && is_off(TWIN));
    lxc_quit(screen);
}
END_TEST

/* Lines of /proc/PID/status that begin with one of the names, and all of its limits.  What signals
 * an init blocks it chooses itself. */
static void read_inheritance(pid_t pid, char *text, size_t size)
{
    static const char *const names[] = {"Cap",    "NoNewPrivs", "Seccomp",
                                        "SigIgn", "Groups",     "Umask"};
    static char status[8192];
    size_t len = lxc_read_proc(pid, "limits", text, size);

    lxc_read_proc(pid, "status", status, sizeof(status));
    for (char *at = status, *line; (line = strsep(&at, "\n"));)
        for (size_t i = 0; i < ARRAY_SIZE(names); i++)
            if (strncmp(line, names[i], strlen(names[i])) == 0 && len + strlen(line) + 2 < size)
                len += (size_t)sprintf(text + len, "%s\n", line);
}

/* The screen and the samplers have given up what they need not; a guest gets all of it. */
START_TEST(what_is_started_here_inherits_as_from_lxc_start)
{
    static char init[2][8192], monitor[2][8192];

    lxc_guest_add(PLAIN, NULL);
    struct screen *screen = lxc_watch();
    lxc_act(screen, PLAIN, "s", NULL);
    check_done(screen, PLAIN, "start");
    ck_assert(lxc_guest_becomes(PLAIN, "RUNNING", 2000));
    read_inheritance(lxc_guest_init(PLAIN), init[0], sizeof(init[0]));
    read_inheritance(lxc_guest_monitor(PLAIN), monitor[0], sizeof(monitor[0]));
    ck_assert_ptr_nonnull(strstr(init[0], "CapBnd:"));

    lxc_guest_kill(PLAIN);
    lxc_guest_start(PLAIN);
    read_inheritance(lxc_guest_init(PLAIN), init[1], sizeof(init[1]));
    read_inheritance(lxc_guest_monitor(PLAIN), monitor[1], sizeof(monitor[1]));
    ck_assert_str_eq(init[0], init[1]);
    ck_assert_str_eq(monitor[0], monitor[1]);
    lxc_quit(screen);
}
END_TEST

START_TEST(failure_says_the_reason_of_lxc)
{
    static const char *const lines[] = {"lxc.hook.pre-start = /bin/false", NULL};
    lxc_guest_add("hooked", lines);
    lxc_guest_add("two\nlines", NULL);
    struct screen *screen = lxc_watch();

    lxc_act(screen, "hooked", "s", NULL);
    ck_assert(screen_wait(screen, "hooked: could not start: ", PATIENCE_MS));
    ck_assert_msg(screen_find(screen, "Failed to run lxc.hook.pre-start") >= 0, "%s",
                  screen_text(screen));
    ck_assert(steps_row_says(screen, "hooked", " off ", 3000));
    lxc_act(screen, "two" SWAP "lines", "s", NULL);
    ck_assert(screen_wait(screen, "with a line break in its name", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "two" SWAP "lines", " off ", 3000));
    lxc_check_rule(screen);
    lxc_quit(screen);
}
END_TEST

/* Only the one line changes: comments, order, mode stay. */
START_TEST(autostart_keeps_the_rest_of_the_file)
{
    static const char *const lines[] = {"# keep me", "lxc.start.auto = 0", "  # and\tme = too",
                                        "lxc.start.delay=3", NULL};
    char before[8192], after[8192];
    struct stat st;
    lxc_guest_add(HOSTILE, lines);
    lxc_guest_add(PLAIN, lines);
    ck_assert_int_eq(chmod(lxc_guest_file(HOSTILE, "config"), 0640), 0);
    read_config(HOSTILE, before, sizeof(before));
    struct screen *screen = lxc_watch();

    lxc_act(screen, HOSTILE_SHOWN, "t", NULL);
    check_done(screen, HOSTILE_SHOWN, "autostart on");
    read_config(HOSTILE, after, sizeof(after));
    char *changed = strstr(after, "lxc.start.auto = 1\n");
    ck_assert_ptr_nonnull(changed);
    changed[strlen("lxc.start.auto = ")] = '0';
    ck_assert_str_eq(after, before);
    ck_assert_int_eq(stat(lxc_guest_file(HOSTILE, "config"), &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0640);
    /* The menu knows by now. */
    screen_pump(screen, 1000);
    lxc_act(screen, HOSTILE_SHOWN, "t", NULL);
    check_done(screen, HOSTILE_SHOWN, "autostart off");
    read_config(HOSTILE, after, sizeof(after));
    ck_assert_str_eq(after, before);
    read_config(PLAIN, after, sizeof(after));
    ck_assert_ptr_nonnull(strstr(after, "lxc.start.auto = 0\n"));
    lxc_quit(screen);
}
END_TEST

static void both_say(struct screen *const *screens, const char *name, const char *state)
{
    for (int i = 0; i < 2; i++)
        ck_assert(steps_row_says(screens[i], name, state, PATIENCE_MS));
}

static void both_forget(struct screen *const *screens, const char *name)
{
    for (int i = 0; i < 2; i++) {
        long long end = screen_now_ms() + PATIENCE_MS;
        while (steps_row_of(screens[i], name) >= 0 && screen_now_ms() < end)
            screen_pump(screens[i], 50);
        ck_assert_int_lt(steps_row_of(screens[i], name), 0);
    }
}

/* Two of them, and lxc-* beside: what one does or somebody else, both see, and an action that both
 * take at once is done once. */
START_TEST(row_62_two_watch)
{
    struct screen *screens[] = {lxc_watch(), lxc_watch()};

    for (int round = 0; round < 2; round++) {
        lxc_guest_add(PLAIN, NULL);
        both_say(screens, PLAIN, " off ");
        lxc_guest_start(PLAIN);
        both_say(screens, PLAIN, " run ");
        lxc_guest_kill(PLAIN);
        both_say(screens, PLAIN, " off ");
        ck_assert(is_off(PLAIN));
        if (round == 0) {
            lxc_guest_remove(PLAIN);
            both_forget(screens, PLAIN);
        }
    }
    for (int i = 0; i < 2; i++) {
        lxc_choose(screens[i], PLAIN, "s");
        ck_assert(screen_wait(screens[i], "Start: " PLAIN "?", PATIENCE_MS));
        screen_pump(screens[i], 400); /* it takes no answer before */
    }
    screen_send(screens[0], "\t\r");
    screen_send(screens[1], "\t\r");
    both_say(screens, PLAIN, " run ");
    lxc_act(screens[1], PLAIN, "f", PLAIN);
    both_say(screens, PLAIN, " off ");
    ck_assert(lxc_guest_becomes(PLAIN, "STOPPED", PATIENCE_MS));
    for (int i = 0; i < 2; i++) {
        lxc_check_rule(screens[i]);
        lxc_quit(screens[i]);
    }
}
END_TEST

/* As liblxc itself locks a container, in a folder of all lxcpaths. */
static int hold_lock(const char *name)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char command[700], path[600];

    snprintf(path, sizeof(path), "/run/lxc/lock/%s/.%s", lxc_guests_path(), name);
    snprintf(command, sizeof(command), "mkdir -p \"$(dirname '%s')\"", path);
    ck_assert_int_eq(system(command), 0);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_eq(fcntl(fd, F_OFD_SETLK, &lock), 0);
    return fd;
}

/* Somebody else holds one: its job waits, the others do not. */
START_TEST(row_35_lock_held_elsewhere)
{
    lxc_guest_add(PLAIN, NULL);
    lxc_guest_add("other", NULL);
    struct screen *screen = lxc_watch();
    ck_assert(steps_row_says(screen, PLAIN, " off ", PATIENCE_MS));
    int fd = hold_lock(PLAIN);

    lxc_act(screen, PLAIN, "s", NULL);
    lxc_act(screen, "other", "s", NULL);
    ck_assert(steps_row_says(screen, "other", " run ", PATIENCE_MS));
    ck_assert(is_off(PLAIN));
    lxc_check_rule(screen);
    close(fd);
    ck_assert(steps_row_says(screen, PLAIN, " run ", PATIENCE_MS));
    lxc_quit(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        lifecycle_from_the_menu,        lifecycle_under_a_hostile_name,
        twins_are_not_mixed_up,         what_is_started_here_inherits_as_from_lxc_start,
        failure_says_the_reason_of_lxc, autostart_keeps_the_rest_of_the_file,
        row_35_lock_held_elsewhere,     row_62_two_watch,
    };
    return lxc_guests_main("lxc_actions", tests, ARRAY_SIZE(tests));
}
