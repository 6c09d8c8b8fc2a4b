/* Rows 55, 56 and 62 of the fault list: configuration files and themes that are anything but what
 * they should be, homes that cannot be written to, and two vctops that save.  All of it below a
 * folder of its own. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "screen/family.h"
#include "screen/steps.h"

#define SIM ("--sim=guests=20,machines=6," RESTING)
#define GIGABYTE (1L << 30)
#define NOBODY 65534
#define TEXT(literal) literal, sizeof(literal) - 1 /* zero bytes inside it count */
#define KEY_LIMIT_MS 1000

static char top[] = "/tmp/vctop-config-XXXXXX";
static char home[64], folder[128], config[160], themes[160];

static int shell(const char *command)
{
    int status = -1;
    pid_t child = fork();

    if (child == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    waitpid(child, &status, 0);
    return status;
}

static void remove_all(const char *path)
{
    char command[200];

    snprintf(command, sizeof(command), "chmod -R u+rwX '%s' 2>/dev/null; rm -rf '%s'", path, path);
    shell(command);
}

/* An empty one: a test before may have failed. */
static void clear_home(void)
{
    snprintf(home, sizeof(home), "%s/home", top);
    remove_all(home);
    mkdir(home, 0700);
}

static void make_folders(void)
{
    char path[160];

    snprintf(folder, sizeof(folder), "%s/.config/vctop", home);
    snprintf(config, sizeof(config), "%s/vctop.conf", folder);
    snprintf(themes, sizeof(themes), "%s/themes", folder);
    snprintf(path, sizeof(path), "%s/.config", home);
    mkdir(path, 0700);
    mkdir(folder, 0700);
    mkdir(themes, 0700);
}

static void make_home(void)
{
    clear_home();
    make_folders();
}

static void write_file(const char *path, const char *text, size_t len)
{
    CLEANUP_FCLOSE FILE *file = fopen(path, "w");

    ck_assert_msg(file != NULL, "%s", path);
    ck_assert_uint_eq(fwrite(text, 1, len, file), len);
}

static const char *read_text(const char *path)
{
    static char text[8192];
    CLEANUP_FCLOSE FILE *file = fopen(path, "r");

    text[0] = '\0';
    if (file)
        text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    return text;
}

/* Wide enough for a path and what is wrong with it. */
static struct screen *start_in(const char *home_pair, const char *option)
{
    const char *const args[] = {SIM, "-d", "0.2", option, NULL};
    const char *const env[] = {home_pair, "XDG_CONFIG_HOME", NULL};

    return screen_start(24, 160, args, env);
}

static struct screen *start(const char *option)
{
    char pair[100];

    snprintf(pair, sizeof(pair), "HOME=%s", home);
    return start_in(pair, option);
}

static void expect(struct screen *screen, const char *text)
{
    ck_assert_msg(screen_wait(screen, text, PATIENCE_MS), "no '%s':\n%s", text,
                  screen_text(screen));
}

/* The table is there as by default. */
static void expect_defaults(struct screen *screen)
{
    expect(screen, "SIMULATED");
    expect(screen, "NAME");
    expect(screen, "/800");
    expect(screen, "build-01");
}

/* What batch mode writes to standard error. */
static const char *batch_says(const char *option)
{
    static char text[2000];
    int out[2];
    size_t len = 0;
    ssize_t got;

    ck_assert_int_eq(pipe(out), 0);
    pid_t child = fork();
    if (child == 0) {
        setenv("HOME", home, 1);
        unsetenv("XDG_CONFIG_HOME");
        dup2(out[1], STDERR_FILENO);
        int null = open("/dev/null", O_WRONLY);
        dup2(null, STDOUT_FILENO);
        execl(screen_program(), "vctop", SIM, "-b", "-n1", "-d0.2", option, (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    while (len < sizeof(text) - 1 && (got = read(out[0], text + len, sizeof(text) - 1 - len)) > 0)
        len += (size_t)got;
    text[len] = '\0';
    close(out[0]);
    int status;
    waitpid(child, &status, 0);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %d: %s", status, text);
    return text;
}

/* ---- row 55: what is in the file ---- */

static void nested(char *dst, size_t size)
{
    size_t i;

    for (i = 0; i + 4 < size; i += 3)
        memcpy(dst + i, "a:{", 3);
    dst[i] = '\0';
}

static const struct {
    const char *text;
    size_t len;
    const char *says;
} texts[] = {
    {TEXT("%&/ junk (\n"), "vctop.conf:1: syntax error"},
    {TEXT("delay = 1\0\n"), "holds a zero byte"},
    {TEXT("theme = \"\xff\xfe\xc3\";\n\xff\n"), "vctop.conf:2: syntax error"},
    {TEXT("# ok\n\nsort = \"\xff\xfe\";\n"), "vctop.conf:3: '"},
    {TEXT("@include \"vctop.conf\"\n"), "vctop.conf:1: @include is not allowed"},
    {TEXT("delay = 5\ndelay = 3\n"), "vctop.conf:2: duplicate setting"},
    {TEXT("ascii = true\ncolumns = [\"warp\"]\n"), "vctop.conf:2: 'warp' is no column"},
    {TEXT("ascii = true\nkeys: {\n  force-off = \"f\";\n};\n"),
     "vctop.conf:3: no key may change a guest: 'force-off'"},
    {TEXT("ascii = true\nkeys: {\n  help = \"q\";\n  back-or-quit = \"q\";\n};\n"),
     "vctop.conf:3: q is a key of 'back-or-quit'"},
};

/* One line says what is wrong, the defaults hold, and the file stays what it is. */
static void check_bad_config(const char *says)
{
    struct stat before, after;
    struct screen *screen;

    ck_assert_int_eq(lstat(config, &before), 0);
    ck_assert_msg(strstr(batch_says(NULL), says) != NULL, "%s", batch_says(NULL));
    screen = start(NULL);
    expect(screen, says);
    expect_defaults(screen);
    screen_send(screen, ":sort name\r:save\r");
    expect(screen, "not saved:");
    steps_quit(screen);
    ck_assert_int_eq(lstat(config, &after), 0);
    ck_assert(before.st_ino == after.st_ino && before.st_mode == after.st_mode &&
              before.st_size == after.st_size && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
}

START_TEST(row_55_what_a_config_says)
{
    make_home();
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        write_file(config, texts[i].text, texts[i].len);
        check_bad_config(texts[i].says);
    }
}
END_TEST

START_TEST(row_55_nested_and_large)
{
    static char text[300000];

    make_home();
    nested(text, sizeof(text));
    write_file(config, text, strlen(text));
    check_bad_config("vctop.conf:1:");
    write_file(config, TEXT(""));
    ck_assert_int_eq(truncate(config, GIGABYTE), 0);
    check_bad_config("is larger than 1 MB");
}
END_TEST

START_TEST(row_55_what_is_no_file)
{
    make_home();
    ck_assert_int_eq(mkdir(config, 0700), 0);
    check_bad_config("is not a regular file");
    rmdir(config);
    ck_assert_int_eq(mkfifo(config, 0600), 0);
    check_bad_config("is not a regular file");
    unlink(config);
    ck_assert_int_eq(symlink("/dev/zero", config), 0);
    check_bad_config("is not a regular file");
    unlink(config);
    ck_assert_int_eq(symlink("vctop.conf", config), 0);
    check_bad_config("symbolic links");
}
END_TEST

/* A link is read, as those who manage their files with links want it, and never replaced. */
START_TEST(row_55_link)
{
    char real[160];
    struct stat st;

    make_home();
    snprintf(real, sizeof(real), "%s/real.conf", home);
    write_file(real, TEXT("sort = \"name\"\n"));
    ck_assert_int_eq(symlink(real, config), 0);
    struct screen *screen = start(NULL);
    expect(screen, "NAME\342\226\274");
    screen_send(screen, ":sort mem\r:save\r");
    expect(screen, "is a symbolic link");
    steps_quit(screen);
    ck_assert_int_eq(lstat(config, &st), 0);
    ck_assert(S_ISLNK(st.st_mode));
    ck_assert_str_eq(read_text(real), "sort = \"name\"\n");
    /* The folder too: who could change the link could send the file anywhere. */
    char moved[160];
    snprintf(moved, sizeof(moved), "%s/moved", home);
    ck_assert_int_eq(rename(folder, moved), 0);
    ck_assert_int_eq(symlink(moved, folder), 0);
    unlink(config);
    write_file(config, TEXT("sort = \"name\"\n"));
    screen = start(NULL);
    expect(screen, "NAME\342\226\274");
    screen_send(screen, ":sort mem\r:save\r");
    expect(screen, "is a symbolic link");
    steps_quit(screen);
    ck_assert_str_eq(read_text(config), "sort = \"name\"\n");
}
END_TEST

static bool nobody_can_run(void)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        if (setgid(NOBODY) || setuid(NOBODY))
            _exit(1);
        _exit(access(screen_program(), X_OK) == 0 ? 0 : 1);
    }
    waitpid(child, &status, 0);
    return status == 0;
}

/* Root reads everything: somebody else has to try. */
START_TEST(row_55_mode_000)
{
    make_home();
    write_file(config, TEXT("sort = \"name\"\n"));
    ck_assert_int_eq(chmod(config, 0), 0);
    if (geteuid() != 0) {
        check_bad_config("Permission denied");
        return;
    }
    if (access("/usr/bin/setpriv", X_OK) || !nobody_can_run()) {
        fprintf(stderr, "SKIPPED: mode 000, since nobody else can run %s\n", screen_program());
        return;
    }
    char pair[100];
    const char *const argv[] = {"/usr/bin/setpriv",
                                "--reuid=65534",
                                "--regid=65534",
                                "--clear-groups",
                                screen_program(),
                                SIM,
                                "-d",
                                "0.2",
                                NULL};
    const char *const env[] = {pair, "XDG_CONFIG_HOME", NULL};
    snprintf(pair, sizeof(pair), "HOME=%s", home);
    ck_assert_int_eq(chmod(top, 0711), 0);
    char *const owned[] = {home, folder, config};
    for (size_t i = 0; i < ARRAY_SIZE(owned); i++)
        ck_assert_int_eq(chown(owned[i], NOBODY, NOBODY), 0);
    char path[160];
    snprintf(path, sizeof(path), "%s/.config", home);
    ck_assert_int_eq(chown(path, NOBODY, NOBODY), 0);
    struct screen *screen = screen_start_program(24, 160, argv, env);
    expect(screen, "Permission denied");
    expect_defaults(screen);
    screen_send(screen, ":sort name\r:save\r");
    expect(screen, "is read-only");
    steps_quit(screen);
    struct stat st;
    ck_assert_int_eq(stat(config, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0);
}
END_TEST

/* What is not known is named and passed over; it is still there after a save, and so are comments.
 */
START_TEST(row_55_of_a_newer_version)
{
    static const char text[] = "# mine\nwarp = { speed = 9; }; # engage\nsort = \"name\"\n"
                               "keys: { tractor = \"F8\"; /* beam */ };\n";

    make_home();
    write_file(config, text, strlen(text));
    ck_assert_msg(strstr(batch_says(NULL), "vctop.conf:2: 'warp' is no setting"), "%s",
                  batch_says(NULL));
    struct screen *screen = start(NULL);
    expect(screen, "vctop.conf:2: 'warp' is no setting");
    expect(screen, "NAME\342\226\274");
    screen_send(screen, ":sort mem\r:save\r");
    expect(screen, "saved to");
    steps_quit(screen);
    ck_assert_str_eq(read_text(config),
                     "# mine\nwarp = { speed = 9; }; # engage\nsort = \"mem\"\n"
                     "keys: { tractor = \"F8\"; /* beam */ };\ninverted = false;\n");
}
END_TEST

/* ---- row 55: themes ---- */

static void check_bad_theme(const char *says)
{
    struct screen *screen = start("--theme=mine");

    expect(screen, says);
    expect_defaults(screen);
    /* The same while it runs: the theme that was there stays. */
    screen_send(screen, ":theme light\r");
    screen_pump(screen, 300);
    screen_send(screen, ":theme mine\r");
    expect(screen, says);
    steps_quit(screen);
}

START_TEST(row_55_theme)
{
    static char text[60000];
    char theme[200];

    make_home();
    snprintf(theme, sizeof(theme), "%s/mine.cfg", themes);
    check_bad_theme("there is no theme 'mine' (looked for in ~/.config/vctop/themes, ");
    ck_assert_ptr_nonnull(strstr(batch_says("--theme=mine"), "there is no theme 'mine' (looked"));
    ck_assert_str_eq(batch_says("--theme=light"), "");
    struct screen *colourless = start_in("NO_COLOR=1", "--theme=mine");
    expect(colourless, "there is no theme 'mine' (looked for in ");
    steps_quit(colourless);
    write_file(theme, TEXT("junk (\n"));
    check_bad_theme("mine.cfg:1: syntax error");
    write_file(theme, TEXT("styles: {};\0"));
    check_bad_theme("there is a NUL byte");
    write_file(theme, TEXT("styles: {\n dim = \"\xff\";\n};\n"));
    check_bad_theme("mine.cfg:2: ");
    write_file(theme, TEXT("styles: {\n hologram = \"dim\";\n};\n"));
    check_bad_theme("mine.cfg:2: there is no style 'hologram'");
    write_file(theme, TEXT("@include \"mine.cfg\"\n"));
    check_bad_theme("@include is not allowed");
    nested(text, sizeof(text));
    write_file(theme, text, strlen(text));
    check_bad_theme("mine.cfg:1: ");
    ck_assert_int_eq(truncate(theme, GIGABYTE), 0);
    check_bad_theme("is no theme file");
    unlink(theme);
    ck_assert_int_eq(mkfifo(theme, 0600), 0);
    check_bad_theme("is no theme file");
    unlink(theme);
    ck_assert_int_eq(mkdir(theme, 0700), 0);
    check_bad_theme("is no theme file");
}
END_TEST

/* ---- row 56: where nothing can be written ---- */

START_TEST(row_56_no_home)
{
    struct screen *screen = start_in("HOME", NULL);

    expect_defaults(screen);
    screen_send(screen, ":sort name\r:save\r");
    expect(screen, "HOME is not set");
    steps_quit(screen);
    screen = start_in("HOME=/nonexistent/vctop", NULL);
    expect_defaults(screen);
    screen_send(screen, ":sort name\r:save\r");
    expect(screen, "not saved: cannot make ~/.config/vctop: No such file");
    steps_quit(screen);
}
END_TEST

/* Mounts that end with this process.  False when there can be none. */
static bool own_mounts(void)
{
    if (geteuid() == 0 && unshare(CLONE_NEWNS) == 0 &&
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
        return true;
    fprintf(stderr, "SKIPPED: a file system of its own needs root\n");
    return false;
}

START_TEST(row_56_read_only)
{
    clear_home();
    if (!own_mounts())
        return;
    ck_assert_int_eq(mount("vctop-test", home, "tmpfs", 0, "size=256k,mode=0700"), 0);
    make_folders();
    write_file(config, TEXT("# mine\nsort = \"name\"\n"));
    ck_assert_int_eq(mount(NULL, home, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
    struct screen *screen = start(NULL);
    expect(screen, "NAME\342\226\274");
    screen_send(screen, ":sort mem\r:save\r");
    expect(screen, "vctop.conf: Read-only file system");
    steps_quit(screen);
    ck_assert_str_eq(read_text(config), "# mine\nsort = \"name\"\n");
    umount2(home, MNT_DETACH);
}
END_TEST

START_TEST(row_56_full_disk)
{
    static const char zeros[65536];
    char filler[160];

    clear_home();
    if (!own_mounts())
        return;
    ck_assert_int_eq(mount("vctop-test", home, "tmpfs", 0, "size=64k,mode=0700"), 0);
    make_folders();
    write_file(config, TEXT("# mine\nsort = \"name\"\n"));
    snprintf(filler, sizeof(filler), "%s/filler", home);
    int fd = open(filler, O_WRONLY | O_CREAT, 0600);
    while (write(fd, zeros, 4096) > 0)
        ;
    close(fd);
    struct screen *screen = start(NULL);
    expect(screen, "NAME\342\226\274");
    screen_send(screen, ":sort mem\r:save\r");
    expect(screen, "vctop.conf: No space left on device");
    ck_assert_str_eq(read_text(config), "# mine\nsort = \"name\"\n");
    /* Nothing half-written is left, and with space again it works. */
    ck_assert_int_eq(unlink(filler), 0);
    screen_send(screen, ":save\r");
    expect(screen, "saved to");
    steps_quit(screen);
    ck_assert_str_eq(read_text(config), "# mine\nsort = \"mem\"\ninverted = false;\n");
    ck_assert_int_eq(rmdir(themes), 0);
    ck_assert_int_eq(unlink(config), 0);
    ck_assert_int_eq(rmdir(folder), 0); /* it was empty but for these */
    umount2(home, MNT_DETACH);
}
END_TEST

/* The log of --debug has no room: it runs, and says so once, at the end. */
START_TEST(row_56_full_disk_of_the_log)
{
    static const char zeros[4096];
    char log[100], option[120];

    clear_home();
    if (!own_mounts())
        return;
    ck_assert_int_eq(mount("vctop-test", home, "tmpfs", 0, "size=4k,mode=0700"), 0);
    snprintf(log, sizeof(log), "%s/filler", home);
    write_file(log, zeros, sizeof(zeros));
    snprintf(option, sizeof(option), "--debug=%s/log", home);
    struct screen *screen = start(option);
    expect_defaults(screen);
    screen_send(screen, "jjq");
    ck_assert_int_eq(screen_exit(screen, PATIENCE_MS), 0);
    ck_assert(screen_restored(screen));
    expect(screen, "/log: No space left on device");
    const char *first = strstr(screen_text(screen), "No space left");
    ck_assert_ptr_null(strstr(first + 1, "No space left"));
    screen_free(screen);
    umount2(home, MNT_DETACH);
}
END_TEST

/* A file system on a file, mounted on HOME; false when this machine has no such thing. */
static bool mount_image(void)
{
    char command[400];

    snprintf(command, sizeof(command),
             "truncate -s 8M '%s/image' && mkfs.ext4 -q '%s/image' && "
             "mount -o loop '%s/image' '%s'",
             top, top, top, home);
    if (shell(command) == 0)
        return true;
    fprintf(stderr, "SKIPPED: no file system on a loop device here\n");
    return false;
}

/* Freezes the file system of FD until the descriptor returned is closed, by whatever end of this
 * process: nobody else would thaw it. */
static int freeze(int fd, pid_t *ret_guard)
{
    int ends[2];
    char byte;

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    *ret_guard = fork();
    if (*ret_guard == 0) {
        close(ends[1]);
        while (read(ends[0], &byte, 1) > 0)
            ;
        ioctl(fd, FITHAW, 0);
        _exit(0);
    }
    close(ends[0]);
    ck_assert_int_eq(ioctl(fd, FIFREEZE, 0), 0);
    return ends[1];
}

struct frozen_home {
    int fd, thaw; /* of the file system; closed, it thaws */
    pid_t guard;
};

/* A screen that has begun to save where, as with a dead NFS server, what writes waits in the
 * kernel. NULL: there is no such place here. */
static struct screen *save_into_frozen_home(struct frozen_home *ret)
{
    clear_home();
    if (!own_mounts() || !mount_image())
        return NULL;
    make_folders();
    struct screen *screen = start(NULL);
    expect_defaults(screen);
    ret->fd = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ret->thaw = freeze(ret->fd, &ret->guard);
    screen_send(screen, ":sort name\r:save\r");
    return screen;
}

static void thaw(struct frozen_home *frozen)
{
    close(frozen->thaw);
    waitpid(frozen->guard, NULL, 0);
}

static void check_saved(struct frozen_home *frozen)
{
    ck_assert_str_eq(read_text(config), "sort = \"name\";\ninverted = false;\n");
    close(frozen->fd);
    ck_assert_int_eq(umount2(home, 0), 0);
}

START_TEST(row_56_file_system_that_hangs)
{
    struct frozen_home frozen;
    struct screen *screen = save_into_frozen_home(&frozen);

    if (!screen)
        return;
    expect(screen, "NAME\342\226\274");
    ck_assert_int_lt(steps_key_ms(screen), KEY_LIMIT_MS);
    expect(screen, "saving ~/.config/vctop/vctop.conf: its file system does not answer");
    screen_send(screen, ":save\r");
    expect(screen, "still saving");
    thaw(&frozen);
    expect(screen, "saved to ~/.config/vctop/vctop.conf");
    steps_quit(screen);
    check_saved(&frozen);
}
END_TEST

/* A program that stays until the server is back would keep the operator's shell. */
START_TEST(row_56_file_system_that_hangs_is_left)
{
    struct frozen_home frozen;
    struct screen *screen = save_into_frozen_home(&frozen);

    if (!screen)
        return;
    expect(screen, "vctop.conf: its file system does not answer");
    screen_send(screen, "q");
    ck_assert_int_eq(screen_exit(screen, PATIENCE_MS), 0);
    ck_assert(screen_restored(screen));
    thaw(&frozen);
    /* What was begun ends by itself. */
    ck_assert(family_shrinks_to(screen, 0, PATIENCE_MS));
    screen_free(screen);
    check_saved(&frozen);
}
END_TEST

/* HOME on a mount that DEADMOUNT serves, or -1: no FUSE here. */
static pid_t mount_dead_home(void)
{
    const char *tools = getenv("TOOLS");
    char path[512], line[32];
    int ends[2];
    pid_t pid;

    clear_home();
    snprintf(path, sizeof(path), "%s/deadmount", tools ? tools : "build/tests");
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    if ((pid = fork()) == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execl(path, path, home, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    bool mounted = read(ends[0], line, sizeof(line)) > 0;
    close(ends[0]);
    if (mounted)
        return pid;
    waitpid(pid, NULL, 0);
    fprintf(stderr, "SKIPPED: no FUSE here\n");
    return -1;
}

static struct screen *see_dead_home(const char *option)
{
    struct screen *screen = start(option);

    expect(screen, "/home does not answer (what is set there is not in use)");
    ck_assert_int_lt(steps_key_ms(screen), KEY_LIMIT_MS);
    screen_send(screen, "q");
    ck_assert_int_eq(screen_exit(screen, PATIENCE_MS), 0);
    ck_assert(screen_restored(screen));
    return screen;
}

/* A server that is dead when vctop starts: it does without what is there, and says so. */
START_TEST(row_56_dead_home)
{
    char command[600];

    if (!own_mounts())
        return;
    pid_t server = mount_dead_home();
    if (server < 0)
        return;
    kill(server, SIGSTOP);
    struct screen *screens[] = {see_dead_home(NULL), see_dead_home("--no-config")};
    snprintf(command, sizeof(command),
             "HOME='%s' '%s' %s -d 0.2 -b -n 1 2>&1 >'%s/out' | grep -q 'home does not answer'",
             home, screen_program(), SIM, top);
    ck_assert_int_eq(shell(command), 0);
    kill(server, SIGCONT);
    for (size_t i = 0; i < ARRAY_SIZE(screens); i++) {
        /* What asked there has its answer, and ends. */
        ck_assert(family_shrinks_to(screens[i], 0, PATIENCE_MS));
        screen_free(screens[i]);
    }
    kill(server, SIGTERM);
    waitpid(server, NULL, 0);
}
END_TEST

/* Under sudo that keeps HOME: root neither trusts what is there nor leaves anything behind. */
START_TEST(row_56_root_in_anothers_home)
{
    struct stat st;

    if (geteuid() != 0) {
        fprintf(stderr, "SKIPPED: root in another's home needs root\n");
        return;
    }
    make_home();
    write_file(config, TEXT("sort = \"name\"\n"));
    ck_assert_int_eq(chown(config, NOBODY, NOBODY), 0);
    check_bad_config("can be written by others than root");
    /* A file of root's that others can replace is no better. */
    ck_assert_int_eq(chown(config, 0, 0), 0);
    ck_assert_int_eq(chown(folder, NOBODY, NOBODY), 0);
    check_bad_config("can be written by others than root");
    unlink(config);
    rmdir(themes);
    rmdir(folder);
    ck_assert_int_eq(chown(home, NOBODY, NOBODY), 0);
    struct screen *screen = start(NULL);
    expect_defaults(screen);
    screen_send(screen, ":sort name\r:save\r");
    expect(screen, "can be written by others than root");
    steps_quit(screen);
    ck_assert_int_ne(stat(folder, &st), 0);
}
END_TEST

/* ---- row 62: two of them ---- */

START_TEST(row_62_two_save)
{
    make_home();
    write_file(config, TEXT("# mine\nsort = \"name\"; # for now\n"));
    struct screen *one = start(NULL), *two = start(NULL);

    expect(one, "NAME\342\226\274");
    expect(two, "NAME\342\226\274");
    screen_send(one, ":theme light\r");
    screen_pump(one, 300);
    screen_send(one, ":save\r");
    expect(one, "saved to");
    screen_send(two, ":delay 0.5\r:columns name state cpu\r:save\r");
    expect(two, "saved to");
    screen_send(one, ":sort mem\r:save\r");
    expect(one, "saved to");
    steps_quit(one);
    steps_quit(two);
    ck_assert_str_eq(read_text(config), "# mine\nsort = \"mem\"; # for now\ntheme = \"light\";\n"
                                        "delay = 0.5;\ncolumns = [\"name\", \"state\", \"cpu\"];\n"
                                        "inverted = false;\n");
}
END_TEST

/* Somebody holds the folder and does not let go: keys go on, the save is refused in the end. */
START_TEST(row_62_held_folder)
{
    make_home();
    CLEANUP_CLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ck_assert_int_eq(flock(fd, LOCK_EX), 0);
    struct screen *screen = start(NULL);

    expect_defaults(screen);
    screen_send(screen, ":sort name\r:save\r");
    ck_assert_int_lt(steps_key_ms(screen), KEY_LIMIT_MS);
    expect(screen, "another program holds the folder");
    ck_assert_int_eq(access(config, F_OK), -1);
    ck_assert_int_eq(flock(fd, LOCK_UN), 0);
    screen_send(screen, ":save\r");
    expect(screen, "saved to");
    steps_quit(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        row_55_what_a_config_says,
        row_55_nested_and_large,
        row_55_what_is_no_file,
        row_55_link,
        row_55_mode_000,
        row_55_of_a_newer_version,
        row_55_theme,
        row_56_no_home,
        row_56_read_only,
        row_56_full_disk,
        row_56_full_disk_of_the_log,
        row_56_file_system_that_hangs,
        row_56_file_system_that_hangs_is_left,
        row_56_dead_home,
        row_56_root_in_anothers_home,
        row_62_two_save,
        row_62_held_folder,
    };
    if (!mkdtemp(top))
        return EXIT_FAILURE;
    int rc = steps_main("configuration", tests, ARRAY_SIZE(tests));
    remove_all(top);
    return rc;
}
