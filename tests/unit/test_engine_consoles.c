#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "engine/consoles.h"
#include "engine_rig.h"

#define LXC "lxc:/x"

static const char *const one[] = {LXC};

/* A worker with a running container "box" of life "L", and one "off". */
static struct rig open_rig(bool readonly)
{
    struct rig rig = rig_new(readonly, one, 1);
    struct rig_child *child;

    rig_turn(&rig, 0);
    child = rig_child(&rig, ROLE_WORKER, LXC);
    rig_hello(child);
    rig_source(child, SOURCE_UP, NULL);
    rig_guest(child, 1, "box", "L");
    rig_row(child, 1, STATE_RUNNING, rig.now, 0);
    rig_guest(child, 2, "off", "");
    rig_row(child, 2, STATE_OFF, 0, 0);
    rig_turn(&rig, NS_PER_MS);
    return rig;
}

static int ask(struct rig *rig, enum console_kind kind, const char *key, struct error *err)
{
    struct console_request request = {.kind = kind,
                                      .guest = {(char *)LXC, (char *)key},
                                      .device = (char *)"tty2",
                                      .rows = 24,
                                      .columns = 5000};

    return engine_console_open(rig->engine, &request, err);
}

static void say_state(struct rig_child *child, enum console_state state, const char *why)
{
    struct frame frame = {.type = FRAME_CONSOLE,
                          .u.console = {.state = state,
                                        .why = (char *)why,
                                        .exit_status = state == CONSOLE_ENDED ? 3 : -1,
                                        .resizable = true,
                                        .device = (char *)"tty2",
                                        .devices = {(char *)"tty\x1b[2J", (char *)"tty2"}}};

    rig_send(child, &frame);
}

/* A console of "box" that is open. */
static uint32_t opened(struct rig *rig, struct rig_child **child)
{
    int id = ask(rig, CONSOLE_SERIAL, "box", NULL);

    ck_assert_int_gt(id, 0);
    rig_turn(rig, NS_PER_MS);
    *child = rig_child(rig, ROLE_CONSOLE, LXC);
    ck_assert_ptr_nonnull(*child);
    rig_hello(*child);
    say_state(*child, CONSOLE_OPEN, NULL);
    rig_turn(rig, NS_PER_MS);
    ck_assert_int_eq(engine_console(rig->engine, (uint32_t)id)->state, CONSOLE_OPEN);
    return (uint32_t)id;
}

static void say_bytes(struct rig_child *child, char fill, size_t len)
{
    char *data = xmalloc(len);
    struct frame frame = {.type = FRAME_BYTES, .u.bytes = {data, len}};

    memset(data, fill, len);
    rig_send(child, &frame);
    free(data);
}

START_TEST(it_opens_as_asked)
{
    struct rig rig = open_rig(false);
    struct frame frame;
    struct rig_child *child;
    int id = ask(&rig, CONSOLE_SERIAL, "box", NULL);

    ck_assert_int_gt(id, 0);
    engine_console_send(rig.engine, (uint32_t)id, "early", 5);
    engine_console_size(rig.engine, (uint32_t)id, 10, 20);
    rig_turn(&rig, NS_PER_MS);
    child = rig_child(&rig, ROLE_CONSOLE, LXC);
    ck_assert(rig_receive(child, FRAME_OPEN, &frame));
    ck_assert_str_eq(frame.u.open.key, "box");
    ck_assert_str_eq(frame.u.open.life, "L"); /* bound to it */
    ck_assert_str_eq(frame.u.open.device, "tty2");
    ck_assert_int_eq(frame.u.open.rows, 10);
    frame_clear(&frame);
    engine_console_size(rig.engine, (uint32_t)id, 11, 5000);
    ck_assert(!rig_receive(child, FRAME_BYTES, &frame)); /* it waits for the console */
    rig_hello(child);
    say_state(child, CONSOLE_OPEN, NULL);
    rig.changes = 0;
    rig_turn(&rig, NS_PER_MS);
    ck_assert(rig.changes & ENGINE_CONSOLES);

    const struct console *console = engine_console(rig.engine, (uint32_t)id);
    ck_assert_int_eq(console->state, CONSOLE_OPEN);
    ck_assert_str_eq(console->device, "tty2");
    ck_assert_ptr_null(strchr(console->devices[0], '\x1b'));
    ck_assert_int_gt(console->opened_ns, 0);
    ck_assert_int_eq(console->request.columns, CONSOLE_SIZE_MAX);
    channel_fill(&child->channel, NULL);
    ck_assert_int_eq(channel_next(&child->channel, &frame, NULL), 1);
    ck_assert_int_eq(frame.type, FRAME_SIZE);
    ck_assert_int_eq(frame.u.size.rows, 11);
    ck_assert_int_eq(channel_next(&child->channel, &frame, NULL), 1);
    ck_assert_int_eq(frame.type, FRAME_BYTES);
    ck_assert_mem_eq(frame.u.bytes.data, "early", 5);
    frame_clear(&frame);
    rig_free(&rig);
}
END_TEST

