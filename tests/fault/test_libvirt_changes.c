/* The fault list, libvirt: what changes in a machine while it is watched, and a job that takes
 * long.
 */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fault/daemon.h"
#include "fault/libvirt_view.h"
#include "fault/libvirt_virsh.h"

#define ROWS 50 /* of the screen */
#define ROUNDS 8
#define HELD_MS 6000 /* the selected machine's balloon is asked for every 5 s */

static void must(const char *format, const char *first, const char *second)
{
    char command[512];

    snprintf(command, sizeof(command), format, first, second);
    ck_assert_msg(virsh(command, NULL) == 0, "virsh %s: %s", command, virsh_output());
}

static void make_image(const char *path)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(ftruncate(fileno(file), 1 << 20), 0);
    fclose(file);
}

static void attach(const char *disk)
{
    char path[256];

    snprintf(path, sizeof(path), "%s/%s.img", daemon_folder(), disk);
    make_image(path);
    must("attach-disk restless %s %s --targetbus scsi --driver qemu --subdriver raw --live", path,
         disk);
}

static void detach(const char *disk)
{
    must("detach-disk restless %s%s --live", disk, "");
}

/* What happens in it is told in words, and a storm of it is one line. */
static void events_are_told(struct screen *screen)
{
    ck_assert(steps_row_says(screen, "restless", "~V restless", SOON_MS));
    ck_assert(steps_row_says(screen, "restless", " run ", SOON_MS));
    must("domblkthreshold restless %s %s", "hda", "4096");
    attach("sda");
    detach("sda");
    const char *medium = daemon_path("cd.iso");
    make_image(medium);
    must("change-media restless hdc %s --insert --live%s", medium, "");
    must("change-media restless hdc --eject --live%s%s", "", "");
    must("blockcopy restless hda %s --wait --finish --transient-job%s", daemon_path("copy.img"),
         "");
    screen_send(screen, "3");
    ck_assert(screen_wait(screen, "its watchdog fired: nothing was done (", SOON_MS));
    ck_assert(screen_wait(screen, "disk hda has passed its mark of 4.0K by ", SOON_MS));
    ck_assert(screen_wait(screen, "device scsi0-0-0-0 added", SOON_MS));
    ck_assert(screen_wait(screen, "device scsi0-0-0-0 removed", SOON_MS));
    ck_assert(screen_wait(screen, "started with an empty drive ide0-1-0, its image is ", SOON_MS));
    ck_assert(screen_wait(screen, "tray of ide0-1-0 opened (2 times)", SOON_MS));
    ck_assert(screen_wait(screen, "tray of ide0-1-0 closed", SOON_MS));
    ck_assert(screen_wait(screen, "copy of disk hda ready to be finished", SOON_MS));
    screen_send(screen, "1");
    ck_assert(screen_wait(screen, "by name", SOON_MS));
}

/* What the table says that DISK writes per second; false when it is not in it. */
static bool disk_row(struct screen *screen, const char *disk, char written[16])
{
    char name[16], read[16];

    for (int y = 0; y < ROWS; y++)
        if (sscanf(screen_row(screen, y), " %15s %15s %15s", name, read, written) == 3 &&
            !strcmp(name, disk) && strchr("-0123456789", read[0]))
            return true;
    return false;
}

static void check_disks(struct screen *screen)
{
    char written[16];

    ck_assert_msg(disk_row(screen, "hda", written) && strcmp(written, "0") != 0, "%s",
                  screen_text(screen));
    for (int i = 0; i < 2; i++)
        ck_assert_msg(!disk_row(screen, i ? "sdb" : "sda", written) ||
                          strspn(written, "-0") == strlen(written),
                      "%s", screen_text(screen));
}

/* Disks come and go: what each is said to write stays its own. */
static void disks_come_and_go(struct screen *screen)
{
    char written[16];
    long long end = screen_now_ms() + PATIENCE_MS;

    ck_assert(steps_choose(screen, "restless"));
    screen_send(screen, "\r]]]");
    ck_assert(screen_wait(screen, "[Disks]", SOON_MS));
    while ((!disk_row(screen, "hda", written) || strspn(written, "-0") == strlen(written)) &&
           screen_now_ms() < end)
        screen_pump(screen, 50);
    attach("sda");
    attach("sdb");
    ck_assert(screen_wait(screen, "sdb.img", PATIENCE_MS));
    for (int i = 0; i < ROUNDS; i++) {
        detach(i % 2 ? "sdb" : "sda");
        screen_pump(screen, i % 4 * 300);
        check_disks(screen);
        attach(i % 2 ? "sdb" : "sda");
        screen_pump(screen, i % 3 * 300);
        check_disks(screen);
    }
    screen_send(screen, "q");
    ck_assert(screen_wait(screen, "by name", SOON_MS));
}

START_TEST(row_65_devices_come_and_go)
{
    machine_run("beat", true);
    struct screen *screen = view_start();
    machine_run_restless("restless");
    events_are_told(screen);
    disks_come_and_go(screen);
    view_check(screen, "beat");
    view_quit(screen);
}
END_TEST

/* A machine is saved into a pipe that nobody empties for a while. */
START_TEST(row_17_a_long_job)
{
    char pipe[256], command[300], bytes[65536];

    snprintf(pipe, sizeof(pipe), "%s", daemon_path("saved"));
    machine_run("beat", true);
    machine_run_restless("restless");
    struct screen *screen = view_start();
    ck_assert(steps_row_says(screen, "restless", " run ", SOON_MS));
    ck_assert_int_eq(mkfifo(pipe, 0600), 0);
    int fd = open(pipe, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    snprintf(command, sizeof(command), "save restless %s", pipe);
    pid_t saver = fork();
    if (saver == 0)
        _exit(virsh(command, NULL) & 127);

    ck_assert(steps_row_says(screen, "restless", "paused", PATIENCE_MS));
    ck_assert(screen_wait(screen, "being saved", SOON_MS));
    ck_assert(steps_choose(screen, "restless")); /* its monitor is held by the job */
    screen_pump(screen, HELD_MS);
    ck_assert(steps_row_says(screen, "restless", "paused", 0));
    view_check(screen, "beat");

    int status;
    while (waitpid(saver, &status, WNOHANG) == 0)
        if (read(fd, bytes, sizeof(bytes)) <= 0)
            screen_pump(screen, 10);
    ck_assert_msg(status == 0, "virsh save: %d", status);
    ck_assert(steps_row_says(screen, "restless", " off ", SOON_MS));
    ck_assert(screen_wait(screen, "restless: off: saved", SOON_MS));
    close(fd);
    view_quit(screen);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {row_65_devices_come_and_go, row_17_a_long_job};

    return daemon_main("libvirt_changes", tests, ARRAY_SIZE(tests));
}
