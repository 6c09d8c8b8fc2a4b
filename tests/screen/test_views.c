/* The events view and the jobs view: what they say, how they hold still, narrow and search, and
 * what is written to files. */
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "screen/family.h"
#include "screen/steps.h"

#define SIM "guests=20,machines=6,stubborn=mail," RESTING
#define GOLDEN_MS 30000
#define F4 "\033OS"
#define WHEEL_DOWN "\033[<65;10;8M"

static struct screen *start(const char *fault)
{
    char sim[200];

    snprintf(sim, sizeof(sim), "%s%s", SIM, fault);
    return steps_start(24, 80, sim, NULL);
}

static struct screen *start_events(const char *fault, const char *event)
{
    struct screen *screen = start(fault);

    steps_shows(screen, "3", "Events (");
    ck_assert(screen_wait(screen, event, PATIENCE_MS));
    return screen;
}

static bool wait_golden(struct screen *screen, const char *name)
{
    long long end = screen_now_ms() + GOLDEN_MS;

    screen_pump(screen, screen_golden_is_written() ? 11000 : 100);
    while (!screen_golden_is_written() && screen_now_ms() < end) {
        if (screen_looks_golden(screen, name))
            return true;
        screen_pump(screen, 50);
    }
    return screen_is_golden(screen, name);
}

/* What stands in the row of the cursor. */
static const char *cursor_text(struct screen *screen)
{
    int row = steps_cursor_row(screen);

    return row < 0 ? "" : screen_row(screen, row);
}

static bool cursor_says(struct screen *screen, const char *text)
{
    long long end = screen_now_ms() + PATIENCE_MS;

    while (!strstr(cursor_text(screen), text) && screen_now_ms() < end)
        screen_pump(screen, 20);
    if (strstr(cursor_text(screen), text))
        return true;
    fprintf(stderr, "the cursor is not on '%s':\n%s", text, screen_text(screen));
    return false;
}

static void click(struct screen *screen, int row)
{
    char keys[64];

    snprintf(keys, sizeof(keys), "\033[<0;10;%dM\033[<0;10;%dm", row + 1, row + 1);
    screen_send(screen, keys);
}

static void quit(struct screen *screen)
{
    steps_shows(screen, "1", "q Quit");
    steps_quit(screen);
}

/* On the newest it follows; elsewhere it holds still and says how many are new. */
START_TEST(new_events_come_without_a_jump)
{
    struct screen *screen = start_events("", "nothing yet: states");

    kill(family_find(screen, "--role=worker"), SIGKILL);
    ck_assert(cursor_says(screen, "own worker"));
    ck_assert(cursor_says(screen, "up again"));
    screen_send(screen, "j");
    ck_assert(cursor_says(screen, "own worker"));
    int row = steps_cursor_row(screen);
    kill(family_find(screen, "--role=worker"), SIGKILL);
    ck_assert(screen_wait(screen, "new above: g", PATIENCE_MS));
    ck_assert(cursor_says(screen, "own worker"));
    /* There is room: what is new pushes it down, but it is the same line. */
    ck_assert_int_gt(steps_cursor_row(screen), row);
    steps_hides(screen, "g", "new above");
    ck_assert(cursor_says(screen, "up again"));
    screen_send(screen, "G");
    ck_assert(cursor_says(screen, "own worker"));
    quit(screen);
}
END_TEST

START_TEST(frozen_is_frozen)
{
    struct screen *screen = start_events(",hang=db01@2", "QEMU stopped");

    steps_shows(screen, "Z", "FROZEN");
    CLEANUP_FREE char *before = strdup(screen_row(screen, 2));
    kill(family_find(screen, "--role=worker"), SIGKILL);
    screen_pump(screen, 2500);
    ck_assert_str_eq(screen_row(screen, 2), before);
    ck_assert_ptr_null(strstr(screen_text(screen), "own worker"));
    steps_shows(screen, "Z", "own worker");
    quit(screen);
}
END_TEST