START_TEST(output_is_taken_and_gives_credit)
{
    struct rig rig = open_rig(false);
    struct rig_child *child;
    struct frame frame;
    char buf[100];
    uint32_t id = opened(&rig, &child);
    const struct console *console = engine_console(rig.engine, id);

    say_bytes(child, 'a', 70);
    say_bytes(child, 'b', 60);
    rig_turn(&rig, NS_PER_MS);
    ck_assert_uint_eq(engine_console_waiting(rig.engine, id), 130);
    ck_assert_uint_eq(console->bytes_in, 130);
    ck_assert_int_gt(console->last_output_ns, 0);
    ck_assert_uint_eq(engine_console_take(rig.engine, id, buf, sizeof(buf)), 100);
    ck_assert_int_eq(buf[69], 'a');
    ck_assert_int_eq(buf[70], 'b');
    ck_assert(!rig_receive(child, FRAME_CREDIT, &frame));
    ck_assert_uint_eq(engine_console_take(rig.engine, id, buf, sizeof(buf)), 30);
    ck_assert(rig_receive(child, FRAME_CREDIT, &frame));
    ck_assert_uint_eq(frame.u.credit, 130);

    /* Round the ring, to its brim. */
    say_bytes(child, 'c', CONSOLE_WINDOW - 10);
    say_bytes(child, 'd', 10);
    rig_turn(&rig, NS_PER_MS);
    for (size_t i = 0; i < CONSOLE_WINDOW; i += sizeof(buf))
        ck_assert_uint_gt(engine_console_take(rig.engine, id, buf, sizeof(buf)), 0);
    ck_assert_uint_eq(engine_console_waiting(rig.engine, id), 0);
    ck_assert_int_eq(buf[(CONSOLE_WINDOW - 1) % sizeof(buf)], 'd');
    ck_assert_uint_eq(console->bytes_in, 130 + CONSOLE_WINDOW);
    rig_free(&rig);
}
END_TEST

START_TEST(more_than_allowed_is_garbage)
{
    struct rig rig = open_rig(false);
    struct rig_child *child;
    uint32_t id = opened(&rig, &child);

    say_bytes(child, 'a', CONSOLE_WINDOW);
    say_bytes(child, 'b', 1);
    rig_turn(&rig, NS_PER_MS);
    ck_assert_int_eq(engine_console(rig.engine, id)->state, CONSOLE_ENDED);
    ck_assert_str_eq(engine_console(rig.engine, id)->why, "the console's process sent garbage");
    ck_assert(child->killed);
    rig_free(&rig);
}
END_TEST

/* The next bytes that the engine sent: how many.  A frame may take several turns. */
static size_t typed(struct rig *rig, struct rig_child *child)
{
    struct frame frame;
    size_t len = 0;

    for (int i = 0; i < 10 && len == 0; i++) {
        rig_turn(rig, NS_PER_MS);
        if (!rig_receive(child, FRAME_BYTES, &frame))
            continue;
        len = frame.u.bytes.len;
        frame_clear(&frame);
    }
    return len;
}

