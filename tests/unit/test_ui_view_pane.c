#include "ui/view/pane.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "ui/view/frozen.h"
#include "ui/view/narrow.h"
#include "ui/view/wording.h"

#define PERIOD NS_PER_S
#define GUESTS 20

static struct ui ui;
static struct pane pane;
static int64_t now;

/* Guest N gets CPU percent of one CPU over the next second. */
static void tick(const int percent[GUESTS])
{
    static uint64_t cpu_ns[GUESTS];

    now += PERIOD;
    for (int i = 0; i < GUESTS; i++) {
        struct sample sample = {.at_ns = now};

        cpu_ns[i] += (uint64_t)percent[i] * 10000000;
        sample_set(&sample, FIELD_CPU, cpu_ns[i]);
        world_row(ui.world, "sim", (uint32_t)i + 1, STATE_RUNNING, NULL, NULL, &sample, now, now);
    }
    ui.now_ns = ui.clock_ns = ui.wall_ns = now;
}

static void rising(int percent[GUESTS])
{
    for (int i = 0; i < GUESTS; i++)
        percent[i] = i;
}

static void setup(void)
{
    int percent[GUESTS] = {0}, fds[2];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds), 0);
    ui = (struct ui){.order = {.key = METRIC_CPU}};
    ui.engine = engine_new(fds[0], false, PERIOD, NULL, 0);
    close(fds[1]);
    ui.world = engine_world(ui.engine);
    now = 1000 * NS_PER_S;
    world_add_source(ui.world, "sim", false);
    world_source_state(ui.world, "sim", SOURCE_UP, NULL, NULL, NULL, now, now);
    for (int i = 0; i < GUESTS; i++) {
        char name[16];
        struct facts facts = {.handle = (uint32_t)i + 1,
                              .key = name,
                              .life = "1",
                              .name = name,
                              .kind = i % 2 ? KIND_CONTAINER : KIND_MACHINE};

        snprintf(name, sizeof(name), "g%02d", i);
        world_facts(ui.world, "sim", &facts, now, now);
    }
    tick(percent);
    pane_init(&pane, LIST_BOTH);
    pane.table.height = 10;
}

static void teardown(void)
{
    frozen_end(&ui);
    pane_clear(&pane);
    engine_free(ui.engine);
}

static const char *name_at(size_t row)
{
    ck_assert_uint_lt(row, pane.listing.count);
    return pane.listing.rows[row]->facts.name;
}

static const char *selected_name(void)
{
    ck_assert_ptr_nonnull(pane_selected(&pane));
    return pane_selected(&pane)->facts.name;
}

START_TEST(the_first_row_until_one_moves)
{
    int percent[GUESTS];

    pane_arrange(&pane, &ui, true);
    ck_assert_str_eq(selected_name(), "g00");
    rising(percent);
    tick(percent);
    pane_arrange(&pane, &ui, true);
    ck_assert_str_eq(name_at(0), "g19");
    ck_assert_str_eq(selected_name(), "g19");
}
END_TEST

START_TEST(the_cursor_follows_its_guest)
{
    int percent[GUESTS];

    pane_arrange(&pane, &ui, true);
    pane_move(&pane, 3);
    ck_assert_str_eq(selected_name(), "g03");
    rising(percent);
    tick(percent);
    pane_arrange(&pane, &ui, true);
    ck_assert_str_eq(selected_name(), "g03");
    ck_assert_int_eq(pane.row, GUESTS - 1 - 3);
}
END_TEST

START_TEST(follow_holds_the_line)
{
    int percent[GUESTS];

    ui.follow = true;
    pane_arrange(&pane, &ui, true);
    pane_move(&pane, 12);
    pane.top = 8;
    long line = pane.row - pane.top;
    for (int i = 0; i < GUESTS; i++)
        percent[i] = i == 0 ? 100 : 0; /* one from above stays above, g19 .. below stay below */
    percent[15] = 50;
    tick(percent);
    pane_arrange(&pane, &ui, true);
    ck_assert_str_eq(selected_name(), "g12");
    ck_assert_int_eq(pane.row, 13);
    ck_assert_int_eq(pane.row - pane.top, line);
}
END_TEST

/* A pane that is not drawn is asked too which rows it shows. */
START_TEST(follow_ends_at_the_first_row)
{
    int percent[GUESTS] = {0};

    ui.follow = true;
    pane_arrange(&pane, &ui, true);
    pane_move(&pane, 12);
    pane.top = 8;
    percent[12] = 100;
    tick(percent);
    pane_arrange(&pane, &ui, true);
    ck_assert_int_eq(pane.row, 0);
    ck_assert_int_eq(pane.top, 0);
}
END_TEST

