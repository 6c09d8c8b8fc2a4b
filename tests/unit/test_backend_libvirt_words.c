/* URIs, domain states and libvirt's errors in an operator's words. */
// sources: src/backend/libvirt/words.c src/backend/libvirt/uri.c
// libraries: LIBVIRT
#include "backend/libvirt/words.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void check_uri(const char *text, const char *open, bool local, const char *run_dir)
{
    struct lv_uri uri;

    lv_uri_init(&uri, text);
    ck_assert_str_eq(uri.open, open);
    ck_assert_int_eq(uri.local_qemu, local);
    if (run_dir)
        ck_assert_str_eq(uri.run_dir, run_dir);
    else
        ck_assert_ptr_null(uri.run_dir);
    lv_uri_clear(&uri);
    ck_assert_ptr_null(uri.open);
}

START_TEST(a_uri_is_local_only_without_a_host)
{
    check_uri("", "qemu:///system", true, "/run/libvirt/qemu");
    check_uri("qemu:///system", "qemu:///system", true, "/run/libvirt/qemu");
    check_uri("qemu+unix:///system?socket=/x", "qemu+unix:///system?socket=/x", true,
              "/run/libvirt/qemu");
    check_uri("qemu://other/system", "qemu://other/system", false, NULL);
    check_uri("qemu+tcp://127.0.0.1/system", "qemu+tcp://127.0.0.1/system", false, NULL);
    check_uri("qemu:///embed?root=/x", "qemu:///embed?root=/x", false, NULL);
    check_uri("lxc:///", "lxc:///", false, NULL);
    check_uri("nonsense", "nonsense", false, NULL);
    check_uri("://", "://", false, NULL);
}
END_TEST