/* What a guest that does not read is sent: a window at a time, and no more than a bound in all. */
START_TEST(typing_is_bounded)
{
    struct rig rig = open_rig(false);
    struct rig_child *child;
    struct frame frame;
    uint32_t id = opened(&rig, &child);
    size_t len = (size_t)2 << 20;
    char *paste = xcalloc(1, len);

    engine_console_send(rig.engine, id, paste, len);
    ck_assert_uint_eq(engine_console(rig.engine, id)->bytes_dropped, (size_t)1 << 20);
    ck_assert_uint_eq(typed(&rig, child), CONSOLE_WINDOW);
    frame = (struct frame){.type = FRAME_CREDIT, .u.credit = 100};
    rig_send(child, &frame);
    ck_assert_uint_eq(typed(&rig, child), 100);

    /* Nothing was typed that it could have passed on. */
    id = opened(&rig, &child);
    frame = (struct frame){.type = FRAME_CREDIT, .u.credit = 1};
    rig_send(child, &frame);
    rig_turn(&rig, NS_PER_MS);
    ck_assert_int_eq(engine_console(rig.engine, id)->state, CONSOLE_ENDED);
    free(paste);
    rig_free(&rig);
}
END_TEST

START_TEST(the_end_is_told)
{
    struct rig rig = open_rig(false);
    struct rig_child *child;
    char buf[16];
    uint32_t id = opened(&rig, &child);
    const struct console *console = engine_console(rig.engine, id);

    say_bytes(child, 'z', 5);
    say_state(child, CONSOLE_ENDED, "it \x1b[1mended");
    rig_exit(&rig, child, 0);
    rig_turn(&rig, NS_PER_MS);
    ck_assert_int_eq(console->state, CONSOLE_ENDED);
    ck_assert_int_eq(console->exit_status, 3);
    ck_assert_ptr_null(strchr(console->why, '\x1b'));
    ck_assert_int_gt(console->ended_ns, 0);
    ck_assert_uint_eq(engine_console_take(rig.engine, id, buf, sizeof(buf)), 5);
    engine_console_send(rig.engine, id, "x", 1);
    engine_console_close(rig.engine, id);
    ck_assert_uint_eq(engine_console_count(rig.engine), 0);
    rig_turn(&rig, NS_PER_MS);
    rig_free(&rig);
}
END_TEST

START_TEST(its_process_dies)
{
    struct rig rig = open_rig(false);
    struct rig_child *child;
    uint32_t id = opened(&rig, &child);

    rig_exit(&rig, child, SIGSEGV);
    rig_turn(&rig, NS_PER_MS);
    ck_assert_str_eq(engine_console(rig.engine, id)->why,
                     "the console's process died (it died of signal 11)");
    rig_free(&rig);
}
END_TEST

START_TEST(what_does_not_open_is_given_up)
{
    struct rig rig = open_rig(false);
    struct rig_child *child;
    int id = ask(&rig, CONSOLE_SERIAL, "box", NULL);

    rig_turn(&rig, NS_PER_MS);
    child = rig_child(&rig, ROLE_CONSOLE, LXC);
    rig_hello(child);
    for (int i = 0; i < 8; i++) {
        rig_beat(rig_child(&rig, ROLE_WORKER, LXC));
        rig_turn(&rig, NS_PER_S);
    }
    ck_assert_int_eq(engine_console(rig.engine, (uint32_t)id)->state, CONSOLE_OPENING);
    for (int i = 0; i < 4; i++) {
        rig_beat(rig_child(&rig, ROLE_WORKER, LXC));
        rig_turn(&rig, NS_PER_S);
    }
    ck_assert_int_eq(engine_console(rig.engine, (uint32_t)id)->state, CONSOLE_ENDED);
    ck_assert(child->killed);
    rig_free(&rig);
}
END_TEST

START_TEST(closing_kills_what_hangs)
{
    struct rig rig = open_rig(false);
    struct rig_child *child;
    struct frame frame;
    uint32_t id = opened(&rig, &child);

    engine_console_close(rig.engine, id);
    ck_assert_ptr_null(engine_console(rig.engine, id));
    say_bytes(child, 'a', 10); /* too late */
    rig_turn(&rig, NS_PER_S);
    ck_assert(rig_receive(child, FRAME_CLOSE, &frame));
    ck_assert(!child->killed);
    rig_turn(&rig, NS_PER_S);
    rig_turn(&rig, NS_PER_S * 2);
    ck_assert(child->killed);

    /* Before the spawner has answered. */
    rig.hold = true;
    id = (uint32_t)ask(&rig, CONSOLE_SERIAL, "box", NULL);
    engine_console_close(rig.engine, id);
    rig.hold = false;
    rig_turn(&rig, NS_PER_MS);
    ck_assert(rig_child(&rig, ROLE_CONSOLE, LXC)->killed);
    rig_free(&rig);
}
END_TEST

