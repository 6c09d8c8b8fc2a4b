/* What libvirt's events say in words, and the inbox that they wait in. */
// sources: src/backend/libvirt/event_words.c src/backend/libvirt/inbox.c
// libraries: LIBVIRT
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "backend/libvirt/inbox.h"

/* Changes go to rounds, which are no matter here. */
void lv_round_io_error(struct lv_round *round, const char *uuid, const struct lv_io_error *error)
{
    (void)round, (void)uuid, (void)error;
}

void lv_round_redefined(struct lv_round *round, const char *uuid)
{
    (void)round, (void)uuid;
}

static void is(struct lv_words words, enum event_grade grade, const char *topic, const char *text)
{
    ck_assert_str_eq(words.text, text);
    ck_assert_str_eq(words.topic, topic ? topic : text);
    ck_assert_int_eq(words.grade, grade);
}

START_TEST(events_are_told_in_words)
{
    is(lv_words_watchdog(VIR_DOMAIN_EVENT_WATCHDOG_RESET), EVENT_BAD, NULL,
       "its watchdog fired: the guest is reset");
    is(lv_words_watchdog(99), EVENT_BAD, NULL, "its watchdog fired: what was done is unknown");
    is(lv_words_io_error("virtio-disk1", VIR_DOMAIN_EVENT_IO_ERROR_REPORT, "enospc"), EVENT_BAD,
       NULL, "no space left on disk virtio-disk1: told to the guest");
    is(lv_words_io_error(NULL, VIR_DOMAIN_EVENT_IO_ERROR_NONE, NULL), EVENT_BAD, NULL,
       "I/O error on disk ?: ignored");
    is(lv_words_balloon(512 * 1024), EVENT_CALM, "balloon", "its balloon was moved, it has 512M");
    is(lv_words_device("net1", "added", EVENT_CALM), EVENT_CALM, NULL, "device net1 added");
    is(lv_words_agent(2, VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_CHANNEL), EVENT_CALM, NULL,
       "its agent is gone");
    ck_assert_str_eq(
        lv_words_agent(2, VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_DOMAIN_STARTED).text, "");
    is(lv_words_threshold("vda", 1 << 20, 4096), EVENT_WARN, "threshold vda",
       "disk vda has passed its mark of 1.0M by 4.0K");
    is(lv_words_tray("ide0-0-0", VIR_DOMAIN_EVENT_TRAY_CHANGE_OPEN), EVENT_CALM, NULL,
       "tray of ide0-0-0 opened");
    is(lv_words_medium("ide0-0-0", "/i/a", VIR_DOMAIN_EVENT_DISK_CHANGE_MISSING_ON_START),
       EVENT_WARN, NULL, "started with an empty drive ide0-0-0, its image is missing: /i/a");
    is(lv_words_medium("vdb", "/i/b", VIR_DOMAIN_EVENT_DISK_DROP_MISSING_ON_START), EVENT_WARN,
       NULL, "started without disk vdb, its image is missing: /i/b");
    is(lv_words_block_job("vda", VIR_DOMAIN_BLOCK_JOB_TYPE_COPY, VIR_DOMAIN_BLOCK_JOB_FAILED),
       EVENT_WARN, NULL, "copy of disk vda failed");
    is(lv_words_memory_failure(1, VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_INJECT), EVENT_BAD, NULL,
       "broken memory of the host under its system: told to the guest");
    ck_assert_str_eq(lv_words_lifecycle(VIR_DOMAIN_EVENT_STARTED, 0).text, "");
    is(lv_words_lifecycle(VIR_DOMAIN_EVENT_SHUTDOWN, VIR_DOMAIN_EVENT_SHUTDOWN_GUEST), EVENT_CALM,
       NULL, "its own system shuts it down");
}
END_TEST

START_TEST(a_job_says_what_how_long_and_whether)
{
    virTypedParameter params[] = {
        {.field = VIR_DOMAIN_JOB_OPERATION,
         .type = VIR_TYPED_PARAM_INT,
         .value.i = VIR_DOMAIN_JOB_OPERATION_SAVE},
        {.field = VIR_DOMAIN_JOB_TIME_ELAPSED, .type = VIR_TYPED_PARAM_ULLONG, .value.ul = 12340},
        {.field = VIR_DOMAIN_JOB_SUCCESS, .type = VIR_TYPED_PARAM_BOOLEAN, .value.b = 0},
    };

    is(lv_words_job(NULL, 0), EVENT_CALM, "job done", "job done");
    is(lv_words_job(params, 2), EVENT_CALM, "save done", "save done after 12.3 s");
    is(lv_words_job(params, 3), EVENT_WARN, "save failed", "save failed after 12.3 s");
}
END_TEST

static virTypedParameter tuned(const char *field, char *value)
{
    virTypedParameter param = {.type = VIR_TYPED_PARAM_STRING, .value.s = value};

    snprintf(param.field, sizeof(param.field), "%s", field);
    return param;
}

START_TEST(what_was_tuned_is_told)
{
    char cpus[] = "0-1,4", disk[] = "vda";
    virTypedParameter param = tuned("cputune.vcpupin3", cpus);

    is(lv_words_tunable(&param, 1), EVENT_CALM, "pinned", "its vCPU 3 may run on CPUs 0-1,4");
    ck_assert(lv_tunable_is_pinning(&param, 1));
    param = tuned(VIR_DOMAIN_TUNABLE_CPU_EMULATORPIN, cpus);
    is(lv_words_tunable(&param, 1), EVENT_CALM, "pinned", "its QEMU may run on CPUs 0-1,4");
    param = tuned("cputune.iothreadpin1", cpus);
    is(lv_words_tunable(&param, 1), EVENT_CALM, "pinned", "its I/O thread 1 may run on CPUs 0-1,4");
    param = tuned(VIR_DOMAIN_TUNABLE_BLKDEV_DISK, disk);
    is(lv_words_tunable(&param, 1), EVENT_CALM, NULL, "limits of disk vda changed");
    ck_assert(!lv_tunable_is_pinning(&param, 1));
    is(lv_words_tunable(NULL, 0), EVENT_CALM, NULL, "its CPU shares or limits changed");
}
END_TEST

