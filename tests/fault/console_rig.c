#include "fault/console_rig.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "worker/role.h"

#define FDS_MAX 128

void console_rig_main(int argc, char **argv)
{
    const char *program = getenv("VCTOP");

    if (argc > 1 && strncmp(argv[1], "--role=", 7) == 0) {
        execv(program ? program : "vctop", argv);
        _exit(127);
    }
}

/* The parent of PID, -1 when it is gone. */
static pid_t parent_of(pid_t pid)
{
    char path[64], text[512];
    const char *at;
    int parent;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    if (io_read_file(AT_FDCWD, path, text, sizeof(text)) <= 0 || !(at = strrchr(text, ')')) ||
        sscanf(at + 1, " %*c %d", &parent) != 1)
        return -1;
    return parent;
}

int console_rig_children(const struct console_rig *rig, const char *role, pid_t *last)
{
    CLEANUP_CLOSEDIR DIR *dir = opendir("/proc");
    char argument[40];
    int count = 0;

    snprintf(argument, sizeof(argument), "--role=%s", role);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        char path[64], text[4096] = "";
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid <= 0 || parent_of(pid) != rig->spawner)
            continue;
        snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
        ssize_t len = io_read_file(AT_FDCWD, path, text, sizeof(text));
        if (len <= 0 || !memmem(text, (size_t)len, argument, strlen(argument)))
            continue;
        if (last)
            *last = pid;
        count++;
    }
    return count;
}

/* It names itself soon after its start. */
static pid_t find_spawner(void)
{
    int64_t until = clock_mono_ns() + CONSOLE_LIMIT_S * NS_PER_S;
    char path[64], comm[32];

    while (clock_mono_ns() < until) {
        CLEANUP_CLOSEDIR DIR *dir = opendir("/proc");
        for (struct dirent *entry; dir && (entry = readdir(dir));) {
            pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
            snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
            if (pid > 0 && parent_of(pid) == getpid() &&
                io_read_file(AT_FDCWD, path, comm, sizeof(comm)) > 0 &&
                strcmp(comm, "vctop-spawner\n") == 0)
                return pid;
        }
        usleep(1000);
    }
    ck_abort_msg("no spawner");
    return -1;
}

struct console_rig *console_rig_new(const char *source, const char *spec, bool readonly)
{
    struct console_rig *rig = xcalloc(1, sizeof(*rig));
    struct engine_source wanted = {.id = source, .spec = spec, .explicit_ = true};
    int spawner;

    rig->source = source;
    spawner = spawner_start(readonly, -1);
    ck_assert_int_ge(spawner, 0);
    rig->spawner = find_spawner();
    rig->engine = engine_new(spawner, readonly, NS_PER_S / 2, &wanted, 1);
    return rig;
}

void console_rig_free(struct console_rig *rig)
{
    int64_t until = clock_mono_ns() + CONSOLE_LIMIT_S * NS_PER_S;

    engine_free(rig->engine);
    while (waitpid(rig->spawner, NULL, WNOHANG) == 0) {
        ck_assert_int_lt(clock_mono_ns(), until);
        usleep(10000);
    }
    free(rig);
}

static void take(struct console_rig *rig, uint32_t console)
{
    char buf[4096];
    size_t len;

    while ((len = engine_console_take(rig->engine, console, buf, sizeof(buf))) > 0) {
        rig->taken += len;
        for (size_t i = 0; i < len; i++) {
            if (rig->seen_len == CONSOLE_SEEN_MAX) {
                rig->seen_len = CONSOLE_SEEN_MAX / 2;
                memmove(rig->seen, rig->seen + CONSOLE_SEEN_MAX - rig->seen_len, rig->seen_len);
            }
            if (buf[i])
                rig->seen[rig->seen_len++] = buf[i];
        }
        rig->seen[rig->seen_len] = '\0';
    }
}

void console_rig_turn(struct console_rig *rig, uint32_t console)
{
    struct pollfd fds[FDS_MAX];
    size_t count = engine_poll_fds(rig->engine, fds, FDS_MAX);
    int wait = engine_timeout_ms(rig->engine, clock_mono_ns());

    poll(fds, count, wait < 0 || wait > 50 ? 50 : wait);
    engine_dispatch(rig->engine, fds, count, clock_mono_ns());
    if (console && !rig->hold)
        take(rig, console);
}

