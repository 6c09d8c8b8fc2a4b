#include "fault/lxc_guests.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "screen/driver.h"

#define OWNER "ct"
#define TITLE "[lxc monitor] "
#define SKIPPED 77
#define TEST_LIMIT_S 120

static char shared[200], path[256];

static const char *rig(void)
{
    const char *set = getenv("RIG");

    return set ? set : "tests/rig/rig";
}

int lxc_run(const char *const *argv, char *out, size_t size)
{
    int ends[2] = {-1, -1}, status = -1;
    size_t len = 0;

    if (out && pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 0);
        dup2(out ? ends[1] : null, 1);
        execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    if (out) {
        close(ends[1]);
        for (ssize_t got; (got = read(ends[0], out + len, size - 1 - len)) > 0;)
            len += (size_t)got;
        out[len] = '\0';
        close(ends[0]);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int run_rig(const char *const *words)
{
    const char *argv[16] = {"bash", rig()};

    for (int i = 0; words[i] && i < 13; i++)
        argv[2 + i] = words[i];
    return lxc_run(argv, NULL, 0);
}

/* ---- before and after */

static void take_down(void)
{
    static const char *const down[] = {"down", NULL};
    glob_t groups;

    if (run_rig(down) != 0)
        fprintf(stderr, "the rig could not take everything away\n");
    /* Groups that a test has named itself. */
    if (glob("/sys/fs/cgroup/*/vctop-" OWNER "-*", 0, NULL, &groups) == 0) {
        for (size_t i = 0; i < groups.gl_pathc; i++)
            rmdir(groups.gl_pathv[i]);
        globfree(&groups);
    }
}

static void set_up(void)
{
    const char *ask[] = {"bash", rig(), "path", NULL};

    /* What a run that was killed has left. */
    take_down();
    if (lxc_run(ask, shared, sizeof(shared)) != 0) {
        fprintf(stderr, "the rig gives no folder\n");
        exit(EXIT_FAILURE);
    }
    shared[strcspn(shared, "\n")] = '\0';
    snprintf(path, sizeof(path), "%s/lxc.XXXXXX", shared);
    if (!mkdtemp(path) || chmod(path, 0755) < 0) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    const char *live[] = {"container", LXC_LIVE, "--path", path, NULL};
    if (run_rig(live) != 0) {
        fprintf(stderr, "there is no container to be had\n");
        exit(EXIT_FAILURE);
    }
}

int lxc_guests_main(const char *name, const TTest *const *tests, size_t count)
{
    static const char *const version[] = {"lxc-start", "--version", NULL};
    char text[64];

    if (geteuid() != 0 || lxc_run(version, text, sizeof(text)) != 0) {
        fprintf(stderr, "skipped: needs root and the LXC tools\n");
        return SKIPPED;
    }
    setenv("VCTOP_RIG", OWNER, 1);
    Suite *suite = suite_create(name);
    for (size_t i = 0; i < count; i++) {
        TCase *tcase = tcase_create(tests[i]->name);
        tcase_set_timeout(tcase, TEST_LIMIT_S);
        /* Unchecked: they run in this process, also when the test has died. */
        tcase_add_unchecked_fixture(tcase, set_up, take_down);
        tcase_add_test(tcase, tests[i]);
        suite_add_tcase(suite, tcase);
    }
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* ---- containers */

const char *lxc_guests_path(void)
{
    return path;
}

const char *lxc_guests_shared(void)
{
    return shared;
}

const char *lxc_guest_file(const char *guest, const char *name)
{
    static char file[2][600];
    static int turn;

    turn = !turn;
    snprintf(file[turn], sizeof(file[turn]), "%s/%s/%s", path, guest, name);
    return file[turn];
}

void lxc_guest_add(const char *name, const char *const *lines)
{
    const char *words[12] = {"container", name, "--path", path, "--no-start"};

    for (int i = 0; lines && lines[i] && i < 6; i++)
        words[5 + i] = lines[i];
    ck_assert_int_eq(run_rig(words), 0);
}

void lxc_guest_start(const char *name)
{
    const char *words[] = {"start", name, "--path", path, NULL};

    ck_assert_int_eq(run_rig(words), 0);
}

void lxc_guest_kill(const char *name)
{
    char option[300];
    const char *argv[] = {"timeout", "20", "lxc-stop", "-k", "-P", path, option, NULL};

    snprintf(option, sizeof(option), "--name=%s", name);
    ck_assert_int_eq(lxc_run(argv, NULL, 0), 0);
}

void lxc_guest_remove(const char *name)
{
    const char *words[] = {"remove", name, "--path", path, NULL};

    ck_assert_int_eq(run_rig(words), 0);
}

size_t lxc_read_proc(pid_t pid, const char *name, char *text, size_t size)
{
    char file[64];

    snprintf(file, sizeof(file), "/proc/%ld/%s", (long)pid, name);
    text[0] = '\0';
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t len = read(fd, text, size - 1);
    close(fd);
    text[len < 0 ? 0 : len] = '\0';
    return len < 0 ? 0 : (size_t)len;
}

static bool is_titled(pid_t pid, const char *title)
{
    char text[1024];

    lxc_read_proc(pid, "cmdline", text, sizeof(text));
    return strcmp(text, title) == 0;
}

bool lxc_is_monitor(pid_t pid)
{
    char text[64];

    lxc_read_proc(pid, "cmdline", text, sizeof(text));
    return strncmp(text, TITLE, strlen(TITLE)) == 0;
}

static pid_t parent_of(pid_t pid)
{
    char text[1024];
    long parent = 0;

    lxc_read_proc(pid, "stat", text, sizeof(text));
    const char *close = strrchr(text, ')');
    return close && sscanf(close + 1, " %*c %ld", &parent) == 1 ? (pid_t)parent : 0;
}

pid_t lxc_next_process(DIR *dir)
{
    for (struct dirent *entry; (entry = readdir(dir));)
        if (isdigit((unsigned char)entry->d_name[0]))
            return (pid_t)atol(entry->d_name);
    return 0;
}

pid_t lxc_guest_monitor(const char *name)
{
    char title[600];
    pid_t found = 0;
    DIR *dir = opendir("/proc");

    snprintf(title, sizeof(title), TITLE "%s %s", path, name);
    /* Before its exec, init wears its parent's title. */
    for (pid_t pid; dir && !found && (pid = lxc_next_process(dir));)
        if (is_titled(pid, title) && !is_titled(parent_of(pid), title))
            found = pid;
    if (dir)
        closedir(dir);
    return found;
}

pid_t lxc_guest_init(const char *name)
{
    pid_t monitor = lxc_guest_monitor(name), found = 0;
    DIR *dir = monitor ? opendir("/proc") : NULL;

    for (pid_t pid; dir && !found && (pid = lxc_next_process(dir));)
        if (parent_of(pid) == monitor)
            found = pid;
    if (dir)
        closedir(dir);
    return found;
}

bool lxc_guest_becomes(const char *name, const char *state, int timeout_ms)
{
    char option[300], text[64];
    const char *argv[] = {"timeout", "5", "lxc-info", "-sH", "-P", path, option, NULL};
    long long end = screen_now_ms() + timeout_ms;

    snprintf(option, sizeof(option), "--name=%s", name);
    do {
        lxc_run(argv, text, sizeof(text));
        text[strcspn(text, "\n")] = '\0';
        if (strcmp(text, state) == 0)
            return true;
        poll(NULL, 0, 50);
    } while (screen_now_ms() < end);
    fprintf(stderr, "'%s' is %s, not %s\n", name, text, state);
    return false;
}