START_TEST(rows_keep_their_places_without_a_sort)
{
    int percent[GUESTS];

    pane_arrange(&pane, &ui, true);
    rising(percent);
    tick(percent);
    pane_arrange(&pane, &ui, false);
    for (int i = 0; i < GUESTS; i++) {
        char name[16];
        snprintf(name, sizeof(name), "g%02d", i);
        ck_assert_str_eq(name_at((size_t)i), name);
    }
    /* A newcomer joins at the end, whatever it does. */
    struct facts facts = {.handle = 100, .key = "a", .life = "1", .name = "a"};
    world_facts(ui.world, "sim", &facts, now, now);
    pane_arrange(&pane, &ui, false);
    ck_assert_str_eq(name_at(GUESTS), "a");
    pane_arrange(&pane, &ui, true);
    ck_assert_str_eq(name_at(0), "g19");
}
END_TEST

START_TEST(a_vanished_guest_leaves_the_cursor_on_its_row)
{
    pane_arrange(&pane, &ui, true);
    pane_move(&pane, 5);
    world_gone(ui.world, "sim", 6, now, now);
    pane_arrange(&pane, &ui, false);
    ck_assert_int_eq(pane.row, 5);
    ck_assert_str_eq(selected_name(), "g06");
    pane_move_to(&pane, 1000);
    ck_assert_str_eq(selected_name(), "g19");
    world_gone(ui.world, "sim", 20, now, now);
    pane_arrange(&pane, &ui, true);
    ck_assert_str_eq(selected_name(), "g18");
}
END_TEST

START_TEST(an_empty_list_is_no_trap)
{
    pane_arrange(&pane, &ui, true);
    pane_move(&pane, 4);
    narrow_set(&ui, "no such guest", NULL);
    pane_arrange(&pane, &ui, true);
    ck_assert_ptr_null(pane_selected(&pane));
    pane_move(&pane, 1);
    pane_move(&pane, -5);
    pane_move_to(&pane, 100);
    ck_assert_ptr_null(pane_selected(&pane));
    narrow_off(&ui);
    pane_arrange(&pane, &ui, true);
    ck_assert_str_eq(selected_name(), "g04");
}
END_TEST

/* Whom a filter on figures or states hides is still the one that was chosen. */
START_TEST(a_hidden_guest_gets_the_cursor_back)
{
    int percent[GUESTS];

    pane_arrange(&pane, &ui, true);
    pane_move(&pane, 4);
    narrow_set(&ui, "state=running", NULL);
    world_row(ui.world, "sim", 5, STATE_OFF, NULL, NULL, NULL, now, now);
    pane_arrange(&pane, &ui, true);
    ck_assert_str_eq(selected_name(), "g05"); /* stands in, and is followed */
    rising(percent);
    percent[5] = 0;
    narrow_set(&ui, "state=running & !g04", NULL);
    tick(percent);
    pane_arrange(&pane, &ui, true);
    ck_assert_str_eq(selected_name(), "g05");
    narrow_off(&ui);
    pane_arrange(&pane, &ui, true);
    ck_assert_str_eq(selected_name(), "g04");

    /* Who goes on from the one that stands in has chosen another. */
    narrow_set(&ui, "!g04", NULL);
    pane_arrange(&pane, &ui, true);
    pane_move(&pane, 0);
    const char *other = selected_name();
    narrow_off(&ui);
    pane_arrange(&pane, &ui, true);
    ck_assert_str_eq(selected_name(), other);

    /* Who is gone does not come back. */
    ck_assert(pane_select(&pane, &(struct guest_id){(char *)"sim", (char *)"g07"}));
    narrow_set(&ui, "!g07", NULL);
    pane_arrange(&pane, &ui, true);
    other = selected_name();
    world_gone(ui.world, "sim", 8, now, now);
    pane_arrange(&pane, &ui, true);
    narrow_off(&ui);
    pane_arrange(&pane, &ui, true);
    ck_assert_str_eq(selected_name(), other);
}
END_TEST

START_TEST(problems_stand_on_top)
{
    int percent[GUESTS];

    rising(percent);
    tick(percent);
    world_row(ui.world, "sim", 3, STATE_PAUSED, "I/O error", NULL, NULL, now, now);
    world_row(ui.world, "sim", 5, STATE_PAUSED, "by the user", NULL, NULL, now, now);
    pane_arrange(&pane, &ui, true);
    ck_assert_str_eq(name_at(0), "g02");
    ck_assert_str_eq(name_at(1), "g19");
}
END_TEST