/* The guest of that name and in that state, NULL when there is none now. */
static const struct guest *find_guest(struct console_rig *rig, const char *name,
                                      enum guest_state state)
{
    const struct world *world = engine_world(rig->engine);

    for (size_t i = 0; i < world_guest_count(world); i++) {
        const struct guest *guest = world_guest_at(world, i);
        if (guest->facts.name && strcmp(guest->facts.name, name) == 0 &&
            (state == STATE_COUNT || guest->state == state))
            return guest;
    }
    return NULL;
}

const struct guest *console_rig_guest(struct console_rig *rig, const char *name,
                                      enum guest_state state)
{
    int64_t until = clock_mono_ns() + CONSOLE_LIMIT_S * NS_PER_S;
    const struct guest *guest;

    while (!(guest = find_guest(rig, name, state))) {
        const struct event *event = event_log_get(world_events(engine_world(rig->engine)), 0);
        ck_assert_msg(clock_mono_ns() < until, "no guest %s in state %d, last event: %s", name,
                      (int)state, event ? event->text : "none");
        console_rig_turn(rig, 0);
    }
    return guest;
}

uint32_t console_rig_open(struct console_rig *rig, const char *name,
                          const struct console_request *like)
{
    const struct guest *guest = console_rig_guest(rig, name, STATE_COUNT);
    struct console_request request = *like;
    struct error err = {0};
    int number;

    request.guest = guest->id;
    if (!request.rows) {
        request.rows = 24;
        request.columns = 80;
    }
    number = engine_console_open(rig->engine, &request, &err);
    ck_assert_msg(number > 0, "%s", err.message);
    rig->opened = (uint32_t)number;
    return rig->opened;
}

const struct console *console_rig_state(struct console_rig *rig, uint32_t id,
                                        enum console_state state)
{
    int64_t until = clock_mono_ns() + CONSOLE_LIMIT_S * NS_PER_S;
    const struct console *console = engine_console(rig->engine, id);

    ck_assert_ptr_nonnull(console);
    while (console->state != state) {
        ck_assert_msg(clock_mono_ns() < until, "state %d instead of %d, %s", (int)console->state,
                      (int)state, console->why ? console->why : "");
        ck_assert_msg(console->state != CONSOLE_ENDED, "it ended: %s", console->why);
        console_rig_turn(rig, id);
    }
    return console;
}

void console_rig_type(struct console_rig *rig, uint32_t console, const char *text)
{
    engine_console_send(rig->engine, console, text, strlen(text));
}

bool console_rig_sees(struct console_rig *rig, uint32_t console, const char *text, int seconds)
{
    int64_t until = clock_mono_ns() + seconds * NS_PER_S;
    const char *at;

    while (!(at = strstr(rig->seen, text))) {
        if (clock_mono_ns() >= until)
            return false;
        console_rig_turn(rig, console);
    }
    rig->seen_len -= (size_t)(at - rig->seen) + strlen(text);
    memmove(rig->seen, at + strlen(text), rig->seen_len + 1);
    return true;
}

void console_rig_see(struct console_rig *rig, uint32_t console, const char *text)
{
    ck_assert_msg(console_rig_sees(rig, console, text, CONSOLE_LIMIT_S), "no \"%s\" in \"%s\"",
                  text, rig->seen);
}

/* Consoles that have a process, or will have one. */
static int count_live(const struct console_rig *rig)
{
    int live = 0;

    for (uint32_t id = 1; id <= rig->opened; id++) {
        const struct console *console = engine_console(rig->engine, id);
        live += console && (console->state == CONSOLE_OPENING || console->state == CONSOLE_OPEN);
    }
    return live;
}

void console_rig_close(struct console_rig *rig, uint32_t console)
{
    int64_t until = clock_mono_ns() + CONSOLE_LIMIT_S * NS_PER_S;

    engine_console_close(rig->engine, console);
    ck_assert_ptr_null(engine_console(rig->engine, console));
    while (console_rig_children(rig, "console", NULL) > count_live(rig)) {
        ck_assert_int_lt(clock_mono_ns(), until);
        console_rig_turn(rig, 0);
    }
}