START_TEST(a_session_has_its_run_directory_where_the_environment_says)
{
    if (geteuid() == 0) {
        check_uri("qemu:///session", "qemu:///session", true, "/run/libvirt/qemu");
        ck_assert_int_eq(seteuid(65534), 0); /* each test is a process of its own */
    }
    setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
    check_uri("qemu:///session", "qemu:///session", true, "/run/user/7/libvirt/qemu/run");
    unsetenv("XDG_RUNTIME_DIR");
    setenv("XDG_CACHE_HOME", "/c", 1);
    check_uri("qemu:///session", "qemu:///session", true, "/c/libvirt/qemu/run");
    unsetenv("XDG_CACHE_HOME");
    setenv("HOME", "/h", 1);
    check_uri("qemu:///session", "qemu:///session", true, "/h/.cache/libvirt/qemu/run");
    struct lv_uri uri;
    lv_uri_init(&uri, "qemu:///session");
    ck_assert_str_eq(uri.pid_dir, "/h/.cache/libvirt");
    lv_uri_clear(&uri);
    if (getuid() == 0)
        ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

START_TEST(ssh_never_asks_on_the_terminal)
{
    check_uri("qemu+ssh://h/system", "qemu+ssh://h/system?no_tty=1", false, NULL);
    check_uri("qemu+ssh://h/system?", "qemu+ssh://h/system?no_tty=1", false, NULL);
    check_uri("qemu+ssh://h/system?keyfile=/k", "qemu+ssh://h/system?keyfile=/k&no_tty=1", false,
              NULL);
    check_uri("qemu+ssh://h/system?no_tty=0", "qemu+ssh://h/system?no_tty=0", false, NULL);
    check_uri("qemu+tls://h/system", "qemu+tls://h/system", false, NULL);
}
END_TEST

static void check_state(int state, int reason, enum guest_state wanted, const char *text)
{
    const char *got = "untouched";

    ck_assert_int_eq(lv_state(state, reason, &got), wanted);
    if (text)
        ck_assert_str_eq(got, text);
    else
        ck_assert_ptr_null(got);
}

START_TEST(states_have_reasons_only_when_there_is_something_to_say)
{
    check_state(VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_BOOTED, STATE_RUNNING, NULL);
    check_state(VIR_DOMAIN_BLOCKED, 0, STATE_RUNNING, NULL);
    check_state(VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER, STATE_PAUSED, "by the user");
    check_state(VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_IOERROR, STATE_PAUSED, "I/O error");
    check_state(VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_STARTING_UP, STATE_STARTING, NULL);
    check_state(VIR_DOMAIN_PAUSED, 999, STATE_PAUSED, NULL);
    check_state(VIR_DOMAIN_PAUSED, -1, STATE_PAUSED, NULL);
    check_state(VIR_DOMAIN_SHUTDOWN, 0, STATE_STOPPING, NULL);
    check_state(VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_SHUTDOWN, STATE_OFF, "shut down");
    check_state(VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_FAILED, STATE_OFF, "failed to start");
    check_state(VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_CRASHED, STATE_CRASHED,
                "QEMU was killed or crashed");
    check_state(VIR_DOMAIN_SHUTOFF, 0, STATE_OFF, NULL);
    check_state(VIR_DOMAIN_CRASHED, VIR_DOMAIN_CRASHED_PANICKED, STATE_CRASHED, "kernel panic");
    check_state(VIR_DOMAIN_NOSTATE, 0, STATE_UNKNOWN, NULL);
    check_state(77, 0, STATE_UNKNOWN, NULL);
}
END_TEST

static enum source_state trouble(int code, int domain, int number, const char *uri_text,
                                 bool was_up, struct error *err)
{
    virError from = {.code = code, .domain = domain, .int1 = number, .message = (char *)"so it is"};
    struct lv_uri uri;

    lv_uri_init(&uri, uri_text);
    enum source_state state = lv_trouble(&from, &uri, was_up, err);
    lv_uri_clear(&uri);
    return state;
}

START_TEST(trouble_is_told_apart)
{
    struct error err;
    const char *local = "qemu:///system", *remote = "qemu+tcp://h/system";

    ck_assert_int_eq(trouble(VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC, ENOENT, local, false, &err),
                     SOURCE_ABSENT);
    ck_assert_str_eq(err.message, "libvirtd is not running");
    ck_assert_str_eq(err.remedy, "start libvirtd or virtqemud");
    ck_assert_int_eq(trouble(VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC, ECONNREFUSED, local, true, &err),
                     SOURCE_LOST);
    ck_assert_int_eq(trouble(VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC, ECONNREFUSED, remote, false, &err),
                     SOURCE_LOST);
    ck_assert_int_eq(trouble(VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC, EACCES, local, false, &err),
                     SOURCE_DENIED);
    ck_assert_int_eq(trouble(VIR_ERR_AUTH_UNAVAILABLE, VIR_FROM_RPC, -1, local, false, &err),
                     SOURCE_DENIED);
    ck_assert_int_eq(trouble(VIR_ERR_INTERNAL_ERROR, VIR_FROM_DBUS, -1, local, false, &err),
                     SOURCE_DENIED);
    ck_assert_ptr_nonnull(strstr(err.remedy, "libvirt"));
    ck_assert_int_eq(trouble(VIR_ERR_NO_CONNECT, VIR_FROM_NONE, -1, "foo:///", false, &err),
                     SOURCE_FAILED);
    ck_assert_int_eq(trouble(VIR_ERR_XML_ERROR, VIR_FROM_TEST, -1, "test:///x", false, &err),
                     SOURCE_FAILED);
    ck_assert_int_eq(trouble(VIR_ERR_INTERNAL_ERROR, VIR_FROM_URI, -1, "::", false, &err),
                     SOURCE_FAILED);
    ck_assert_int_eq(trouble(VIR_ERR_INTERNAL_ERROR, VIR_FROM_RPC, -1, local, true, &err),
                     SOURCE_LOST);
}
END_TEST

START_TEST(a_lost_connection_is_no_domain_error)
{
    virError lost = {.code = VIR_ERR_INTERNAL_ERROR, .domain = VIR_FROM_RPC};
    virError died = {.code = VIR_ERR_SYSTEM_ERROR, .domain = VIR_FROM_QEMU};
    virError gone = {.code = VIR_ERR_NO_DOMAIN, .domain = VIR_FROM_QEMU};

    ck_assert(lv_is_lost(&lost));
    ck_assert(!lv_is_lost(&died));
    ck_assert(!lv_is_lost(NULL));
    ck_assert(lv_is_gone(&gone));
    ck_assert(!lv_is_gone(&lost));
}
END_TEST

static int failure(int code, const char *message, struct error *err)
{
    virError from = {.code = code, .domain = VIR_FROM_QEMU, .message = (char *)message};
    return lv_error(err, &from, "cannot start");
}

START_TEST(errors_keep_libvirts_own_words_in_one_line)
{
    struct error err;
    char *long_text = malloc(5000);

    ck_assert_int_eq(failure(VIR_ERR_OPERATION_INVALID,
                             "Requested operation is not valid: domain is already running", &err),
                     ERR_IO);
    ck_assert_str_eq(err.message, "cannot start: domain is already running");
    failure(VIR_ERR_INTERNAL_ERROR, "internal error: process exited: bad disk.\nmore", &err);
    ck_assert_str_eq(err.message, "cannot start: process exited: bad disk");
    failure(VIR_ERR_INTERNAL_ERROR, NULL, &err);
    ck_assert_str_eq(err.message, "cannot start: libvirt gave no reason");
    failure(VIR_ERR_INTERNAL_ERROR, "100%s%n", &err);
    ck_assert_str_eq(err.message, "cannot start: 100%s%n");
    memset(long_text, 'x', 4999);
    long_text[4999] = '\0';
    failure(VIR_ERR_INTERNAL_ERROR, long_text, &err);
    ck_assert_uint_lt(strlen(err.message), sizeof(err.message));
    ck_assert_int_eq(failure(VIR_ERR_OPERATION_TIMEOUT, "held", &err), ERR_BUSY);
    ck_assert_int_eq(failure(VIR_ERR_OPERATION_DENIED, "no", &err), ERR_BARRED);
    ck_assert_int_eq(failure(VIR_ERR_ACCESS_DENIED, "no", &err), ERR_DENIED);
    /* QEMU may not read the guest's disk: nothing that the operator may not do. */
    const virError closed = {
        .code = VIR_ERR_SYSTEM_ERROR, .domain = VIR_FROM_SECURITY, .int1 = EACCES};
    ck_assert_int_eq(lv_error(&err, &closed, "x"), ERR_IO);
    ck_assert_int_eq(failure(VIR_ERR_NO_SUPPORT, "no", &err), ERR_UNSUPPORTED);
    ck_assert_int_eq(failure(VIR_ERR_NO_DOMAIN, "no", &err), ERR_GONE);
    ck_assert_int_eq(lv_error(&err, NULL, "x"), ERR_IO);
    free(long_text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("libvirt words");
    TCase *tcase = tcase_create("words");

    tcase_add_test(tcase, a_uri_is_local_only_without_a_host);
    tcase_add_test(tcase, a_session_has_its_run_directory_where_the_environment_says);
    tcase_add_test(tcase, ssh_never_asks_on_the_terminal);
    tcase_add_test(tcase, states_have_reasons_only_when_there_is_something_to_say);
    tcase_add_test(tcase, trouble_is_told_apart);
    tcase_add_test(tcase, a_lost_connection_is_no_domain_error);
    tcase_add_test(tcase, errors_keep_libvirts_own_words_in_one_line);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
