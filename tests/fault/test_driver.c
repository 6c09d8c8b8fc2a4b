/* Faults 6, 24, 25, 40 and 67: sockets of libvirt where nobody is served, odd definitions, a driver
 * that can do next to nothing, many guests.  On libvirt's test driver, on folders of containers
 * that are off, and on sockets of our own: no daemon, no guest. */
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fault/manners.h"
#include "screen/family.h"
#include "screen/steps.h"

#define MANY 1000
#define KEY_LIMIT_MS 500
#define START_MS 5000 /* 1 s is promised */
#define KEYS 120      /* 60 a second */
#define TRIES_MS 5000
#define TRIES_MAX 6          /* after 1, 2, 5 s, by one connection or two */
#define CPU_LIMIT_PERCENT 60 /* 5 are promised, at a tick of 2 s on a machine that rests */

static char top[] = "/tmp/vctop-driver-XXXXXX";

/* A name in the folder; valid until the fourth call after. */
static const char *path_of(const char *name)
{
    static char paths[4][128];
    static int turn;

    turn = (turn + 1) % 4;
    snprintf(paths[turn], sizeof(paths[turn]), "%s/%s", top, name);
    return paths[turn];
}

static struct screen *watch(const char *option, const char *what, const char *backend)
{
    const char *const args[] = {"--no-config", "--backend", backend, option, what,
                                "-s",          "name",      "-d",    "0.5",  NULL};

    return screen_start(24, 80, args, NULL);
}

static void expect(struct screen *screen, const char *text)
{
    ck_assert_msg(screen_wait(screen, text, PATIENCE_MS), "no '%s':\n%s", text,
                  screen_text(screen));
}

/* ---- row 6 */

static int listen_at(const char *path, int backlog)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    if (backlog >= 0)
        ck_assert_int_eq(listen(fd, backlog), 0);
    return fd;
}

/* It says what is to be done about it, and waits before it tries again. */
static void check_unserved(const char *socket, const char *words)
{
    char uri[200];

    snprintf(uri, sizeof(uri), "qemu:///system?socket=%s", socket);
    struct screen *screen = watch("-c", uri, "libvirt");
    expect(screen, words);
    manners_alive(screen);
    steps_quit(screen);
}

START_TEST(row_06_refused)
{
    CLEANUP_CLOSE int fd = listen_at(path_of("refused"), -1);

    ck_assert_int_ge(fd, 0);
    check_unserved(path_of("refused"), "start libvirtd or virtqemud");
}
END_TEST

START_TEST(row_06_nobody_accepts)
{
    CLEANUP_CLOSE int fd = listen_at(path_of("full"), 0);

    ck_assert_int_ge(fd, 0);
    check_unserved(path_of("full"), "does not answer");
}
END_TEST

/* One that is full lets nobody in: what comes is shut out at once, and comes again, but not at
 * once.
 */
START_TEST(row_06_shut_out)
{
    CLEANUP_CLOSE int fd = listen_at(path_of("shut"), 5);
    char uri[200];
    int tries = 0;

    ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    snprintf(uri, sizeof(uri), "qemu:///system?socket=%s", path_of("shut"));
    struct screen *screen = watch("-c", uri, "libvirt");
    for (long long end = screen_now_ms() + TRIES_MS; screen_now_ms() < end;) {
        int client = accept(fd, NULL, NULL);
        tries += client >= 0;
        if (client >= 0)
            close(client);
        screen_pump(screen, 50);
    }
    ck_assert_msg(tries >= 2 && tries <= TRIES_MAX, "%d tries", tries);
    expect(screen, "cannot reach libvirt");
    manners_alive(screen);
    steps_quit(screen);
}
END_TEST

