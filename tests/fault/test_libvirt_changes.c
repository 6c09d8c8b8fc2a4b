/* The fault list, libvirt: what changes in a machine while it is watched, and a job that takes
 * long.
 */
// clang-format off
// sources: tests/fault/daemon.c tests/fault/libvirt_view.c tests/fault/libvirt_virsh.c
// clang-format on
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

#define ROUNDS 8
#define SLOW_MS 200 /* between two pages of what is saved */

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

/* What happens in it is told in words, and a storm of it is one line. */
START_TEST(events_of_a_machine)
{
    machine_run_restless("restless");
    struct screen *screen = view_start();
    ck_assert(steps_row_says(screen, "restless", "~V restless", SOON_MS));
    ck_assert(steps_row_says(screen, "restless", " run ", SOON_MS));
    must("domblkthreshold restless %s %s", "hda", "4096");
    attach("sda");
    must("detach-disk restless %s%s --live", "sda", "");
    screen_send(screen, "3");
    fprintf(stderr, "%s", screen_text(screen));
    ck_assert(screen_wait(screen, "its watchdog fired: nothing was done (", SOON_MS));
    ck_assert(screen_wait(screen, "disk hda has passed its mark of 4.0K by ", SOON_MS));
    ck_assert(screen_wait(screen, "device scsi0-0-0-0 removed (2 times", SOON_MS));
    screen_pump(screen, 3000);
    fprintf(stderr, "%s", screen_text(screen));
    screen_send(screen, "1");
    view_choose(screen, "restless");
    screen_send(screen, "\r]]]");
    screen_pump(screen, 3000);
    attach("sda");
    screen_pump(screen, 6000);
    fprintf(stderr, "%s", screen_text(screen));
    screen_send(screen, "q");
    view_quit(screen);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {events_of_a_machine};

    return daemon_main("libvirt_changes", tests, ARRAY_SIZE(tests));
}