START_TEST(narrow_widen_and_find)
{
    struct screen *screen = start_events(",hang=db01@1,lost@2+1", "was restarted");

    steps_shows(screen, "/", "Filter:");
    steps_shows(screen, "STOPPED", "1 of 4");
    ck_assert(cursor_says(screen, "QEMU stopped"));
    ck_assert_int_eq(screen_find(screen, "lost: the"), -1);
    screen_send(screen, "\033"); /* the prompt: as before */
    ck_assert(screen_wait(screen, "lost: the", PATIENCE_MS));
    steps_shows(screen, F4 "source\r", "3 of 4");
    ck_assert_int_eq(screen_find(screen, "QEMU stopped"), -1);
    screen_send(screen, "\033"); /* all again; it can still be found */
    ck_assert(screen_wait(screen, "QEMU stopped", PATIENCE_MS));
    screen_send(screen, "G");
    ck_assert(cursor_says(screen, "QEMU stopped"));
    screen_send(screen, "n");
    ck_assert(cursor_says(screen, "was restarted"));
    screen_send(screen, "n");
    ck_assert(cursor_says(screen, "up again"));
    screen_send(screen, "N");
    ck_assert(cursor_says(screen, "was restarted"));
    steps_shows(screen, "/\025nobody\r", "no line holds that");
    steps_shows(screen, "\rm", "no guest is selected");
    steps_shows(screen, "\033", "up again");
    quit(screen);
}
END_TEST

