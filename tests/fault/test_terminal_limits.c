/* Faults 57, 59, 60, 61 and 68: no descriptors left, no processes, nothing to be seen in /proc and
 * /sys, and libraries that write to standard error. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/watched.h"
#include "fault/manners.h"
#include "screen/family.h"
#include "screen/steps.h"

#define SPEC "guests=20,machines=6," RESTING

/* ---- descriptors ---- */

/* From a start that cannot even make a pipe to one that lacks nothing: a sentence or a picture, and
 * an end in order. */
START_TEST(row_57_started_without_descriptors)
{
    int pictures = 0;

    for (int files = 3; files <= 24; files++)
        pictures += manners_start_limited('n', files, SPEC);
    ck_assert_int_gt(pictures, 4);
}
END_TEST

/* A worker dies while nothing can be opened for another one: its rows are old, not off, and young
 * again as soon as there is room. */
static void check_starved(pid_t (*who)(const struct screen *))
{
    struct screen *screen = steps_start(24, 80, SPEC, NULL);
    pid_t starved = who(screen), worker = family_find(screen, "--role=worker");
    struct rlimit old, none;

    ck_assert_int_eq(prlimit(starved, RLIMIT_NOFILE, NULL, &old), 0);
    none = (struct rlimit){family_files_end(starved), old.rlim_max};
    ck_assert_int_eq(prlimit(starved, RLIMIT_NOFILE, &none, NULL), 0);
    kill(worker, SIGKILL);
    for (int look = 0; look < 40; look++) {
        screen_pump(screen, 100);
        ck_assert_msg(!strstr(screen_text(screen), " off "), "%s", screen_text(screen));
        ck_assert_int_ge(screen_find(screen, "grafana"), 0);
    }
    manners_alive(screen);
    ck_assert_int_eq(prlimit(starved, RLIMIT_NOFILE, &old, NULL), 0);
    ck_assert_int_gt(family_successor(screen, "--role=worker", worker, PATIENCE_MS), 0);
    ck_assert(screen_wait(screen, "/800", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "grafana", " run ", PATIENCE_MS));
    steps_quit(screen);
}

static pid_t spawner(const struct screen *screen)
{
    return family_find(screen, "spawner");
}

START_TEST(row_57_no_descriptors_for_the_screen)
{
    check_starved(screen_pid);
}
END_TEST

START_TEST(row_57_no_descriptors_for_the_spawner)
{
    check_starved(spawner);
}
END_TEST

/* ---- time ---- */

/* The share of the CPUs in the header, "140/800"; -1 when there is none. */
static int cpu_share(struct screen *screen)
{
    const char *row = screen_row(screen, 0), *slash = strstr(row, "/800");
    int share;

    while (slash && slash > row && slash[-1] >= '0' && slash[-1] <= '9')
        slash--;
    return slash && sscanf(slash, "%d/800", &share) == 1 ? share : -1;
}

/* All of it stands still, as in a suspended machine: then figures go on as if nothing had been,
 * nobody is taken for dead, and no tick is made up for. */
START_TEST(row_60_stopped_for_a_while)
{
    struct screen *screen = steps_start(24, 80, "guests=20,machines=6,seed=2", NULL);
    pid_t worker = family_find(screen, "--role=worker");

    screen_pump(screen, 1000);
    family_signal(screen, SIGSTOP);
    screen_pump(screen, 4000);
    family_signal(screen, SIGCONT);
    double used = manners_cpu_percent(screen, 1000);
    ck_assert_msg(used < 50, "%.1f %% of a CPU", used);
    for (int look = 0; look < 20; look++) {
        int share = cpu_share(screen);
        ck_assert_msg(share > 0 && share <= 800, "%d\n%s", share, screen_text(screen));
        screen_pump(screen, 50);
    }
    ck_assert_int_eq(screen_find(screen, "stale"), -1);
    ck_assert_int_eq(screen_find(screen, "started again"), -1);
    ck_assert_int_eq(family_find(screen, "--role=worker"), worker);
    manners_alive(screen);
    steps_quit(screen);
}
END_TEST

/* ---- noise ---- */

static void make_folder(const char *path)
{
    ck_assert_int_eq(mkdir(path, 0755), 0);
}

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[256];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    CLEANUP_FCLOSE FILE *file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
}

/* libxml2 and liblxc complain on standard error; test_lxc_config has the same with containers that
 * run. */
