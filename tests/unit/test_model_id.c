/* Identity, states and the time line. */
#include "model/id.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/event.h"
#include "model/guest.h"
#include "model/state.h"

START_TEST(text_of_an_id_is_lossless)
{
    static const char *const keys[] = {"web",
                                       "a#b",
                                       "a b%20",
                                       "\x1b[2J\n",
                                       "\xff\xfe",
                                       "-rf",
                                       "0c2f1f0e-7c1a-4e0f-9d06-64f0b8a3c3a5"};
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        struct guest_id id, back;
        guest_id_init(&id, "libvirt:qemu+ssh://h/system?x=1#y", keys[i]);
        CLEANUP_FREE char *text = guest_id_text(&id);
        ck_assert_ptr_eq(strchr(text, '#'), strrchr(text, '#'));
        ck_assert(guest_id_parse(text, &back));
        ck_assert(guest_id_equal(&id, &back));
        guest_id_clear(&id);
        guest_id_clear(&back);
    }
    struct guest_id id = {.source = (char *)"lxc:/var/lib/lxc", .key = (char *)"mail"};
    CLEANUP_FREE char *text = guest_id_text(&id);
    ck_assert_str_eq(text, "lxc:/var/lib/lxc#mail");
}
END_TEST

START_TEST(malformed_ids_are_refused)
{
    static const char *const bad[] = {"",        "#",     "lxc",   "lxc#",  "#web",
                                      "a#b#c",   "a#%",   "a#%zz", "a#x y", "a#%00",
                                      "a#b%00c", "%00#b", "a#\n",  "a b#c"};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        struct guest_id id = {.source = (char *)"old", .key = (char *)"old"};
        ck_assert_msg(!guest_id_parse(bad[i], &id), "%s", bad[i]);
        ck_assert_str_eq(id.source, "old");
        ck_assert_str_eq(id.key, "old");
    }
}
END_TEST

START_TEST(ids_are_equal_by_source_and_key)
{
    struct guest_id a, b, none = {0};
    guest_id_init(&a, "lxc:/a", "web");
    guest_id_copy(&b, &a);
    ck_assert(guest_id_equal(&a, &b));
    ck_assert_ptr_ne(a.key, b.key);
    b.key[0] = 'W';
    ck_assert(!guest_id_equal(&a, &b));
    b.key[0] = 'w';
    b.source[5] = 'b';
    ck_assert(!guest_id_equal(&a, &b));
    ck_assert(guest_id_is_set(&a));
    ck_assert(!guest_id_is_set(&none));
    ck_assert(!guest_id_equal(&a, &none));
    guest_id_clear(&a);
    ck_assert(guest_id_equal(&a, &none));
    guest_id_clear(&a);
    guest_id_clear(&b);
}
END_TEST

START_TEST(words_of_states_lead_back)
{
    for (int i = 0; i < STATE_COUNT; i++)
        ck_assert_int_eq(state_from_name(state_name((enum guest_state)i)), i);
    ck_assert_int_eq(state_from_name("gone"), STATE_COUNT);
    ck_assert_str_eq(state_name((enum guest_state)99), "unknown");
    ck_assert(state_is_live(STATE_PAUSED) && state_is_live(STATE_STOPPING));
    ck_assert(!state_is_live(STATE_OFF) && !state_is_live(STATE_UNKNOWN));
    ck_assert_str_eq(kind_name(KIND_CONTAINER), "container");
    ck_assert_str_eq(kind_short(KIND_MACHINE), "vm");
}
END_TEST

START_TEST(the_oldest_events_fall_out)
{
    struct event_log *log = event_log_new(3);
    ck_assert_ptr_null(event_log_get(log, 0));
    for (int i = 0; i < 5; i++) {
        char text[] = "event 0";
        text[6] = (char)('0' + i);
        struct event event = {.wall_ns = i, .kind = EVENT_LOG, .text = text};
        event_log_add(log, &event);
    }
    ck_assert_uint_eq(event_log_count(log), 3);
    ck_assert_str_eq(event_log_get(log, 0)->text, "event 4");
    ck_assert_str_eq(event_log_get(log, 2)->text, "event 2");
    ck_assert_ptr_null(event_log_get(log, 3));
    ck_assert_uint_eq(event_log_newest(log), 5);
    ck_assert_str_eq(event_log_find(log, 5)->text, "event 4");
    ck_assert_uint_eq(event_log_find(log, 3)->number, 3);
    ck_assert_ptr_null(event_log_find(log, 2));
    ck_assert_ptr_null(event_log_find(log, 6));
    ck_assert_ptr_null(event_log_find(log, 0));

    /* Long ones leave room for fewer. */
    char long_text[1000];
    memset(long_text, 'x', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    struct event event = {.kind = EVENT_LOG, .text = long_text};
    event_log_add(log, &event);
    ck_assert_uint_eq(event_log_count(log), 3);
    event_log_add(log, &event);
    ck_assert_uint_eq(event_log_count(log), 1);
    ck_assert_uint_eq(event_log_find(log, 7)->number, 7);
    ck_assert_ptr_null(event_log_find(log, 6));
    event_log_free(log);
    event_log_free(NULL);
}
END_TEST

START_TEST(facts_are_copied_deeply)
{
    struct facts facts = {.handle = 7, .key = (char *)"k", .addresses = {(char *)"10.0.0.1"}};
    struct facts copy;
    facts_copy(&copy, &facts);
    ck_assert_str_eq(copy.addresses[0], "10.0.0.1");
    ck_assert_ptr_ne(copy.key, facts.key);
    ck_assert_ptr_null(copy.name);
    facts_clear(&copy);
    ck_assert_ptr_null(copy.key);
    ck_assert_uint_eq(copy.handle, 0);
    facts_clear(&copy);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("model_id");
    tcase_add_test(tests, text_of_an_id_is_lossless);
    tcase_add_test(tests, malformed_ids_are_refused);
    tcase_add_test(tests, ids_are_equal_by_source_and_key);
    tcase_add_test(tests, words_of_states_lead_back);
    tcase_add_test(tests, the_oldest_events_fall_out);
    tcase_add_test(tests, facts_are_copied_deeply);
    Suite *suite = suite_create("model_id");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
