#include "fault/daemon.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "fault/libvirt_virsh.h"
#include "screen/driver.h"

#define SKIPPED 77
#define TEST_LIMIT_S 150
#define START_MS 20000
#define PROCESS_TEXT (256 * 1024)

/* libvirt takes root's session for the system's daemon; this user is on every system. */
#define OTHER_USER "nobody"

static char folder[64]; /* short: sockets are in it */
static pid_t daemon_process;
static pid_t main_process;
static int lifeline = -1; /* open as long as the main process lives: see start_cleaner() */

const char *daemon_folder(void)
{
    return folder;
}

const char *daemon_path(const char *path)
{
    static char paths[8][256];
    static unsigned next;
    char *text = paths[next++ % ARRAY_SIZE(paths)];

    snprintf(text, sizeof(paths[0]), "%s/%s", folder, path);
    return text;
}

const char *const *daemon_environment(void)
{
    static const char *const names[] = {"HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME",
                                        "XDG_CACHE_HOME"};
    static const char *const places[] = {"", "run", "config", "cache"};
    static char pairs[ARRAY_SIZE(names)][128];
    static const char *all[ARRAY_SIZE(names) + 1];

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        snprintf(pairs[i], sizeof(pairs[i]), "%s=%s/%s", names[i], folder, places[i]);
        all[i] = pairs[i];
    }
    return all;
}

/* ---- what runs in the folder */

static bool has(pid_t pid, const char *name, const char *words)
{
    static char text[PROCESS_TEXT];
    char path[64];

    snprintf(path, sizeof(path), "/proc/%ld/%s", (long)pid, name);
    ssize_t len = io_read_file(AT_FDCWD, path, text, sizeof(text));
    for (ssize_t i = 0; i + 1 < len; i++)
        if (text[i] == '\0')
            text[i] = ' ';
    return len > 0 && strstr(text, words);
}

/* Processes that know the folder and whose command line holds WORDS; they get SIGNAL, if any. */
static size_t each_process(const char *words, int signal_number)
{
    DIR *dir = opendir("/proc");
    char mine[80];
    size_t count = 0;

    snprintf(mine, sizeof(mine), "%s/", folder);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        pid_t pid = (pid_t)atol(entry->d_name);
        if (!isdigit((unsigned char)entry->d_name[0]) || pid == getpid() ||
            (!has(pid, "environ", mine) && !has(pid, "cmdline", mine)) ||
            !has(pid, "cmdline", words))
            continue;
        count++;
        if (signal_number)
            kill(pid, signal_number);
    }
    if (dir)
        closedir(dir);
    return count;
}

size_t daemon_count_processes(const char *words)
{
    return each_process(words, 0);
}

static void kill_all(void)
{
    struct timespec rest = {.tv_nsec = 50000000};

    for (int i = 0; i < 100 && each_process("", SIGKILL) > 0; i++)
        nanosleep(&rest, NULL);
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void)info;
    (void)type;
    (void)at;
    remove(path);
    return 0;
}