START_TEST(row_68_noise_of_libraries)
{
    char base[] = "/tmp/vctop-noise-XXXXXX", good[64], bad[64], missing[64], lxc[64], guest[96];
    const char *const args[] = {"--no-config", "--backend", "libvirt,lxc", "-c", bad,
                                "-c",          missing,     "-c",          good, "-P",
                                lxc,           "-d",        "0.5",         NULL};
    char command[128];

    ck_assert_ptr_nonnull(mkdtemp(base));
    snprintf(good, sizeof(good), "test:///default");
    snprintf(bad, sizeof(bad), "test://%s/bad.xml", base);
    snprintf(missing, sizeof(missing), "test://%s/missing.xml", base);
    snprintf(lxc, sizeof(lxc), "%s/lxc", base);
    snprintf(guest, sizeof(guest), "%s/lxc/junk", base);
    make_folder(lxc);
    make_folder(guest);
    write_file(base, "bad.xml", "<node><domain>\033[31m<name>&nosuch;</name>\n");
    write_file(guest, "config", "lxc.\033]0;pwned\007 = 1\nno setting\n");
    struct screen *screen = screen_start(24, 120, args, NULL);

    ck_assert(screen_wait(screen, "junk", PATIENCE_MS));
    screen_pump(screen, 3000);
    screen_send(screen, "Z");
    ck_assert(screen_wait(screen, "FROZEN", PATIENCE_MS));
    screen_pump(screen, 300);
    CLEANUP_FREE char *before = strdup(screen_text(screen));
    screen_pump(screen, 1000);
    screen_send(screen, "\f");
    screen_pump(screen, 500);
    ck_assert_str_eq(screen_text(screen), before);
    screen_send(screen, "Z");
    screen_pump(screen, 300);
    /* What they wrote are lines of the log, among the events. */
    screen_send(screen, "3");
    ck_assert(screen_wait(screen, "I/O warning : failed to load external entity", PATIENCE_MS));
    screen_send(screen, "1");
    ck_assert(screen_wait(screen, "m Actions", PATIENCE_MS));
    steps_quit(screen);
    snprintf(command, sizeof(command), "rm -r '%s'", base);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

/* ---- processes */

static void write_into(const char *folder, const char *name, long number)
{
    char path[256];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    CLEANUP_FCLOSE FILE *file = fopen(path, "we");
    ck_assert_msg(file && fprintf(file, number < 0 ? "max" : "%ld", number) > 0, "%s", path);
}

/* From a start that gets one process to one that lacks nothing: a sentence or a picture; and when
 * there is room again, all is there. */
START_TEST(row_59_no_processes)
{
    char folder[64];

    if (WATCHED && !WATCHED_LEAKS) {
        printf("SKIPPED: each process has a thread of the sanitizer\n");
        return;
    }
    snprintf(folder, sizeof(folder), "/sys/fs/cgroup/pids/vctop-test-%d", (int)getpid());
    if (geteuid() != 0 || mkdir(folder, 0755) != 0) {
        printf("SKIPPED: no group with a limit of processes can be made here\n");
        return;
    }
    /* To look, the leak detector needs one more process. */
    manners_tell_sanitizer("detect_leaks=0");
    write_into(folder, "cgroup.procs", getpid());
    for (int more = 1; more <= 6; more++) {
        write_into(folder, "pids.max", 1 + more);
        const char *const args[] = {"--sim=" SPEC, "-d", "0.2", NULL};
        struct screen *screen = screen_start(24, 80, args, NULL);
        screen_pump(screen, 500);
        ck_assert_ptr_null(strstr(screen_text(screen), " off "));
        int status = screen_exit(screen, 0);
        if (status < 0) {
            write_into(folder, "pids.max", -1);
            ck_assert(screen_wait(screen, "/800", PATIENCE_MS));
            screen_send(screen, "q");
            status = screen_exit(screen, PATIENCE_MS);
            ck_assert_int_eq(status, 0);
        }
        ck_assert_msg(status == 0 || status == 1, "%d processes: status %d\n%s", more, status,
                      screen_text(screen));
        if (status == 1)
            ck_assert_int_ge(screen_find(screen, "Resource temporarily unavailable"), 0);
        ck_assert_msg(screen_restored(screen), "%d processes", more);
        ck_assert(family_shrinks_to(screen, 0, PATIENCE_MS));
        screen_free(screen);
    }
    write_into("/sys/fs/cgroup/pids", "cgroup.procs", getpid());
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

/* ---- nothing to be seen */

/* Runs SCRIPT with mounts of its own; $0 is a vctop that anybody can run. */
static void run_blind(const char *script)
{
    char dir[] = "/tmp/vctop-blind-XXXXXX", command[1024];

    if (geteuid() != 0 || system("unshare -m true 2>/dev/null") != 0) {
        printf("SKIPPED: mounts of one's own need root\n");
        return;
    }
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(command, sizeof(command),
             "chmod 755 %s; cp '%s' \"$(dirname '%s')\"/backend-*.so %s; unshare -m sh -ec '%s' "
             "%s/vctop %s; rc=$?; rm -r %s; exit $rc",
             dir, screen_program(), screen_program(), dir, script, dir, dir, dir);
    ck_assert_int_eq(system(command), 0);
}

START_TEST(row_61_no_cgroups)
{
    run_blind("mount -t tmpfs none /sys/fs/cgroup; \"$0\" --no-config -b -n 2 -d 0.3 "
              "--backend host,proc,lxc -P \"$1\" -o csv >\"$1/out\"; test -s \"$1/out\"");
}
END_TEST

/* Another user's processes are not there for one who is not root. */
START_TEST(row_61_hidden_processes)
{
    run_blind("mount -t proc -o hidepid=2 none /proc; exec setpriv --reuid=65534 --regid=65534 "
              "--clear-groups \"$0\" --no-config -b -n 2 -d 0.3 --backend host,proc -o json | "
              "grep -q cpu_percent.:[0-9]");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        row_57_started_without_descriptors,
        row_57_no_descriptors_for_the_screen,
        row_57_no_descriptors_for_the_spawner,
        row_59_no_processes,
        row_60_stopped_for_a_while,
        row_61_no_cgroups,
        row_61_hidden_processes,
        row_68_noise_of_libraries,
    };

    return steps_main("limits", tests, ARRAY_SIZE(tests));
}
