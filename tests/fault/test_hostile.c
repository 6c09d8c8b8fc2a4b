/* Fault 53, all at once: the whole screen while every text that comes from outside is hostile,
 * those of its user included.  The judge is the driver: of all bytes that reach the terminal only
 * what draws cells is allowed, and no title, answer or other mode. */
#include <check.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "screen/steps.h"

#define SIM "guests=30,machines=10,vile," RESTING
#define ROWS 40
#define COLUMNS 120
/* What a guest's bytes, a paste and a file say. */
#define BYTES "\033]0;pwned\007\033[2J\302\2332J\302\235osc\033P$q\"p\033\\\033[6n\005\033[?1003h"
#define PASTE "\033[200~" BYTES "\033[201~"
#define DETAIL_TABS 9

static const char *home;

static void put_file(const char *path, const char *text)
{
    char whole[128];

    snprintf(whole, sizeof(whole), "%s/%s", home, path);
    CLEANUP_FCLOSE FILE *file = fopen(whole, "we");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
}

static void put_folder(const char *path)
{
    char whole[128];

    snprintf(whole, sizeof(whole), "%s/%s", home, path);
    ck_assert_int_eq(mkdir(whole, 0755), 0);
}

/* A configuration and a theme whose values no terminal should see; they are refused with a word. */
static struct screen *start(const char *sim)
{
    static char home_pair[80];
    const char *const args[] = {sim, "-d", "0.2", NULL};
    const char *const env[] = {home_pair, "XDG_CONFIG_HOME", "USER=" BYTES, NULL};

    home = steps_folder();
    put_folder(".config");
    put_folder(".config/vctop");
    put_folder(".config/vctop/themes");
    put_file(".config/vctop/vctop.conf",
             "sort = \"" BYTES "\";\ntheme = \"foul\";\nfilter = \"" BYTES
             "\";\nnot\033[2J = 1;\n");
    put_file(".config/vctop/themes/foul.cfg", "title = \"" BYTES "\";\n");
    snprintf(home_pair, sizeof(home_pair), "HOME=%s", home);
    struct screen *screen = screen_start(ROWS, COLUMNS, args, env);
    ck_assert(screen_wait(screen, "SIMULATED", PATIENCE_MS));
    ck_assert(screen_wait(screen, "/800", PATIENCE_MS));
    return screen;
}

/* What is on the screen now is drawn; so far nothing else was. */
static void look(struct screen *screen)
{
    screen_pump(screen, 60);
    ck_assert_int_eq(screen_exit(screen, 0), -1);
    ck_assert_msg(screen_foreign_bytes(screen) == 0, "foreign bytes:\n%s", screen_text(screen));
}

static void press(struct screen *screen, const char *keys)
{
    screen_send(screen, keys);
    look(screen);
}

/* A key that comes soon after it would be one with Alt. */
static void escape(struct screen *screen)
{
    for (int i = 0; i < 2; i++) {
        screen_send(screen, "\033");
        screen_pump(screen, 400);
    }
}

/* Out of whatever is open, to the guests. */
static void back(struct screen *screen)
{
    escape(screen);
    press(screen, "1");
    ck_assert_msg(screen_wait(screen, "m Actions", PATIENCE_MS), "%s", screen_text(screen));
}

static void end(struct screen *screen)
{
    back(screen);
    screen_send(screen, "q");
    if (screen_wait(screen, "Quit?", 1000)) {
        screen_pump(screen, 500); /* it takes no answer before */
        screen_send(screen, "\t\r");
    }
    ck_assert_int_eq(screen_exit(screen, PATIENCE_MS), 0);
    ck_assert(screen_restored(screen));
    ck_assert_uint_eq(screen_foreign_bytes(screen), 0);
    screen_free(screen);
}

/* Rows, detail and its tabs, of a machine and a container with each kind of mischief. */
START_TEST(row_53_every_view)
{
    static const char *const views[] = {"1", "2", "3", "4", "5", "?", "H", "x", "v", "\033OQ"};
    struct screen *screen = start("--sim=" SIM);

    for (int guest = 0; guest < 16; guest++) {
        press(screen, "j!e");
        for (int tab = 0; tab < (guest % 8 == 5 ? DETAIL_TABS : 1); tab++)
            press(screen, "]");
    }
    for (size_t i = 0; i < ARRAY_SIZE(views); i++) {
        press(screen, views[i]);
        press(screen, "jjjG");
        back(screen);
    }
    press(screen, "\r]]]]]]]");
    end(screen);
}
END_TEST

