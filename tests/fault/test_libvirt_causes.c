/* The fault list, libvirt: a fault is told with its cause, also to who comes later. */
#include <check.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fault/daemon.h"
#include "fault/libvirt_record.h"
#include "fault/libvirt_view.h"
#include "fault/libvirt_virsh.h"

#define POOL "/mnt" /* a file system of 1 MiB, seen by this test's processes only */
#define POOL_SIZE "size=1m,mode=1777"
#define FILLER_KIB 800
#define RECORD_MS 4000

static bool has_pool;

static void fill_pool(void)
{
    static const char kib[1024] = "x";
    FILE *file = fopen(POOL "/filler", "w");

    ck_assert_ptr_nonnull(file);
    for (int i = 0; i < FILLER_KIB; i++)
        ck_assert_uint_eq(fwrite(kib, sizeof(kib), 1, file), 1);
    ck_assert_int_eq(fclose(file), 0);
}

/* The last sample of a vctop that has seen nothing of what was before. */
static struct record *record_now(struct screen *screen)
{
    struct record *record = record_start("0.5");

    if (screen)
        screen_pump(screen, RECORD_MS);
    else
        usleep(RECORD_MS * 1000);
    record_end(record);
    ck_assert_uint_gt(record_samples(record), 0);
    return record;
}

static const char *last_word(const struct record *record, const char *name, const char *key)
{
    const json_t *guest = record_guest(record, record_samples(record) - 1, name);
    const char *text = json_string_value(json_object_get(guest, key));

    return text ? text : "";
}

static const json_t *restarted(const struct record *record)
{
    const json_t *sample = record_sample(record, record_samples(record) - 1), *source;
    size_t i;

    json_array_foreach(json_object_get(sample, "sources"), i, source)
    {
        if (!strncmp(json_string_value(json_object_get(source, "id")), "libvirt:", 8))
            return json_object_get(source, "restarted_s");
    }
    return NULL;
}

START_TEST(row_69_a_disk_without_space_is_named)
{
    if (!has_pool) {
        printf("SKIP row 69: only root can make a small file system\n");
        return;
    }
    fill_pool();
    machine_run("beat", true);
    machine_define_writer("full", POOL "/full.img");
    struct screen *screen = view_start();
    ck_assert(steps_row_says(screen, "full", " off ", PATIENCE_MS));
    ck_assert(steps_choose(screen, "full"));
    machine_start("full");
    ck_assert(screen_wait(screen, "no space left on hda", SOON_MS));
    view_check(screen, "beat");

    virsh("domblkerror", "full");
    ck_assert_str_eq(virsh_output(), "hda: no space");
    /* No event tells a vctop that starts now: it has to ask. */
    struct record *record = record_now(screen);
    ck_assert_str_eq(last_word(record, "full", "state"), "paused");
    ck_assert_str_eq(last_word(record, "full", "state_reason"), "no space left on hda");
    record_free(record);

    ck_assert_int_eq(unlink(POOL "/filler"), 0);
    ck_assert_int_eq(virsh("resume", "full"), 0);
    ck_assert(steps_row_says(screen, "full", " run ", SOON_MS));
    record = record_now(screen);
    ck_assert_str_eq(last_word(record, "full", "state"), "running");
    ck_assert_str_eq(last_word(record, "full", "state_reason"), "");
    record_free(record);
    view_check(screen, "beat");
    view_quit(screen);
}
END_TEST

START_TEST(row_11_a_killed_qemu_is_not_just_off)
{
    machine_run("victim", false);
    machine_run("destroyed", false);
    machine_signal("victim", SIGKILL);
    ck_assert_int_eq(virsh("destroy", "destroyed"), 0);

    struct record *record = record_now(NULL);
    ck_assert_str_eq(last_word(record, "victim", "state"), "crashed");
    ck_assert_str_eq(last_word(record, "victim", "state_reason"), "QEMU was killed or crashed");
    ck_assert_str_eq(last_word(record, "destroyed", "state"), "off");
    record_free(record);
    machine_start("victim");
    ck_assert_str_eq(machine_state("victim"), "running");
}
END_TEST

START_TEST(row_02_a_restart_is_known_to_who_comes_later)
{
    machine_run("beat", true);
    struct record *record = record_now(NULL);
    ck_assert(json_is_null(restarted(record)));
    record_free(record);

    daemon_signal(SIGKILL);
    daemon_start();
    record = record_now(NULL);
    ck_assert_msg(json_is_number(restarted(record)), "%s",
                  record_text(record, record_samples(record) - 1));
    ck_assert_double_gt(json_number_value(restarted(record)), 0);
    ck_assert_double_lt(json_number_value(restarted(record)), 120);
    record_free(record);
}
END_TEST

/* Nobody else sees the file system, and it goes with the last of our processes. */
static bool make_pool(void)
{
    return geteuid() == 0 && unshare(CLONE_NEWNS) == 0 &&
           mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", POOL, "tmpfs", 0, POOL_SIZE) == 0;
}

int main(void)
{
    const TTest *const tests[] = {
        row_69_a_disk_without_space_is_named,
        row_11_a_killed_qemu_is_not_just_off,
        row_02_a_restart_is_known_to_who_comes_later,
    };

    has_pool = make_pool();
    return daemon_main("causes", tests, ARRAY_SIZE(tests));
}
