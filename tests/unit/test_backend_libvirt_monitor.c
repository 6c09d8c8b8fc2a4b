/* Which questions are put to a monitor, on libvirt's in-memory test driver: a driver that does not
 * have a call is asked once. */
// clang-format off
// sources: src/backend/libvirt/monitor.c src/backend/libvirt/question.c src/backend/libvirt/statistics.c src/backend/libvirt/uri.c src/backend/libvirt/wait.c src/backend/libvirt/words.c src/backend/libvirt/loop.c
// libraries: LIBXML LIBVIRT
// clang-format on
#include "backend/libvirt/monitor.h"

#include <check.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "backend/libvirt/loop.h"
#include "base/clock.h"

#define TEST_UUID "6695eb01-f6a4-8304-79aa-97f2502e193f"
#define LIMIT_NS (30 * NS_PER_S)

static atomic_int statistics_asked, errors_asked;

/* The driver has no keepalive: libvirt's own words for what is not supported. */
static int refuse(virConnectPtr conn)
{
    return virConnectSetKeepAlive(conn, 1, 1);
}

/* In the place of libvirt's. */
int virDomainListGetStats(virDomainPtr *doms, unsigned stats, virDomainStatsRecordPtr **records,
                          unsigned flags)
{
    (void)stats;
    (void)records;
    (void)flags;
    statistics_asked++;
    return refuse(virDomainGetConnect(doms[0]));
}

int virDomainGetDiskErrors(virDomainPtr dom, virDomainDiskErrorPtr errors, unsigned count,
                           unsigned flags)
{
    (void)errors;
    (void)count;
    (void)flags;
    errors_asked++;
    return refuse(virDomainGetConnect(dom));
}

/* That driver takes it, and never gives back what goes with it. */
int virConnectRegisterCloseCallback(virConnectPtr conn, virConnectCloseFunc callback, void *user,
                                    virFreeCallback release)
{
    (void)conn;
    (void)callback;
    (void)user;
    (void)release;
    return -1;
}

static void check_refused(struct lv_monitor *monitor, enum lv_question question)
{
    int64_t end = clock_mono_ns() + LIMIT_NS;
    char uuid[VIR_UUID_STRING_BUFLEN];
    struct lv_answer answer = {0};
    enum lv_asked asked;

    ck_assert(lv_monitor_ask(monitor, question, TEST_UUID));
    while ((asked = lv_monitor_poll(monitor, clock_mono_ns(), 0, uuid, &answer)) == LV_BUSY) {
        ck_assert_int_lt(clock_mono_ns(), end);
        usleep(1000);
    }
    ck_assert_int_eq(asked, LV_REFUSED);
    ck_assert_int_eq(answer.question, question);
    ck_assert_str_eq(uuid, TEST_UUID);
}

START_TEST(a_driver_without_the_call_is_asked_once)
{
    struct lv_uri uri;
    struct error err = {0};

    ck_assert_int_eq(lv_loop_start(&err), 0);
    lv_uri_init(&uri, "test:///default");
    struct lv_monitor *monitor = lv_monitor_new(&uri);
    check_refused(monitor, LV_BALLOON);
    check_refused(monitor, LV_PARTS);
    check_refused(monitor, LV_BALLOON);
    ck_assert_int_eq(statistics_asked, 1);
    /* What it says of one call says nothing of another. */
    check_refused(monitor, LV_IO_ERROR);
    check_refused(monitor, LV_IO_ERROR);
    ck_assert_int_eq(errors_asked, 1);
    ck_assert_int_eq(statistics_asked, 1);
    lv_monitor_free(monitor);
    lv_uri_clear(&uri);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("monitor");
    TCase *tcase = tcase_create("monitor");

    tcase_add_test(tcase, a_driver_without_the_call_is_asked_once);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