START_TEST(refusals)
{
    struct rig rig = open_rig(true);
    struct error err;
    int id;

    ck_assert_int_eq(ask(&rig, CONSOLE_SERIAL, "box", &err), ERR_DENIED);
    ck_assert_int_eq(ask(&rig, CONSOLE_ATTACH, "box", &err), ERR_DENIED);
    ck_assert_int_gt(ask(&rig, CONSOLE_LOG, "off", &err), 0);
    rig_turn(&rig, NS_PER_MS);
    ck_assert_ptr_nonnull(rig_child(&rig, ROLE_LOG, LXC));
    ck_assert_ptr_null(rig_child(&rig, ROLE_CONSOLE, LXC));
    rig_free(&rig);

    rig = open_rig(false);
    ck_assert_int_eq(ask(&rig, CONSOLE_SERIAL, "nobody", &err), ERR_GONE);
    ck_assert_int_eq(ask(&rig, CONSOLE_SERIAL, "off", &err), ERR_GONE);
    ck_assert_int_eq(ask(&rig, CONSOLE_SCREEN, "off", &err), ERR_GONE);
    for (int i = 0; i < 32; i++)
        ck_assert_int_gt(ask(&rig, CONSOLE_LOG, "off", &err), 0);
    ck_assert_int_eq(ask(&rig, CONSOLE_LOG, "off", &err), ERR_BUSY);
    rig_free(&rig);

    rig = open_rig(false);
    rig.refuse = EROFS;
    id = ask(&rig, CONSOLE_SERIAL, "box", &err);
    rig_turn(&rig, NS_PER_MS);
    ck_assert_str_eq(engine_console(rig.engine, (uint32_t)id)->why, "refused: read-only");
    rig_free(&rig);
}
END_TEST

START_TEST(descriptors_are_given_back)
{
    int before = rig_count_fds();
    struct rig rig = open_rig(false);
    struct rig_child *child;

    for (int i = 0; i < 5; i++) {
        uint32_t id = opened(&rig, &child);
        engine_console_close(rig.engine, id);
        rig_exit(&rig, child, 0);
        rig_turn(&rig, NS_PER_MS);
    }
    rig_free(&rig);
    ck_assert_int_eq(rig_count_fds(), before);
}
END_TEST

/* ---- screens ---- */

static void say_cells(struct rig_child *child)
{
    struct screen_cell cells[2] = {{'A', 0xff, -1}, {0x2580, -1, 0}};
    struct frame frame = {.type = FRAME_CELLS,
                          .u.cells = {.width = 720,
                                      .height = 400,
                                      .zoom = 1,
                                      .rows = 1,
                                      .columns = 2,
                                      .cells = cells,
                                      .no_viewer = (char *)"no \x1b[2J display"}};

    rig_send(child, &frame);
}

/* The screen of a machine "vm". */
static uint32_t opened_screen(struct rig *rig, struct rig_child **child)
{
    struct frame facts = {.type = FRAME_FACTS,
                          .u.facts = {.handle = 3,
                                      .key = (char *)"vm",
                                      .life = (char *)"1",
                                      .name = (char *)"vm",
                                      .kind = KIND_MACHINE,
                                      .autostart = -1,
                                      .persistent = -1}};
    int id;

    *child = rig_child(rig, ROLE_WORKER, LXC);
    rig_send(*child, &facts);
    rig_row(*child, 3, STATE_RUNNING, rig->now, 0);
    rig_turn(rig, NS_PER_MS);
    id = ask(rig, CONSOLE_SCREEN, "vm", NULL);
    ck_assert_int_gt(id, 0);
    rig_turn(rig, NS_PER_MS);
    *child = rig_child(rig, ROLE_CONSOLE, LXC);
    ck_assert_ptr_nonnull(*child);
    rig_hello(*child);
    say_state(*child, CONSOLE_OPEN, NULL);
    return (uint32_t)id;
}