START_TEST(words_are_cut_and_names_stay_raw)
{
    char long_name[1000];
    memset(long_name, 'x', sizeof(long_name) - 1);
    long_name[sizeof(long_name) - 1] = '\0';

    struct lv_words words = lv_words_device(long_name, "added", EVENT_CALM);
    ck_assert_uint_lt(strlen(words.text), sizeof(words.text));
    ck_assert_uint_lt(strlen(words.topic), sizeof(words.topic));
    is(lv_words_device("\x1b[2J", "added", EVENT_CALM), EVENT_CALM, NULL, "device \x1b[2J added");
}
END_TEST

static struct lv_inbox inbox;
static struct lv_remark remarks[LV_REMARKS];

static void put(const char *uuid, struct lv_words words)
{
    lv_inbox_put(&inbox, &(struct lv_happening){.uuid = uuid, .words = words});
}

START_TEST(a_storm_is_one_remark)
{
    size_t lost;

    memset(&inbox, 0, sizeof(inbox));
    for (int i = 0; i < 100000; i++) {
        put("a", lv_words_balloon(1024 * (unsigned long long)i));
        put("a", lv_words_watchdog(VIR_DOMAIN_EVENT_WATCHDOG_NONE));
    }
    put("b", (struct lv_words){.text = ""});
    ck_assert_uint_eq(lv_inbox_remarks(&inbox, remarks, &lost), 2);
    ck_assert_uint_eq(lost, 0);
    ck_assert_uint_eq(remarks[0].times, 100000);
    ck_assert_str_eq(remarks[0].words.text, "its balloon was moved, it has 97.7G");
    ck_assert_uint_eq(remarks[1].times, 100000);
    ck_assert_uint_eq(lv_inbox_remarks(&inbox, remarks, &lost), 0);
}
END_TEST

START_TEST(what_has_no_room_is_counted)
{
    char uuid[VIR_UUID_STRING_BUFLEN];
    size_t lost;

    memset(&inbox, 0, sizeof(inbox));
    for (int i = 0; i < LV_REMARKS + 7; i++) {
        snprintf(uuid, sizeof(uuid), "%d", i);
        put(uuid, lv_words_balloon(1));
    }
    ck_assert_uint_eq(lv_inbox_remarks(&inbox, remarks, &lost), LV_REMARKS);
    ck_assert_uint_eq(lost, 7);
    ck_assert_uint_eq(lv_inbox_remarks(&inbox, remarks, &lost), 0);
    ck_assert_uint_eq(lost, 0);
}
END_TEST

START_TEST(an_echo_is_not_counted)
{
    size_t lost;

    memset(&inbox, 0, sizeof(inbox));
    for (int i = 0; i < 3; i++)
        put("a", lv_words_agent(1, 0));
    put("a", lv_words_threshold("hda", 4096, 1));
    put("a", lv_words_threshold("hda[1]", 4096, 1));
    ck_assert_uint_eq(lv_inbox_remarks(&inbox, remarks, &lost), 2);
    ck_assert_uint_eq(remarks[0].times, 1);
    ck_assert_uint_eq(remarks[1].times, 1);
    ck_assert_ptr_nonnull(strstr(remarks[1].words.text, "disk hda has"));
}
END_TEST

START_TEST(a_guest_changes_once_until_somebody_looks)
{
    const struct lv_changes *changes = &inbox.changes;
    struct lv_io_error error = {.known = true};

    memset(&inbox, 0, sizeof(inbox));
    for (int i = 0; i < 2 * LV_CHANGES; i++)
        lv_inbox_put(&inbox, &(struct lv_happening){.uuid = "a", .redefined = true});
    lv_inbox_put(&inbox, &(struct lv_happening){.uuid = "a", .io_error = &error});
    ck_assert_uint_eq(changes->count, 1);
    ck_assert(changes->change[0].redefined && changes->change[0].io_error.known);
    for (int i = 0; i < LV_CHANGES; i++) {
        char uuid[VIR_UUID_STRING_BUFLEN];

        ck_assert(!changes->all);
        snprintf(uuid, sizeof(uuid), "%d", i);
        lv_inbox_put(&inbox, &(struct lv_happening){.uuid = uuid, .redefined = true});
    }
    ck_assert(changes->all);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("libvirt events");

    virInitialize(); /* its readers of parameters keep their last error per thread */
    TCase *tests = tcase_create("events");
    tcase_add_test(tests, events_are_told_in_words);
    tcase_add_test(tests, what_was_tuned_is_told);
    tcase_add_test(tests, a_job_says_what_how_long_and_whether);
    tcase_add_test(tests, words_are_cut_and_names_stay_raw);
    tcase_add_test(tests, a_storm_is_one_remark);
    tcase_add_test(tests, what_has_no_room_is_counted);
    tcase_add_test(tests, an_echo_is_not_counted);
    tcase_add_test(tests, a_guest_changes_once_until_somebody_looks);
    suite_add_tcase(suite, tests);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
