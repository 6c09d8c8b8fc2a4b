/* Row 31 of the fault list: control groups vanish while they are read. */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fault/lxc_view.h"
#include "screen/family.h"
#include "screen/steps.h"

/* Lives of each of two containers.  The groups go at any moment of a tick of 200 ms, and there are
 * two samplers: some hundred ticks meet some hundred ends. */
#define ROUNDS 40
#define LIFE_MAX_S 8.0 /* no life lasts as long: an uptime above is another life's */
#define BYTES_MAX (1 << 30)

static const char *const names[] = {"churn-a", "churn-b"};

/* Starts and kills NAME, ROUNDS times. */
static pid_t churn(const char *name)
{
    pid_t pid = fork();

    if (pid)
        return pid;
    for (int i = 0; i < ROUNDS; i++) {
        lxc_guest_start(name);
        usleep((useconds_t)(i * 13 % 100) * 1000);
        lxc_guest_kill(name);
    }
    _exit(0);
}

/* Batch mode without end, into the file PATH. */
static pid_t record(const char *path)
{
    pid_t pid = fork();

    if (pid == 0) {
        int out = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(out, 1);
        execl(screen_program(), "vctop", "--no-config", "--backend", "lxc", "-P", lxc_guests_path(),
              "-d", "0.2", "-b", "-o", "json", (char *)NULL);
        _exit(127);
    }
    return pid;
}

/* Whether FIGURE is null or from FROM to TO. */
static void check_figure(const json_t *guest, const char *key, double from, double to)
{
    const json_t *figure = json_object_get(guest, key);
    double value = json_number_value(figure);

    ck_assert_msg(figure != NULL, "there is no %s", key);
    if (json_is_null(figure))
        return;
    ck_assert_msg(json_is_number(figure) && value >= from && value <= to,
                  "%s of %s, which is %s, is %g", key, lxc_text(guest, "name"),
                  lxc_text(guest, "state"), value);
}

static void check_nothing(const json_t *guest, const char *key)
{
    ck_assert_msg(json_is_null(json_object_get(guest, key)), "%s is %s and has %s",
                  lxc_text(guest, "name"), lxc_text(guest, "state"), key);
}

static void check_churned(const json_t *guest)
{
    static const char *const states[] = {"running", "starting", "stopping", "off"};
    static const char *const figures[] = {"cpu_percent",    "mem_used_bytes", "mem_host_bytes",
                                          "pids",           "uptime_s",       "disk_read_bps",
                                          "disk_write_bps", "oom_kills"};
    const char *state = lxc_text(guest, "state");
    double cpus = (double)sysconf(_SC_NPROCESSORS_ONLN);
    bool known = false;

    for (size_t i = 0; i < ARRAY_SIZE(states); i++)
        known = known || strcmp(state, states[i]) == 0;
    ck_assert_msg(known, "the state is %s", state);
    for (size_t i = 0; strcmp(state, "off") == 0 && i < ARRAY_SIZE(figures); i++)
        check_nothing(guest, figures[i]);
    check_figure(guest, "cpu_percent", 0, 110 * cpus);
    check_figure(guest, "mem_used_bytes", 0, BYTES_MAX);
    check_figure(guest, "mem_host_bytes", 0, BYTES_MAX);
    check_figure(guest, "pids", 0, 50);
    check_figure(guest, "uptime_s", 0, LIFE_MAX_S);
    check_figure(guest, "disk_read_bps", 0, BYTES_MAX);
    check_figure(guest, "disk_write_bps", 0, BYTES_MAX);
    check_figure(guest, "oom_kills", 0, 0);
}

/* Checks what was recorded in PATH; how many samples there are.  RUNNING: in how many of them one
 * of the two ran. */
static size_t check_record(const char *path, size_t *running)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t size = 0, count = 0;

    *running = 0;
    ck_assert_ptr_nonnull(file);
    while (getline(&line, &size, file) > 0 && strchr(line, '\n')) {
        json_t *sample = json_loads(line, 0, NULL);
        ck_assert_ptr_nonnull(sample);
        const json_t *live = lxc_sample_guest(sample, LXC_LIVE);
        ck_assert_str_eq(lxc_text(live, "state"), "running");
        ck_assert(json_is_null(json_object_get(live, "stale")));
        ck_assert(json_is_number(json_object_get(live, "mem_used_bytes")));
        check_figure(live, "cpu_percent", 0, 100);
        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
            const json_t *guest = lxc_sample_guest(sample, names[i]);
            check_churned(guest);
            *running += strcmp(lxc_text(guest, "state"), "running") == 0;
        }
        json_decref(sample);
        count++;
    }
    free(line);
    fclose(file);
    return count;
}

/* Descriptors of PID that lead to something of the two, gone or not. */
static size_t held(pid_t pid)
{
    char count[32], dir[64];
    const char *argv[] = {"sh", "-c", "ls -l \"$1\" | grep -c churn-", "sh", dir, NULL};

    snprintf(dir, sizeof(dir), "/proc/%ld/fd", (long)pid);
    lxc_run(argv, count, sizeof(count));
    ck_assert_int_ge(count[0], '0');
    return (size_t)atol(count);
}

START_TEST(row_31_groups_vanish_while_they_are_read)
{
    pid_t churners[ARRAY_SIZE(names)];
    char path[300];
    size_t running;
    int status;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        lxc_guest_add(names[i], NULL);
    snprintf(path, sizeof(path), "%s/record.json", lxc_guests_shared());
    struct screen *screen = lxc_watch();
    pid_t worker = family_find(screen, "--role=worker");
    pid_t recorder = record(path);
    screen_pump(screen, 1000);
    long long begin = screen_now_ms();
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        churners[i] = churn(names[i]);
    screen_pump(screen, 2000);
    lxc_check_rule(screen); /* while all of it goes on */
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        while (waitpid(churners[i], &status, WNOHANG) == 0)
            screen_pump(screen, 50);
        ck_assert_int_eq(status, 0);
    }
    size_t expected = (size_t)(screen_now_ms() - begin) / 200;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        ck_assert(steps_row_says(screen, names[i], " off ", 3000));
    kill(recorder, SIGTERM);
    ck_assert_int_eq(waitpid(recorder, &status, 0), recorder);
    ck_assert(WIFEXITED(status));
    ck_assert_uint_gt(check_record(path, &running), expected / 2);
    ck_assert_uint_gt(running, 10);
    /* The same worker has read all that, and holds nothing of what is gone. */
    ck_assert_int_eq(family_find(screen, "--role=worker"), worker);
    ck_assert_uint_eq(held(worker), 0);
    lxc_check_rule(screen);
    lxc_quit(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {row_31_groups_vanish_while_they_are_read};
    return lxc_guests_main("lxc_churn", tests, ARRAY_SIZE(tests));
}