START_TEST(a_screen_is_seen_and_its_keys_pressed)
{
    struct rig rig = open_rig(false);
    struct screen_view view = {24, 80, 1, -1, -1, false, false, true};
    struct press press = {.kind = PRESS_TEXT, .text = (char *)"ls"};
    struct rig_child *child;
    struct frame frame;
    uint32_t id = opened_screen(&rig, &child);

    /* What was asked for before it opened is told then. */
    engine_console_view(rig.engine, id, &view);
    ck_assert_int_eq(engine_console_press(rig.engine, id, &press, NULL), ERR_GONE);
    ck_assert(!rig_receive(child, FRAME_VIEW, &frame));
    rig_turn(&rig, NS_PER_MS);
    ck_assert(rig_receive(child, FRAME_VIEW, &frame));
    ck_assert(screen_view_equal(&frame.u.view, &view));
    engine_console_view(rig.engine, id, &view);
    ck_assert(!rig_receive(child, FRAME_VIEW, &frame));
    ck_assert_ptr_null(engine_console_picture(rig.engine, id));
    say_cells(child);
    say_cells(child);
    rig_turn(&rig, NS_PER_MS);
    const struct screen_picture *picture = engine_console_picture(rig.engine, id);
    ck_assert_ptr_nonnull(picture);
    ck_assert_uint_eq(picture->cells[1].glyph, 0x2580);
    ck_assert_ptr_null(strchr(picture->no_viewer, '\x1b'));

    ck_assert_int_eq(engine_console_press(rig.engine, id, &press, NULL), 0);
    ck_assert(rig_receive(child, FRAME_PRESS, &frame));
    ck_assert_str_eq(frame.u.press.text, "ls");
    frame_clear(&frame);
    press.text = (char *)"\xc3\xbc";
    ck_assert_int_eq(engine_console_press(rig.engine, id, &press, NULL), ERR_USAGE);
    say_state(child, CONSOLE_OPEN, "no such key");
    rig_turn(&rig, NS_PER_MS);
    ck_assert_str_eq(engine_console(rig.engine, id)->why, "no such key");
    rig_free(&rig);
}
END_TEST

/* Its process waits for a QEMU that hangs. */
START_TEST(a_screen_that_does_not_answer_is_given_up)
{
    struct rig rig = open_rig(false);
    struct rig_child *child;
    uint32_t id = opened_screen(&rig, &child);

    rig_turn(&rig, NS_PER_MS);
    for (int i = 0; i < 20; i++) {
        rig_send(child, &(struct frame){.type = FRAME_BEAT});
        rig_turn(&rig, NS_PER_S);
    }
    ck_assert_int_eq(engine_console(rig.engine, id)->state, CONSOLE_OPEN);
    for (int i = 0; i < 16; i++)
        rig_turn(&rig, NS_PER_S);
    ck_assert_int_eq(engine_console(rig.engine, id)->state, CONSOLE_ENDED);
    ck_assert_str_eq(engine_console(rig.engine, id)->why, "its QEMU has not answered within 15 s");
    rig_free(&rig);
}
END_TEST

/* A row of the machine with BLAME, as its sampler says it. */
static void blame_vm(struct rig *rig, const char *blame)
{
    struct rig_child *worker = rig_child(rig, ROLE_WORKER, LXC);
    struct frame_rows_writer writer;
    struct sample sample = {.at_ns = rig->now};
    msgpack_sbuffer buf;

    msgpack_sbuffer_init(&buf);
    frame_rows_begin(&writer, rig->now, 0);
    frame_rows_add(&writer, 3, STATE_RUNNING, NULL, blame, &sample);
    frame_rows_end(&writer, &buf);
    ck_assert_int_eq(channel_send_bytes(&worker->channel, &buf, NULL), 0);
    msgpack_sbuffer_destroy(&buf);
    rig_turn(rig, NS_PER_MS);
}

/* The worker lives, the screen says nothing. */
static void hang(struct rig *rig, int seconds)
{
    for (int i = 0; i < seconds; i++) {
        rig_send(rig_child(rig, ROLE_WORKER, LXC), &(struct frame){.type = FRAME_BEAT});
        rig_turn(rig, NS_PER_S);
    }
}

static int stuck_of_others(struct rig *rig)
{
    struct frame want;

    ck_assert(rig_receive(rig_child(rig, ROLE_WORKER, LXC), FRAME_WANT, &want));
    int stuck = want.u.want.stuck;
    frame_clear(&want);
    return stuck;
}

