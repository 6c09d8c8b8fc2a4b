/* The text that a guest is made from, by a probe that the test plays. */
#include <check.h>
#include <signal.h>

#include "engine_rig.h"

#define LXC "lxc:/var/lib/lxc"

static const char *const one[] = {LXC};
static const struct guest_id web = {(char *)LXC, (char *)"web"}, db = {(char *)LXC, (char *)"db"};
static int64_t at;
static const char *why;

static struct rig open_rig(void)
{
    struct rig rig = rig_new(false, one, 1);

    rig_turn(&rig, 0);
    struct rig_child *worker = rig_child(&rig, ROLE_WORKER, LXC);
    rig_hello(worker);
    rig_source(worker, SOURCE_UP, NULL);
    rig_guest(worker, 1, "web", "1");
    rig_turn(&rig, NS_PER_MS);
    return rig;
}

static const char *text_of(const struct rig *rig, const struct guest_id *id)
{
    return engine_configuration(rig->engine, id, &at, &why);
}

static struct rig_child *asked(struct rig *rig, const char *key)
{
    struct frame ask;

    rig_turn(rig, NS_PER_MS);
    struct rig_child *probe = rig_child(rig, ROLE_PROBE, LXC);
    ck_assert_ptr_nonnull(probe);
    ck_assert(rig_receive(probe, FRAME_ASK, &ask));
    ck_assert_str_eq(ask.u.ask.question, "configuration");
    ck_assert_str_eq(ask.u.ask.key, key);
    frame_clear(&ask);
    rig_hello(probe);
    return probe;
}

static void say(struct rig *rig, struct rig_child *probe, const char *text, const char *error)
{
    struct frame answer = {.type = FRAME_ANSWER,
                           .u.answer = {.text = (char *)text, .error = (char *)error}};

    rig_send(probe, &answer);
    rig->changes = 0;
    rig_turn(rig, NS_PER_MS);
    ck_assert(rig->changes & ENGINE_ANSWER);
}

START_TEST(the_text_arrives_tame)
{
    struct rig rig = open_rig();

    ck_assert_ptr_null(text_of(&rig, &web));
    engine_ask_configuration(rig.engine, &web);
    engine_ask_configuration(rig.engine, &web); /* no second probe */
    struct rig_child *probe = asked(&rig, "web");
    ck_assert_uint_eq(rig.count, 2);
    ck_assert_ptr_null(text_of(&rig, &web));
    ck_assert_ptr_null(why);
    say(&rig, probe, "a =\tb\n\n\033[2Jc", NULL);
    ck_assert_str_eq(text_of(&rig, &web), "a = b\n\n\xef\xbf\xbd[2Jc\n");
    ck_assert_ptr_null(why);
    ck_assert_int_eq(at, rig.now);
    ck_assert_ptr_null(text_of(&rig, &db));
    rig_exit(&rig, probe, 0);
    rig_turn(&rig, NS_PER_MS);
    ck_assert_ptr_nonnull(text_of(&rig, &web));

    /* Asked again the old one stays until the new one is there; another guest's takes its place. */
    rig.now += NS_PER_S;
    engine_ask_configuration(rig.engine, &web);
    ck_assert_ptr_nonnull(text_of(&rig, &web));
    say(&rig, asked(&rig, "web"), "new", NULL);
    ck_assert_str_eq(text_of(&rig, &web), "new\n");
    engine_ask_configuration(rig.engine, &db);
    ck_assert_ptr_null(text_of(&rig, &web));
    ck_assert_ptr_null(text_of(&rig, &db));
    rig_free(&rig);
}
END_TEST

START_TEST(why_there_is_none_is_told)
{
    struct rig rig = open_rig();
    static const struct guest_id elsewhere = {(char *)"proc", (char *)"x"};

    engine_ask_configuration(rig.engine, &web);
    say(&rig, asked(&rig, "web"), NULL, "no\033 permission");
    ck_assert_ptr_null(text_of(&rig, &web));
    ck_assert_str_eq(why, "no\xef\xbf\xbd permission");

    engine_ask_configuration(rig.engine, &elsewhere);
    ck_assert_ptr_null(text_of(&rig, &elsewhere));
    ck_assert_ptr_nonnull(why);
    rig_free(&rig);
}
END_TEST

START_TEST(a_probe_that_hangs_is_given_up)
{
    struct rig rig = open_rig();

    engine_ask_configuration(rig.engine, &web);
    struct rig_child *probe = asked(&rig, "web");
    for (int i = 0; i < 8; i++) {
        rig_beat(rig_child(&rig, ROLE_WORKER, LXC));
        rig_pass(&rig, 1);
    }
    ck_assert(probe->killed);
    ck_assert_ptr_null(text_of(&rig, &web));
    ck_assert_str_eq(why, "no answer in time");
    rig_free(&rig);
}
END_TEST

START_TEST(a_probe_that_dies_is_told_of)
{
    struct rig rig = open_rig();

    engine_ask_configuration(rig.engine, &db);
    struct rig_child *probe = asked(&rig, "db");
    rig_exit(&rig, probe, SIGSEGV);
    rig_turn(&rig, NS_PER_MS);
    rig_turn(&rig, NS_PER_MS);
    ck_assert_ptr_null(text_of(&rig, &db));
    ck_assert_ptr_nonnull(why);
    ck_assert_ptr_nonnull(strstr(why, "died"));

    /* One that is not waited for any more says nothing about the next. */
    engine_ask_configuration(rig.engine, &web);
    probe = asked(&rig, "web");
    engine_ask_configuration(rig.engine, &db);
    rig_turn(&rig, NS_PER_MS);
    ck_assert(probe->killed);
    ck_assert_ptr_null(text_of(&rig, &db));
    ck_assert_ptr_null(why);
    rig_free(&rig);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine/configuration");
    TCase *tc = tcase_create("probe");

    tcase_add_test(tc, the_text_arrives_tame);
    tcase_add_test(tc, why_there_is_none_is_told);
    tcase_add_test(tc, a_probe_that_hangs_is_given_up);
    tcase_add_test(tc, a_probe_that_dies_is_told_of);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
