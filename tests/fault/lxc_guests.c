#include "fault/lxc_guests.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "screen/family.h"
#include "screen/steps.h"

#define OWNER "lxcfault"
#define TITLE "[lxc monitor] "
#define SKIPPED 77
#define TEST_LIMIT_S 120
#define GUESTS_MAX 12    /* in a test */
#define KEY_MS 500       /* ten times what it takes; a machine that tests others as well is slow */
#define FOLLOWS_MS 10000 /* for figures to follow a load */

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

static size_t read_proc(pid_t pid, const char *name, char *text, size_t size)
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

    read_proc(pid, "cmdline", text, sizeof(text));
    return strcmp(text, title) == 0;
}

static pid_t parent_of(pid_t pid)
{
    char text[1024];
    long parent = 0;

    read_proc(pid, "stat", text, sizeof(text));
    const char *close = strrchr(text, ')');
    return close && sscanf(close + 1, " %*c %ld", &parent) == 1 ? (pid_t)parent : 0;
}

static pid_t next_process(DIR *dir)
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
    for (pid_t pid; dir && !found && (pid = next_process(dir));)
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

    for (pid_t pid; dir && !found && (pid = next_process(dir));)
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

/* ---- vctop */

struct screen *lxc_watch(int rows, const char *const *more)
{
    const char *args[24] = {"--no-config", "--backend", "lxc", "-P",  path,
                            "-d",          "0.2",       "-s",  "name"};

    for (int i = 0; more && more[i] && i < 14; i++)
        args[9 + i] = more[i];
    struct screen *screen = screen_start(rows, 109, args, NULL);
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

static void await_cpu(struct screen *screen, double from, double to)
{
    long long end = screen_now_ms() + FOLLOWS_MS;
    double cpu;

    while ((cpu = cpu_of(screen, LXC_LIVE)) < from || cpu > to) {
        ck_assert_msg(screen_now_ms() < end, "the load is %g, not %g to %g:\n%s", cpu, from, to,
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
        execlp("lxc-attach", "lxc-attach", "-P", path, "--name=" LXC_LIVE, "--", "timeout", "1",
               "sh", "-c", "while :; do :; done", (char *)NULL);
        _exit(127);
    }
    return pid;
}

/* What liblxc writes to standard error may be a line of the log, nowhere else. */
static void check_picture(struct screen *screen)
{
    ck_assert_int_eq(screen_find(screen, " vctop  this host "), 0);
    ck_assert(strstr(screen_row(screen, screen_find(screen, "Tab Pane")), "q Quit"));
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
    screen_send(screen, "g"); /* from the last row the first key would not move */
    screen_pump(screen, 200);
    ck_assert_int_lt(steps_key_ms(screen), KEY_MS);
    await_cpu(screen, 0, 5);
    pid_t burner = burn();
    await_cpu(screen, 10, 1000);
    ck_assert_int_eq(waitpid(burner, NULL, 0), burner);
    await_cpu(screen, 0, 5);
    ck_assert_uint_eq(family_zombies(screen_pid(screen)), 0);
    ck_assert_uint_eq(family_zombies(spawner), 0);
    ck_assert_uint_eq(screen_foreign_bytes(screen), 0);
    /* How liblxc's own lines look. */
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
    for (pid_t pid; dir && (pid = next_process(dir));) {
        char title[64];
        size_t len = read_proc(pid, "environ", text, sizeof(text));
        /* A zombie has no environment any more. */
        if (!memmem(text, len, tag, strlen(tag) + 1))
            continue;
        read_proc(pid, "cmdline", title, sizeof(title));
        if (strncmp(title, TITLE, strlen(TITLE)) == 0)
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

void lxc_select(struct screen *screen, const char *shown)
{
    screen_send(screen, "g");
    for (int i = 0; i < GUESTS_MAX; i++) {
        screen_pump(screen, 60);
        if (strcmp(steps_cursor_name(screen), shown) == 0)
            return;
        screen_send(screen, "j");
    }
    ck_abort_msg("there is no row of %s:\n%s", shown, screen_text(screen));
}

void lxc_choose(struct screen *screen, const char *shown, const char *key)
{
    char title[300];

    lxc_select(screen, shown);
    screen_send(screen, "m");
    snprintf(title, sizeof(title), "─ %s ─", shown);
    ck_assert(screen_wait(screen, title, PATIENCE_MS));
    screen_send(screen, key);
}

void lxc_act(struct screen *screen, const char *shown, const char *key, const char *typed)
{
    char title[300];

    lxc_choose(screen, shown, key);
    snprintf(title, sizeof(title), ": %s?", shown);
    ck_assert(screen_wait(screen, title, PATIENCE_MS));
    screen_pump(screen, 400); /* keys typed ahead are not an answer */
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
                          path,
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