static void remove_tree(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- the daemon */

/* A session of its own: Check kills the process group of a test that has ended. */
static pid_t launch(void)
{
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    int log = open(daemon_path("libvirtd.log"), O_WRONLY | O_CREAT | O_APPEND, 0600);
    int null = open("/dev/null", O_RDONLY);
    setsid();
    dup2(null, STDIN_FILENO);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    const char *const *env = daemon_environment();
    for (size_t i = 0; env[i]; i++)
        putenv((char *)env[i]);
    execlp("libvirtd", "libvirtd", (char *)NULL);
    _exit(127);
}

void daemon_start(void)
{
    long long end = screen_now_ms() + START_MS;

    daemon_process = launch();
    ck_assert_int_gt(daemon_process, 0);
    while (virsh("uri", NULL) != 0) {
        ck_assert_msg(screen_now_ms() < end, "libvirtd does not answer: see its log\n%s",
                      virsh_output());
        ck_assert_msg(waitpid(daemon_process, NULL, WNOHANG) == 0, "libvirtd ended at once");
        struct timespec rest = {.tv_nsec = 50000000};
        nanosleep(&rest, NULL);
    }
}

pid_t daemon_pid(void)
{
    return daemon_process;
}

void daemon_signal(int number)
{
    ck_assert_int_gt(daemon_process, 0);
    ck_assert_int_eq(kill(daemon_process, number), 0);
    if (number != SIGKILL)
        return;
    waitpid(daemon_process, NULL, 0);
    daemon_process = 0;
}

/* ---- the folder */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

static void make_container(const char *name)
{
    char path[64], config[64];

    snprintf(path, sizeof(path), "lxc/%s", name);
    snprintf(config, sizeof(config), "lxc/%s/config", name);
    mkdir(daemon_path(path), 0755);
    write_file(daemon_path(config), "lxc.uts.name = test\n");
}

/* What QEMU can do stays known, for it takes seconds to ask: the cache is kept. */
static void make_anew(void)
{
    if (getpid() != main_process)
        cleanup_close(&lifeline);
    kill_all();
    remove_tree(daemon_path("run"));
    remove_tree(daemon_path("config"));
    mkdir(daemon_path("run"), 0700);
    mkdir(daemon_path("cache"), 0700);
    mkdir(daemon_path("config"), 0700);
    mkdir(daemon_path("config/libvirt"), 0700);
    /* Else it would start a virtlogd. */
    write_file(daemon_path("config/libvirt/qemu.conf"), "stdio_handler = \"file\"\n");
    mkdir(daemon_path("lxc"), 0755);
    make_container("box");
    make_container("crate");
    daemon_start();
}

static bool copy(const char *from, const char *to, mode_t mode)
{
    CLEANUP_CLOSE int in = open(from, O_RDONLY | O_CLOEXEC);
    CLEANUP_CLOSE int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    char bytes[65536];
    ssize_t len = -1;

    if (in < 0 || out < 0)
        return false;
    while ((len = read(in, bytes, sizeof(bytes))) > 0)
        if (write(out, bytes, (size_t)len) != len)
            return false;
    return len == 0;
}

/* The program and its modules where the other user may read them. */
static bool copy_program(void)
{
    static const char *const modules[] = {"backend-libvirt.so", "backend-lxc.so", "picture.so"};
    CLEANUP_FREE char *place = strdup(screen_program());
    char *slash = strrchr(place, '/');
    char from[4096], to[128];

    mkdir(daemon_path("bin"), 0755);
    if (!slash || !copy(screen_program(), daemon_path("bin/vctop"), 0755))
        return false;
    *slash = '\0';
    for (size_t i = 0; i < ARRAY_SIZE(modules); i++) {
        snprintf(from, sizeof(from), "%s/%s", place, modules[i]);
        snprintf(to, sizeof(to), "bin/%s", modules[i]);
        if (!copy(from, daemon_path(to), 0644))
            return false;
    }
    return setenv("VCTOP", daemon_path("bin/vctop"), 1) == 0;
}

static bool become_other_user(void)
{
    const struct passwd *user = getpwnam(OTHER_USER);

    if (!user || chown(folder, user->pw_uid, user->pw_gid) != 0 ||
        chown(daemon_path("bin"), user->pw_uid, user->pw_gid) != 0)
        return false;
    return setgroups(0, NULL) == 0 && setgid(user->pw_gid) == 0 && setuid(user->pw_uid) == 0;
}

/* Lives until the tests' process is gone, even by SIGKILL: nobody else writes to FD's pipe. */
static _Noreturn void clean_up_after(int fd)
{
    char byte;

    setsid();
    int null = open("/dev/null", O_RDWR);
    for (int i = 0; i <= STDERR_FILENO; i++)
        dup2(null, i);
    while (read(fd, &byte, 1) < 0 && errno == EINTR)
        ;
    kill_all();
    remove_tree(folder);
    _exit(0);
}

/* The first process of a namespace: buries all that is left to it, and ends with PID. */
static _Noreturn void watch_over(pid_t pid)
{
    int status = 0;
    pid_t ended;

    do
        ended = wait(&status);
    while (ended != pid && (ended >= 0 || errno == EINTR));
    _exit(ended == pid && WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE);
}

/* vctop shows every QEMU of its host: with processes of its own a test does not see those of
 * another that runs meanwhile.  Returns in the new namespace; where there can be none, where it
 * was. */
static void part_processes(void)
{
    int status = 0;

    if (unshare(CLONE_NEWPID | CLONE_NEWNS) != 0)
        return;
    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
    pid_t pid = fork();
    if (pid != 0) {
        cleanup_close(&lifeline);
        bool ended = waitpid(pid, &status, 0) == pid && WIFEXITED(status);
        while (wait(NULL) >= 0) /* the cleaner */
            ;
        _exit(ended ? WEXITSTATUS(status) : EXIT_FAILURE);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
    pid = fork();
    if (pid != 0) {
        cleanup_close(&lifeline);
        watch_over(pid);
    }
}

static pid_t start_cleaner(void)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[1]);
        clean_up_after(ends[0]);
    }
    close(ends[0]);
    lifeline = ends[1];
    return pid;
}

static bool is_installed(const char *program)
{
    CLEANUP_FREE char *path = strdup(getenv("PATH") ? getenv("PATH") : "");
    char *rest = path, file[4096];

    for (const char *place; (place = strsep(&rest, ":"));) {
        snprintf(file, sizeof(file), "%s/%s", place, program);
        if (access(file, X_OK) == 0)
            return true;
    }
    return false;
}

static int skip(const char *suite, const char *why)
{
    printf("SKIP %s: %s\n", suite, why);
    return SKIPPED;
}

static int run(const char *name, const TTest *const *tests, size_t count)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);

    tcase_set_timeout(tcase, TEST_LIMIT_S);
    tcase_add_checked_fixture(tcase, make_anew, NULL);
    for (size_t i = 0; i < count; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int daemon_main(const char *suite, const TTest *const *tests, size_t count)
{
    static const char *const needed[] = {"libvirtd", "virsh", "qemu-system-x86_64"};

    for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
        if (!is_installed(needed[i])) {
            printf("%s is not installed\n", needed[i]);
            return skip(suite, "see ./bootstrap test");
        }
    snprintf(folder, sizeof(folder), "/tmp/vctop-fault.XXXXXX");
    if (!mkdtemp(folder))
        return skip(suite, "no folder can be made in /tmp");
    bool ready = copy_program();
    pid_t cleaner = start_cleaner();
    int status = SKIPPED;
    if (ready && geteuid() == 0) {
        part_processes();
        ready = become_other_user();
    }
    main_process = getpid();
    if (!ready)
        skip(suite, "the program and its modules cannot be copied for user " OTHER_USER);
    else
        status = run(suite, tests, count);
    cleanup_close(&lifeline);
    waitpid(cleaner, NULL, 0);
    return status;
}