START_TEST(row_06_denied)
{
    CLEANUP_CLOSE int fd = listen_at(path_of("denied"), 5);
    char uri[200], command[600];
    const char *const argv[] = {"/bin/sh", "-c", command, NULL};

    ck_assert_int_ge(fd, 0);
    if (geteuid() != 0 || system("command -v setpriv >/dev/null") != 0) {
        printf("SKIPPED: another user needs root and setpriv\n");
        return;
    }
    ck_assert_int_eq(chmod(top, 0755), 0);
    ck_assert_int_eq(chmod(path_of("denied"), 0600), 0);
    /* Where that user can run it. */
    snprintf(command, sizeof(command),
             "cp '%s' \"$(dirname '%s')\"/backend-*.so %s && chmod a+rx %s/*", screen_program(),
             screen_program(), top, top);
    ck_assert_int_eq(system(command), 0);
    snprintf(uri, sizeof(uri), "qemu:///system?socket=%s", path_of("denied"));
    snprintf(command, sizeof(command),
             "exec setpriv --reuid=65534 --regid=65534 --clear-groups '%s' --no-config -d 0.5 "
             "--backend libvirt -c '%s'",
             path_of("vctop"), uri);
    struct screen *screen = screen_start_program(24, 80, argv, NULL);
    expect(screen, "join the group libvirt");
    manners_alive(screen);
    steps_quit(screen);
}
END_TEST

/* ---- rows 24 and 25 */

static FILE *begin_driver(const char *name)
{
    FILE *file = fopen(path_of(name), "we");

    ck_assert_ptr_nonnull(file);
    fputs("<node>\n", file);
    return file;
}

static void end_driver(FILE *file)
{
    fputs("</node>\n", file);
    ck_assert_int_eq(fclose(file), 0);
}

static void begin_domain(FILE *file, const char *name, int number, int vcpus)
{
    fprintf(file,
            "<domain type='test'><name>%s</name><uuid>00000000-0000-4000-8000-%012d</uuid>"
            "<memory>65536</memory><vcpu>%d</vcpu><os><type>hvm</type></os>",
            name, number, vcpus);
}

static struct screen *watch_driver(const char *name)
{
    char uri[200];

    snprintf(uri, sizeof(uri), "test://%s", path_of(name));
    return watch("-c", uri, "libvirt");
}

START_TEST(row_24_odd_definitions)
{
    static const char *const names[] = {"bare", "many-cpus", "many-links", "long"};
    FILE *file = begin_driver("odd.xml");

    begin_domain(file, "bare", 1, 1);
    fputs("</domain>", file);
    begin_domain(file, "many-cpus", 2, 255);
    fputs("</domain>", file);
    begin_domain(file, "many-links", 3, 1);
    fputs("<devices>", file);
    for (int i = 0; i < 64; i++)
        fprintf(file,
                "<interface type='network'><source network='default'/>"
                "<mac address='52:54:00:00:00:%02x'/></interface>"
                "<disk type='file'><source file='/nowhere/%d'/><target dev='vd%c%c'/></disk>",
                i, i, 'a' + i / 26, 'a' + i % 26);
    fputs("</devices></domain>", file);
    begin_domain(file, "long", 4, 1);
    fputs("<title>a title</title><description>", file);
    for (int i = 0; i < 100000; i++)
        fputs("0123456789", file);
    fputs("</description></domain>", file);
    end_driver(file);
    struct screen *screen = watch_driver("odd.xml");
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        ck_assert(steps_row_says(screen, names[i], " run ", PATIENCE_MS));
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        steps_select(screen, names[i]);
        screen_send(screen, "\r");
        expect(screen, names[i]);
        screen_pump(screen, 300);
        screen_send(screen, "q");
        screen_pump(screen, 300);
    }
    manners_alive(screen);
    steps_quit(screen);
}
END_TEST

/* What it cannot do is unknown, not zero. */
START_TEST(row_25_next_to_nothing_supported)
{
    struct screen *screen = watch("-c", "test:///default", "libvirt");

    ck_assert(steps_row_says(screen, "test", " run ", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "test", " - ", PATIENCE_MS));
    screen_send(screen, "m");
    expect(screen, "force off");
    screen_send(screen, "\033");
    ck_assert(screen_wait_gone(screen, "force off", PATIENCE_MS));
    manners_alive(screen);
    steps_quit(screen);
}
END_TEST

/* ---- rights */

/* Words of /proc/PID/task/THREAD/status that start with KEY, of all threads: one word for all. */
static size_t threads_agree(pid_t pid, const char *key, char *ret, size_t size)
{
    char path[80], line[256];
    size_t count = 0;

    snprintf(path, sizeof(path), "/proc/%ld/task", (long)pid);
    DIR *dir = opendir(path);
    ck_assert_ptr_nonnull(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "/proc/%ld/task/%.16s/status", (long)pid, entry->d_name);
        CLEANUP_FCLOSE FILE *file = fopen(path, "re");
        while (file && fgets(line, sizeof(line), file)) {
            if (strncmp(line, key, strlen(key)) != 0)
                continue;
            if (count++ == 0)
                snprintf(ret, size, "%s", line);
            ck_assert_str_eq(line, ret);
        }
    }
    closedir(dir);
    return count;
}