/* The error of a source that is lost, and the paths of places that fill, can only be read, or do
 * not answer: in the header, in rows and their reasons, among the events. */
START_TEST(row_53_what_goes_wrong)
{
    struct screen *screen = start("--sim=guests=30,machines=10,vile,clock=fixed,lost@3+2,"
                                  "fill=/srv/images@0,readonly=/var@0,deadmount=/mnt/nfs@0");

    ck_assert(screen_wait(screen, " lost ", PATIENCE_MS));
    press(screen, "!jj\r");
    back(screen);
    ck_assert(screen_wait_gone(screen, " lost ", PATIENCE_MS));
    press(screen, "!jj\r]]]");
    back(screen);
    press(screen, "3");
    ck_assert(screen_wait(screen, "lost: ", PATIENCE_MS));
    end(screen);
}
END_TEST

/* The same path for real: a small file system, full, whose mount point is no name for a terminal.
 */
START_TEST(row_53_where_it_is_mounted)
{
    static const char *const args[] = {"--no-config", "--backend", "host", "-d", "0.5", NULL};
    static const char script[] =
        "set -e; mkdir \"$1\"; truncate -s 4M \"$0\"; mkfs.ext4 -q \"$0\"; "
        "mount -o loop \"$0\" \"$1\"; dd if=/dev/zero of=\"$1/fill\" bs=64k 2>/dev/null || true";
    char folder[] = "/tmp/vctop-mounted-XXXXXX", image[64], point[160], command[128];

    if (geteuid() != 0 || unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
        fprintf(stderr, "SKIPPED: a file system of one's own needs root\n");
        return;
    }
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(image, sizeof(image), "%s/image", folder);
    snprintf(point, sizeof(point), "%s/" BYTES "\n\342\200\256", folder);
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", script, image, point, (char *)NULL);
        _exit(127);
    }
    int status = -1;
    waitpid(child, &status, 0);
    if (status != 0) {
        fprintf(stderr, "SKIPPED: no ext4 in a file here\n");
    } else {
        struct screen *screen = screen_start(ROWS, COLUMNS, args, NULL);
        ck_assert(screen_wait(screen, " is full", PATIENCE_MS));
        press(screen, "!3");
        press(screen, "?G");
        back(screen);
        steps_quit(screen);
        ck_assert_int_eq(umount2(point, MNT_DETACH), 0);
    }
    snprintf(command, sizeof(command), "rm -r '%s'", folder);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

/* Pastes and keys into each place that takes text, and questions about a hostile guest. */
START_TEST(row_53_what_the_user_says)
{
    static const char *const prompts[] = {"/", ":", ":filter ", ":theme ", ":record ", ":sort "};
    struct screen *screen = start("--sim=" SIM);

    for (size_t i = 0; i < ARRAY_SIZE(prompts); i++) {
        press(screen, prompts[i]);
        press(screen, PASTE);
        press(screen, "\r");
        escape(screen);
    }
    press(screen, "/\025\r");
    press(screen, PASTE);
    for (int guest = 0; guest < 6; guest++) {
        press(screen, "jm");
        press(screen, "f" PASTE);
        escape(screen);
    }
    end(screen);
}
END_TEST

/* A guest's console, shell and log. */
START_TEST(row_53_what_a_guest_says)
{
    static const char *const opened[] = {"c", "l"};
    struct screen *screen = start("--sim=" SIM);

    for (int guest = 0; guest < 4; guest++)
        for (size_t i = 0; i < ARRAY_SIZE(opened); i++) {
            press(screen, "jjj");
            press(screen, opened[i]);
            screen_pump(screen, 300);
            press(screen, "hostile\r" PASTE);
            screen_pump(screen, 300);
            press(screen, "\035");
            back(screen);
        }
    end(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        row_53_every_view,         row_53_what_goes_wrong,   row_53_where_it_is_mounted,
        row_53_what_the_user_says, row_53_what_a_guest_says,
    };

    return steps_main("hostile", tests, ARRAY_SIZE(tests));
}