START_TEST(enter_goes_to_the_guest)
{
    struct screen *screen = start(",hang=db01@1,lost@2+1");

    /* A filter that hides it is taken off. */
    steps_shows(screen, "/mail\r", "1 of 20");
    steps_shows(screen, "3", "up again");
    screen_send(screen, "\r"); /* a source is no guest */
    ck_assert(screen_wait(screen, "sim is no guest", PATIENCE_MS));
    steps_shows(screen, "G\r", "is off: it hid db01");
    ck_assert(steps_cursor_is(screen, "db01", PATIENCE_MS));
    /* The menu is for the event's guest. */
    screen_send(screen, "3");
    ck_assert(cursor_says(screen, "QEMU stopped"));
    steps_shows(screen, "m", "only force off helps");
    steps_hides(screen, "\033", "only force off helps");
    screen_send(screen, "1");
    ck_assert(steps_cursor_is(screen, "db01", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

START_TEST(views_by_number_and_back)
{
    struct screen *screen = start("");

    steps_shows(screen, "4", "nothing was asked for yet");
    steps_shows(screen, "?", "Moving");
    screen_send(screen, "q"); /* from where it was asked for */
    ck_assert(screen_wait(screen, "nothing was asked for yet", PATIENCE_MS));
    steps_shows(screen, "2", "= the whole machine");
    screen_send(screen, "jk/nc3"); /* nothing to move in, to search, to open a console of */
    ck_assert(screen_wait(screen, "nothing yet: states", PATIENCE_MS));
    steps_shows(screen, "jkGg\r\033[6~nw", "Write to:");
    steps_hides(screen, "\033", "Write to:");
    steps_shows(screen, "\033", "build-01");
    screen_send(screen, "6"); /* a view that does not exist */
    screen_pump(screen, 200);
    ck_assert(screen_find(screen, "build-01") > 0);
    steps_quit(screen);
}
END_TEST

/* The line with WORD holds figures, not "-". */
static bool has_figures(struct screen *screen, const char *word)
{
    int row = screen_find(screen, word);

    return row >= 0 && !strstr(screen_row(screen, row), " - ");
}

START_TEST(help_ends_with_its_own_cost)
{
    struct screen *screen = start("");

    steps_shows(screen, "?", "Moving");
    steps_shows(screen, "G", "What vctop costs a refresh (");
    /* After two reports, two seconds apart. */
    for (int i = 0; i < PATIENCE_MS / 100 && !has_figures(screen, "    all "); i++)
        screen_pump(screen, 100);
    ck_assert(has_figures(screen, "    screen "));
    ck_assert(has_figures(screen, "    sim "));
    ck_assert(has_figures(screen, "    all "));
    ck_assert(screen_find(screen, "ms: a tick") > 0);
    steps_shows(screen, "/goes on\r", "no line holds 'goes on'");
    steps_shows(screen, "q", "build-01");
    steps_quit(screen);
}
END_TEST

static void kill_job(const struct screen *screen)
{
    pid_t job = family_find(screen, "--role=job");

    ck_assert_int_gt(job, 0); /* 0 is this test itself, with all that it belongs to */
    kill(job, SIGKILL);
}

START_TEST(jobs_say_what_became_of_them)
{
    struct screen *screen = start("");

    steps_select(screen, "web1");
    steps_act(screen, "t", "web1?");
    ck_assert(screen_wait(screen, "autostart", PATIENCE_MS));
    steps_select(screen, "mail");
    steps_act(screen, "d", "Shut down: mail?");
    steps_shows(screen, "4", "Jobs (2)");
    ck_assert(cursor_says(screen, "mail"));
    ck_assert(strstr(cursor_text(screen), "runs"));
    ck_assert(screen_wait(screen, "mail (sim): shut down: runs for", PATIENCE_MS));
    /* One whose process dies has failed, and says what to do; but not in a moment that is frozen.
     */
    steps_shows(screen, "Z", "FROZEN");
    CLEANUP_FREE char *before = strdup(cursor_text(screen));
    kill_job(screen);
    screen_pump(screen, 2500);
    ck_assert_str_eq(cursor_text(screen), before);
    screen_send(screen, "Z");
    ck_assert(cursor_says(screen, "FAILED"));
    ck_assert(strstr(cursor_text(screen), ">!"));
    ck_assert(screen_wait(screen, "look at the guest", PATIENCE_MS));
    steps_shows(screen, "/web1\r", "1 of 2");
    screen_send(screen, "\r");
    ck_assert(steps_cursor_is(screen, "web1", PATIENCE_MS));
    /* All of it is in the time line, too. */
    steps_shows(screen, "3", "shut down failed");
    ck_assert_int_ge(screen_find(screen, "you    mail"), 0);
    quit(screen);
}
END_TEST

/* A job that is done and one whose process died, both within a second. */
static bool jobs_look_golden(int rows, int columns)
{
    struct screen *screen = steps_start(rows, columns, SIM, NULL);
    char name[32];

    if (columns >= 110) { /* one table, so that a guest is found by its name alone */
        steps_shows(screen, "\033[15~", "Guests (20)");
    }
    steps_select(screen, "web1");
    steps_act(screen, "t", "web1?");
    steps_select(screen, "mail");
    steps_act(screen, "d", "mail?");
    ck_assert(screen_wait(screen, "under way", PATIENCE_MS));
    kill_job(screen);
    ck_assert(screen_wait(screen, "died", PATIENCE_MS));
    steps_shows(screen, "4", "Jobs (2)");
    snprintf(name, sizeof(name), "jobs-%dx%d", columns, rows);
    bool same = wait_golden(screen, name);
    screen_free(screen);
    return same;
}

START_TEST(jobs_are_golden)
{
    /* On a machine that is busy for a moment the job lived for longer: another one decides. */
    ck_assert(jobs_look_golden(24, 80) || jobs_look_golden(24, 80));
    ck_assert(jobs_look_golden(40, 120) || jobs_look_golden(40, 120));
}
END_TEST

START_TEST(mouse_selects_and_scrolls)
{
    struct screen *screen = start_events(",hang=db01@1,lost@2+1", "was restarted");

    click(screen, screen_find(screen, "lost: the"));
    ck_assert(cursor_says(screen, "lost: the"));
    screen_send(screen, WHEEL_DOWN);
    ck_assert(cursor_says(screen, "QEMU stopped"));
    click(screen, 20); /* below the list: nothing */
    screen_pump(screen, 200);
    ck_assert(cursor_says(screen, "QEMU stopped"));
    steps_shows(screen, "?", "Moving");
    steps_hides(screen, WHEEL_DOWN, "Moving");
    steps_shows(screen, "q", "Events (");
    quit(screen);
}
END_TEST

START_TEST(help_is_searched)
{
    struct screen *screen = start("");

    steps_shows(screen, "?/sort", "Search: sort");
    ck_assert(cursor_says(screen, "sort"));
    screen_send(screen, "\r");
    CLEANUP_FREE char *first = strdup(cursor_text(screen));
    screen_send(screen, "n");
    screen_pump(screen, 300);
    ck_assert(cursor_says(screen, "sort"));
    ck_assert_str_ne(cursor_text(screen), first);
    screen_send(screen, "N");
    ck_assert(cursor_says(screen, first));
    steps_shows(screen, "/zzz\r", "no line holds 'zzz'");
    steps_shows(screen, "q", "build-01");
    steps_quit(screen);
}
END_TEST

/* ---- files ---- */

static const char *folder;

static void enter_folder(void)
{
    folder = steps_folder();
    ck_assert_int_eq(chdir(folder), 0);
}

static void write_to(struct screen *screen, const char *path, const char *answer)
{
    char keys[512];

    snprintf(keys, sizeof(keys), "w\025%s", path);
    steps_shows(screen, keys, "Write to:");
    steps_shows(screen, "\r", answer);
    screen_send(screen, "k"); /* the answer is read */
    ck_assert(screen_wait_gone(screen, answer, PATIENCE_MS));
}

START_TEST(lists_are_written_to_new_files)
{
    char text[4096], path[256] = "";
    struct stat info;

    enter_folder();
    struct screen *screen = start_events(",hang=db01@1,lost@2+1", "was restarted");
    steps_shows(screen, "w", "Write to: vctop-events-");
    steps_shows(screen, "\r", "4 events written to /tmp/vctop-screen-");
    DIR *dir = opendir(".");
    for (struct dirent *entry; (entry = readdir(dir));)
        if (!strncmp(entry->d_name, "vctop-events-", 13))
            snprintf(path, sizeof(path), "%.200s", entry->d_name);
    closedir(dir);
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_int_eq(info.st_mode & 07777, 0600);
    ck_assert_int_gt(io_read_file(AT_FDCWD, path, text, sizeof(text)), 0);
    const char *first = strstr(text, "! state   db01: QEMU stopped  (sim)\n");
    ck_assert(first && strstr(first, "+ source  sim: up again\n"));
    ck_assert_ptr_nonnull(strstr(text, "# vctop: events of sim until 2"));
    unlink(path);
    /* What is narrowed is written narrowed. */
    steps_shows(screen, "/lost\r", "1 of 4");
    write_to(screen, "narrow", "1 event written to");
    ck_assert_int_gt(io_read_file(AT_FDCWD, "narrow", text, sizeof(text)), 0);
    ck_assert_ptr_nonnull(strstr(text, "oldest first, only with 'lost'\n"));
    ck_assert_ptr_null(strstr(text, "up again"));
    unlink("narrow");
    quit(screen);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(bad_paths_are_named_and_nothing_is_touched)
{
    enter_folder();
    struct screen *screen = start_events(",hang=db01@1,lost@2+1", "was restarted");

    write_to(screen, "file", "4 events written to");
    write_to(screen, "file", "file exists already (choose another name");
    ck_assert_int_eq(mkdir("dir", 0700), 0);
    write_to(screen, "dir", "dir exists already");
    write_to(screen, "dir/", "dir/: Is a directory");
    write_to(screen, "nowhere/x", "nowhere/x: No such file");
    ck_assert_int_eq(symlink("nowhere", "link"), 0);
    write_to(screen, "link", "link exists already");
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    write_to(screen, "fifo", "fifo exists already");
    write_to(screen, "/proc/x", "/proc/x is not made: choose a name below one of");
    write_to(screen, "", "a file needs a name");
    ck_assert_int_eq(access("nowhere", F_OK), -1);
    if (mount("tmpfs", "dir", "tmpfs", 0, "size=4k,nr_inodes=2") == 0) {
        write_to(screen, "dir/a", "4 events written to");
        write_to(screen, "dir/b", "dir/b: No space left on device");
        ck_assert_int_eq(umount("dir"), 0);
    } else {
        fprintf(stderr, "skipped: no small file system can be mounted here\n");
    }
    unlink("file"), unlink("link"), unlink("fifo"), rmdir("dir");
    quit(screen);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

/* What was asked for is written though one leaves at once. */
START_TEST(quitting_at_once_tears_no_file)
{
    char text[4096];

    enter_folder();
    struct screen *screen = start_events(",hang=db01@1,lost@2+1", "was restarted");
    screen_send(screen, "w\025file\r\033[21~"); /* F10 */
    ck_assert_int_eq(screen_exit(screen, PATIENCE_MS), 0);
    ck_assert(screen_restored(screen));
    ck_assert(family_shrinks_to(screen, 0, PATIENCE_MS)); /* the writer is one of it */
    screen_free(screen);
    ck_assert_int_gt(io_read_file(AT_FDCWD, "file", text, sizeof(text)), 0);
    ck_assert_ptr_nonnull(strstr(text, "up again\n"));
    unlink("file");
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

/* Thaws and takes away what FOLDER has mounted, whatever becomes of the test. */
static pid_t start_guard(void)
{
    pid_t pid = fork();

    if (pid)
        return pid;
    sleep(40);
    if (system("fsfreeze -u mnt; umount -l mnt")) {
        /* nothing more can be done */
    }
    _exit(0);
}

/* A frozen file system answers no more than a dead disk does. */
START_TEST(a_dead_file_system_keeps_nobody)
{
    struct stat info = {0};

    enter_folder();
    if (system("mkdir mnt && truncate -s 8M img && mkfs.ext4 -q img && mount -o loop img mnt") ||
        system("fsfreeze -f mnt")) {
        fprintf(stderr, "skipped: no file system can be frozen here\n");
        ck_assert_int_ge(system("umount mnt 2>/dev/null; rm -rf img mnt"), 0);
        ck_assert_int_eq(rmdir(folder), 0);
        return;
    }
    pid_t guard = start_guard();
    struct screen *screen = start_events(",hang=db01@1,lost@2+1", "was restarted");
    screen_send(screen, "w\025mnt/file\r");
    screen_send(screen, "j");
    ck_assert(cursor_says(screen, "up again"));
    ck_assert(screen_wait(screen, "mnt/file: its file system does not answer", PATIENCE_MS));
    write_to(screen, "file", "4 events written to");
    screen_send(screen, "\033[21~"); /* F10: leaving does not wait either */
    ck_assert_int_eq(screen_exit(screen, PATIENCE_MS), 0);
    ck_assert(screen_restored(screen));
    ck_assert_int_eq(system("fsfreeze -u mnt"), 0);
    kill(guard, SIGKILL);
    ck_assert(family_shrinks_to(screen, 0, PATIENCE_MS));
    screen_free(screen);
    ck_assert_int_eq(stat("mnt/file", &info), 0);
    ck_assert_int_gt(info.st_size, 100);
    ck_assert_int_eq(system("umount mnt && rm -rf img mnt file"), 0);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        new_events_come_without_a_jump, frozen_is_frozen,
        narrow_widen_and_find,          enter_goes_to_the_guest,
        views_by_number_and_back,       help_ends_with_its_own_cost,
        jobs_say_what_became_of_them,   jobs_are_golden,
        mouse_selects_and_scrolls,      help_is_searched,
        lists_are_written_to_new_files, bad_paths_are_named_and_nothing_is_touched,
        quitting_at_once_tears_no_file, a_dead_file_system_keeps_nobody,
    };

    return steps_main("views", tests, ARRAY_SIZE(tests));
}