/* libvirt's own thread, too, has only the rights that its worker keeps. */
START_TEST(threads_keep_no_more_than_their_worker)
{
    char words[256];
    FILE *file = begin_driver("rights.xml");

    begin_domain(file, "one", 1, 1);
    fputs("</domain>", file);
    end_driver(file);
    struct screen *screen = watch_driver("rights.xml");
    ck_assert(steps_row_says(screen, "one", " run ", PATIENCE_MS));
    pid_t worker = family_find(screen, "libvirt:test");
    ck_assert_int_gt(worker, 0);
    ck_assert_uint_gt(threads_agree(worker, "CapPrm:", words, sizeof(words)), 1);
    ck_assert_uint_gt(threads_agree(worker, "NoNewPrivs:", words, sizeof(words)), 1);
    ck_assert_str_eq(words, "NoNewPrivs:\t1\n");
    steps_quit(screen);
}
END_TEST

/* ---- rows 40 and 67 */

static void check_many(struct screen *screen, const char *words, const char *last)
{
    char there[16];

    long long start = screen_now_ms();
    expect(screen, words);
    printf("%s after %lld ms\n", words, screen_now_ms() - start);
    ck_assert_int_lt(screen_now_ms() - start, START_MS);
    ck_assert_int_lt(steps_key_ms(screen), KEY_LIMIT_MS);
    /* A held key: the cursor is where it belongs as soon as it is let go. */
    screen_send(screen, "g");
    screen_pump(screen, 300);
    CLEANUP_FREE char *first = strdup(steps_cursor_name(screen));
    start = screen_now_ms();
    for (int i = 0; i < KEYS; i++) {
        screen_send(screen, "j");
        screen_pump(screen, 1000 / 60);
    }
    snprintf(there, sizeof(there), "%.2s%04d", first, KEYS);
    ck_assert(steps_cursor_is(screen, there, KEY_LIMIT_MS));
    screen_send(screen, "G");
    expect(screen, last);
    double used = manners_cpu_percent(screen, 2000);
    ck_assert_msg(used < CPU_LIMIT_PERCENT, "%.1f %% of a CPU", used);
    steps_quit(screen);
}

START_TEST(row_40_a_thousand_defined)
{
    const char *path = path_of("lxc");

    mkdir(path, 0755);
    for (int i = 0; i < MANY; i++) {
        char name[200];

        snprintf(name, sizeof(name), "%s/ct%04d", path, i);
        mkdir(name, 0755);
        snprintf(name, sizeof(name), "%s/ct%04d/config", path, i);
        CLEANUP_FCLOSE FILE *file = fopen(name, "we");
        fprintf(file, "lxc.uts.name = ct%04d\nlxc.rootfs.path = dir:/nowhere\n", i);
    }
    check_many(watch("-P", path, "lxc"), "ct 0/1000", "ct0999");
}
END_TEST

START_TEST(row_67_a_thousand_machines)
{
    FILE *file = begin_driver("many.xml");

    for (int i = 0; i < MANY; i++) {
        char name[16];

        snprintf(name, sizeof(name), "vm%04d", i);
        begin_domain(file, name, i, 1);
        fputs("</domain>\n", file);
    }
    end_driver(file);
    check_many(watch_driver("many.xml"), "vm 1000/1000", "vm0999");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        row_06_refused,
        row_06_nobody_accepts,
        row_06_shut_out,
        row_06_denied,
        row_24_odd_definitions,
        row_25_next_to_nothing_supported,
        threads_keep_no_more_than_their_worker,
        row_40_a_thousand_defined,
        row_67_a_thousand_machines,
    };
    char command[100];

    if (!mkdtemp(top))
        return EXIT_FAILURE;
    int rc = steps_main("drivers", tests, ARRAY_SIZE(tests));
    snprintf(command, sizeof(command), "rm -rf '%s'", top);
    return system(command) == 0 ? rc : EXIT_FAILURE;
}
