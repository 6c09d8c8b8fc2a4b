/* Where a guest's disk lies, as its detail says it. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "screen/steps.h"

/* A place takes twenty seconds to fill. */
#define FILLING_MS 60000

static struct screen *start(const char *fault)
{
    char sim[160];

    snprintf(sim, sizeof(sim), "guests=20,machines=6," RESTING "%s", fault);
    struct screen *screen = steps_start(40, 120, sim, NULL);
    screen_send(screen, "/db01\r");
    return screen;
}

START_TEST(a_place_fills_and_has_room_again)
{
    struct screen *screen = start(",fill=images@2,free=images@40");

    ck_assert(screen_wait(screen, "vda on pool images: 1.1T of 2.0T left", PATIENCE_MS));
    ck_assert(screen_wait(screen, "of 2.0T left, full in ", FILLING_MS));
    ck_assert(screen_wait(screen, "vda on pool images: full, 0 of 2.0T left", FILLING_MS));
    ck_assert(screen_wait(screen, "grew 1.1T in ", PATIENCE_MS));
    ck_assert(screen_wait(screen, "vda on pool images: 1.1T of 2.0T left", FILLING_MS));
    ck_assert(screen_wait_gone(screen, "grew ", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

START_TEST(a_place_does_not_answer)
{
    struct screen *screen = start(",deadmount=images@2");

    ck_assert(screen_wait(screen, "vda on pool images: not answering for ", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

START_TEST(a_place_becomes_read_only)
{
    struct screen *screen = start(",readonly=images@2");

    ck_assert(screen_wait(screen, "vda on pool images: read-only", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("storage");
    TCase *tests = tcase_create("storage");

    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, a_place_fills_and_has_room_again);
    tcase_add_test(tests, a_place_does_not_answer);
    tcase_add_test(tests, a_place_becomes_read_only);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