START_TEST(frozen_is_frozen)
{
    int percent[GUESTS];
    double before, after;

    rising(percent);
    tick(percent);
    pane_arrange(&pane, &ui, true);
    frozen_begin(&ui);
    pane_arrange(&pane, &ui, true);
    ck_assert_uint_eq(pane.listing.count, GUESTS);
    ck_assert(guest_metric(pane.listing.rows[0], METRIC_CPU, ui.now_ns, &before));
    ck_assert_double_eq_tol(before, 19, 0.01);

    /* The live world goes on. */
    struct world *frozen = ui.world;
    ui.world = engine_world(ui.engine);
    int64_t then = ui.now_ns;
    for (int i = 0; i < GUESTS; i++)
        percent[i] = 77;
    tick(percent);
    world_gone(ui.world, "sim", 20, now, now);
    ui.world = frozen;
    ui.now_ns = then;

    pane_arrange(&pane, &ui, true);
    ck_assert_uint_eq(pane.listing.count, GUESTS);
    ck_assert(guest_metric(pane.listing.rows[0], METRIC_CPU, ui.now_ns, &after));
    ck_assert_double_eq_tol(after, before, 1e-9);
    ck_assert_ptr_null(frozen_history(&ui, pane.listing.rows[0])); /* g19 is gone */
    ck_assert_ptr_nonnull(frozen_history(&ui, pane.listing.rows[1]));

    /* A mark made in the frozen picture counts in the live world, and so does what one knows. */
    ui_mark(&ui, pane.listing.rows[1], true);
    pane.listing.rows[1]->state = STATE_CRASHED;
    ck_assert(ui_acknowledge(&ui, pane.listing.rows[1]));
    frozen_end(&ui);
    pane_arrange(&pane, &ui, true);
    ck_assert_uint_eq(pane.listing.count, GUESTS - 1);
    struct guest_id id = {.source = (char *)"sim", .key = (char *)"g18"};
    ck_assert(world_find(ui.world, &id)->marked);
    ck_assert_uint_ne(world_find(ui.world, &id)->seen.acknowledged, 0);
    frozen_end(&ui); /* once more does nothing */
}
END_TEST

START_TEST(words_say_why)
{
    struct guest_id id = {.source = (char *)"sim", .key = (char *)"g02"};
    struct wording wording;
    char text[200];

    world_row(ui.world, "sim", 3, STATE_PAUSED, "no space on vda", NULL, NULL, now, now);
    const struct guest *guest = world_find(ui.world, &id);
    wording_short(&wording, ui.world, guest, now + 9 * NS_PER_S / 10, 12);
    ck_assert_int_eq(wording.style, STYLE_BAD);
    ck_assert(wording.problem);
    ck_assert_ptr_nonnull(strstr(wording.text, "NO SPACE"));
    ck_assert_str_eq(wording.cause, "no space on vda");
    ck_assert(wording.idle);
    wording_long(text, sizeof(text), ui.world, guest, now);
    ck_assert_ptr_nonnull(strstr(text, "no space on vda"));

    world_row(ui.world, "sim", 3, STATE_RUNNING, NULL, "QEMU stopped", NULL, now, now);
    guest = world_find(ui.world, &id);
    wording_short(&wording, ui.world, guest, now + 9 * NS_PER_S, 12);
    ck_assert(wording.stale);
    ck_assert_str_eq(wording.text, "QEMU stop 9s");
    wording_short(&wording, ui.world, guest, now + 9 * NS_PER_S, 16);
    ck_assert_str_eq(wording.text, "QEMU stopped 9s");

    world_row(ui.world, "sim", 4, STATE_DENIED, NULL, NULL, NULL, now, now);
    id.key = (char *)"g03";
    wording_short(&wording, ui.world, world_find(ui.world, &id), now, 8);
    ck_assert_str_eq(wording.text, "denied");
    ck_assert_str_eq(wording.cause, "no permission to look into it");
    ck_assert_int_eq(wording.style, STYLE_WARN);

    /* Known to the operator: dim, and no sign. */
    ui_acknowledge(&ui, world_find(ui.world, &id));
    wording_short(&wording, ui.world, world_find(ui.world, &id), now, 8);
    ck_assert_str_eq(wording.text, "denied");
    ck_assert_int_eq(wording.style, STYLE_DIM);
    ck_assert(!wording.problem);
}
END_TEST

START_TEST(figures_of_a_limit)
{
    char text[32];

    wording_of_limit(text, 7.4 * (1 << 30), 8.0 * (1 << 30));
    ck_assert_str_eq(text, "  7.4/8.0G ");
    wording_of_limit(text, 310.0 * (1 << 20), 1.0 * (1 << 30));
    ck_assert_str_eq(text, " 310M/1.0G ");
    wording_of_limit(text, NAN, 8.0 * (1 << 30));
    ck_assert_str_eq(text, "    -/8.0G ");
    wording_of_limit(text, 310.0 * (1 << 20), NAN);
    ck_assert_str_eq(text, " 310M      ");
    wording_ratio(text, NAN, NAN);
    ck_assert_str_eq(text, "-");
    wording_ratio(text, 0, 8.0 * (1 << 30));
    ck_assert_str_eq(text, "0/8.0G");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ui_view_pane");
    TCase *tcase = tcase_create("all");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, the_first_row_until_one_moves);
    tcase_add_test(tcase, the_cursor_follows_its_guest);
    tcase_add_test(tcase, follow_holds_the_line);
    tcase_add_test(tcase, follow_ends_at_the_first_row);
    tcase_add_test(tcase, rows_keep_their_places_without_a_sort);
    tcase_add_test(tcase, a_vanished_guest_leaves_the_cursor_on_its_row);
    tcase_add_test(tcase, an_empty_list_is_no_trap);
    tcase_add_test(tcase, a_hidden_guest_gets_the_cursor_back);
    tcase_add_test(tcase, problems_stand_on_top);
    tcase_add_test(tcase, frozen_is_frozen);
    tcase_add_test(tcase, words_say_why);
    tcase_add_test(tcase, figures_of_a_limit);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