/* Each holds one of its daemon's workers, its sampler's own too. */
START_TEST(screens_that_hang_are_counted)
{
    struct rig rig = open_rig(false);
    struct rig_child *child;
    struct error err = {0};

    rig_send(rig_child(&rig, ROLE_WORKER, LXC), &(struct frame){.type = FRAME_STUCK, .u.stuck = 1});
    for (int i = 1; i <= 3; i++) {
        uint32_t id = opened_screen(&rig, &child);
        rig_turn(&rig, NS_PER_MS);
        if (i == 2)
            engine_console_close(rig.engine, id); /* nobody waits for it, it hangs all the same */
        hang(&rig, 17);
        ck_assert(child->killed);
        ck_assert_int_eq(stuck_of_others(&rig), i);
    }
    ck_assert_int_eq(ask(&rig, CONSOLE_SCREEN, "vm", &err), ERR_BUSY);
    ck_assert_str_eq(err.message, "4 calls hang in libvirtd: no screen is asked for");
    ck_assert_str_eq(err.remedy, "restart libvirtd to free them");
    ck_assert_int_gt(ask(&rig, CONSOLE_SERIAL, "vm", &err), 0); /* asks no monitor */
    /* It is known why: nothing is asked, however few hang. */
    blame_vm(&rig, "QEMU stopped by a signal");
    ck_assert_int_eq(ask(&rig, CONSOLE_SCREEN, "vm", &err), ERR_BUSY);
    ck_assert_str_eq(err.message, "its screen cannot be seen: QEMU stopped by a signal");
    hang(&rig, 200);
    blame_vm(&rig, "QEMU stopped by a signal");
    ck_assert_int_eq(ask(&rig, CONSOLE_SCREEN, "vm", &err), ERR_BUSY);
    /* It runs again, and all that hung there has come back. */
    blame_vm(&rig, NULL);
    ck_assert_int_eq(stuck_of_others(&rig), 0);
    ck_assert_int_gt(ask(&rig, CONSOLE_SCREEN, "vm", &err), 0);
    rig_free(&rig);
}
END_TEST

/* They hung in the daemon that was, and its machine may be stopped still. */
START_TEST(a_restarted_daemon_has_no_screens_that_hang)
{
    struct rig rig = open_rig(false);
    struct rig_child *child;

    opened_screen(&rig, &child);
    rig_turn(&rig, NS_PER_MS);
    hang(&rig, 17);
    ck_assert_int_eq(stuck_of_others(&rig), 1);
    rig_send(rig_child(&rig, ROLE_WORKER, LXC),
             &(struct frame){.type = FRAME_SOURCE,
                             .u.source = {.state = SOURCE_UP, .restarted_ns = rig.now}});
    rig_turn(&rig, NS_PER_MS);
    ck_assert_int_eq(stuck_of_others(&rig), 0);
    rig_free(&rig);
}
END_TEST

START_TEST(cells_of_another_console_are_garbage)
{
    struct rig rig = open_rig(false);
    struct rig_child *child;
    uint32_t id = opened(&rig, &child);

    say_cells(child);
    rig_turn(&rig, NS_PER_MS);
    ck_assert_int_eq(engine_console(rig.engine, id)->state, CONSOLE_ENDED);
    ck_assert_ptr_null(engine_console_picture(rig.engine, id));
    rig_free(&rig);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine_consoles");
    TCase *tests = tcase_create("consoles");
    SRunner *runner;
    int failed;

    tcase_add_test(tests, it_opens_as_asked);
    tcase_add_test(tests, output_is_taken_and_gives_credit);
    tcase_add_test(tests, more_than_allowed_is_garbage);
    tcase_add_test(tests, typing_is_bounded);
    tcase_add_test(tests, the_end_is_told);
    tcase_add_test(tests, its_process_dies);
    tcase_add_test(tests, what_does_not_open_is_given_up);
    tcase_add_test(tests, closing_kills_what_hangs);
    tcase_add_test(tests, refusals);
    tcase_add_test(tests, descriptors_are_given_back);
    tcase_add_test(tests, a_screen_is_seen_and_its_keys_pressed);
    tcase_add_test(tests, a_screen_that_does_not_answer_is_given_up);
    tcase_add_test(tests, screens_that_hang_are_counted);
    tcase_add_test(tests, a_restarted_daemon_has_no_screens_that_hang);
    tcase_add_test(tests, cells_of_another_console_are_garbage);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
