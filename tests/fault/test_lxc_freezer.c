/* Fault 30: a container that does not freeze, for one of its tasks waits for a file system whose
 * server is stopped. */
#include <check.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fault/lxc_view.h"
#include "screen/steps.h"

#define VICTIM "vctop-ct-icy"
#define GIVEN_UP_MS 20000 /* a freeze has 10 s */

/* Serves an empty file system in FOLDER by the rig's deadmount, in a mount namespace that ends with
 * it: its pid, -1 without FUSE. */
static pid_t serve(const char *folder)
{
    const char *tools = getenv("TOOLS");
    char path[512], line[32];
    int ends[2];
    pid_t pid;

    snprintf(path, sizeof(path), "%s/deadmount", tools ? tools : "build/tests");
    ck_assert_int_eq(pipe(ends), 0);
    if ((pid = fork()) == 0) {
        dup2(ends[1], STDOUT_FILENO);
        if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
            _exit(126);
        execl(path, path, folder, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    bool mounted = read(ends[0], line, sizeof(line)) > 0;
    close(ends[0]);
    if (mounted)
        return pid;
    waitpid(pid, NULL, 0);
    return -1;
}

/* A task in the freezer's group of VICTIM (with version 2: the only one) that asks SERVER for a
 * file in FOLDER. */
static pid_t ask_from_within(pid_t server, const char *folder)
{
    char command[1024];
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    snprintf(command, sizeof(command),
             "group=$(sed -n 's/^[0-9]*:freezer://p' /proc/%d/cgroup); top=/sys/fs/cgroup/freezer; "
             "[ -n \"$group\" ] || { group=$(sed -n 's/^0:://p' /proc/%d/cgroup); "
             "top=/sys/fs/cgroup; }; "
             "echo $$ >$top$group/cgroup.procs && "
             "exec nsenter -m -t %d stat '%s/file' >/dev/null 2>&1",
             lxc_guest_init(VICTIM), lxc_guest_init(VICTIM), server, folder);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

static bool is_asleep(pid_t pid)
{
    char text[64];

    return lxc_read_proc(pid, "comm", text, sizeof(text)) > 0 && strncmp(text, "stat", 4) == 0;
}

START_TEST(row_30_freezer_never_completes)
{
    char folder[256];

    snprintf(folder, sizeof(folder), "%s/dead", lxc_guests_shared());
    ck_assert_int_eq(mkdir(folder, 0755), 0);
    pid_t server = serve(folder);
    if (server < 0) {
        printf("SKIPPED: no FUSE here\n");
        return;
    }
    lxc_guest_add(VICTIM, NULL);
    lxc_guest_start(VICTIM);
    struct screen *screen = lxc_watch();
    ck_assert(steps_row_says(screen, VICTIM, " run ", PATIENCE_MS));
    ck_assert_int_eq(kill(server, SIGSTOP), 0);
    pid_t asking = ask_from_within(server, folder);
    for (int look = 0; look < 100 && !is_asleep(asking); look++)
        screen_pump(screen, 50);

    lxc_act(screen, VICTIM, "p", NULL);
    ck_assert(steps_row_says(screen, VICTIM, "freezing", PATIENCE_MS));
    lxc_check_rule(screen);
    ck_assert(screen_wait(screen, "still freezing after 10 s", GIVEN_UP_MS));
    ck_assert(steps_row_says(screen, VICTIM, "freezing", 0));
    ck_assert(lxc_guest_becomes(VICTIM, "FREEZING", 0));
    /* There is a way back. */
    lxc_act(screen, VICTIM, "p", NULL);
    ck_assert(screen_wait(screen, VICTIM ": resume done", PATIENCE_MS));
    ck_assert(steps_row_says(screen, VICTIM, " run ", PATIENCE_MS));

    kill(server, SIGCONT);
    ck_assert_int_eq(waitpid(asking, NULL, 0), asking);
    kill(server, SIGTERM);
    waitpid(server, NULL, 0);
    rmdir(folder);
    lxc_check_rule(screen);
    lxc_quit(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {row_30_freezer_never_completes};

    return lxc_guests_main("lxc_freezer", tests, ARRAY_SIZE(tests));
}
