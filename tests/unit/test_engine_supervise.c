#include <errno.h>
#include <signal.h>

#include "engine_rig.h"

#define LIBVIRT "libvirt:test:///a"
#define LXC "lxc:/x"

static const char *const one[] = {LXC};
static const char *const two[] = {LIBVIRT, LXC};

/* A worker that works: greeted, up, one running guest. */
static struct rig_child *healthy(struct rig *rig, const char *source)
{
    struct rig_child *child;

    rig_turn(rig, 0);
    child = rig_child(rig, ROLE_WORKER, source);
    ck_assert_ptr_nonnull(child);
    rig_hello(child);
    rig_source(child, SOURCE_UP, NULL);
    rig_guest(child, 1, "alpha", "1");
    rig_row(child, 1, STATE_RUNNING, rig->now, 1000);
    rig_send(child, &(struct frame){.type = FRAME_ANSWERED});
    rig_turn(rig, NS_PER_MS);
    ck_assert_int_eq(rig_state(rig, source)->state, SOURCE_UP);
    return child;
}

static void beat_for(struct rig *rig, struct rig_child *child, int seconds)
{
    for (int i = 0; i < seconds; i++) {
        rig_beat(child);
        rig_turn(rig, NS_PER_S);
    }
}

START_TEST(each_source_gets_a_worker)
{
    struct rig rig = rig_new(false, two, 2);

    rig_turn(&rig, 0);
    ck_assert_uint_eq(rig.count, 2);
    ck_assert_ptr_nonnull(rig_child(&rig, ROLE_WORKER, LIBVIRT));
    ck_assert_ptr_nonnull(rig_child(&rig, ROLE_WORKER, LXC));
    ck_assert_int_eq(rig_state(&rig, LXC)->state, SOURCE_CONNECTING);
    rig_free(&rig);
}
END_TEST

START_TEST(rows_reach_the_world)
{
    struct rig rig = rig_new(false, one, 1);
    struct rig_child *child = healthy(&rig, LXC);
    struct guest *guest = rig_find(&rig, LXC, "alpha");
    double cpu;

    ck_assert_ptr_nonnull(guest);
    ck_assert_int_eq(guest->state, STATE_RUNNING);
    ck_assert(rig_state(&rig, LXC)->answered);
    ck_assert(rig.changes & ENGINE_ROWS);
    ck_assert(rig.changes & ENGINE_SOURCES);
    rig_row(child, 1, STATE_RUNNING, rig.now + NS_PER_S, 1000 + (uint64_t)NS_PER_S / 2);
    rig_turn(&rig, NS_PER_S);
    ck_assert(guest_metric(guest, METRIC_CPU, rig.now, &cpu));
    ck_assert_double_eq_tol(cpu, 50, 2);
    rig_free(&rig);
}
END_TEST

START_TEST(silence_is_late_then_fatal)
{
    struct rig rig = rig_new(false, one, 1);
    struct rig_child *child = healthy(&rig, LXC);

    rig_pass(&rig, 4);
    ck_assert_int_eq(rig_state(&rig, LXC)->state, SOURCE_UP);
    rig_pass(&rig, 2);
    ck_assert_int_eq(rig_state(&rig, LXC)->state, SOURCE_LATE);
    ck_assert_str_eq(rig_state(&rig, LXC)->error, "own worker late");
    ck_assert(!child->killed);

    /* It speaks again: what it said of its source is true again. */
    rig_beat(child);
    rig_turn(&rig, NS_PER_MS);
    ck_assert_int_eq(rig_state(&rig, LXC)->state, SOURCE_UP);

    rig_pass(&rig, 9);
    ck_assert(!child->killed);
    rig_pass(&rig, 1);
    ck_assert(child->killed);
    ck_assert_int_eq(rig_state(&rig, LXC)->state, SOURCE_LATE);
    ck_assert_ptr_nonnull(rig_state(&rig, LXC)->remedy);
    ck_assert_ptr_nonnull(rig_find(&rig, LXC, "alpha")); /* its row stays */
    ck_assert_uint_eq(rig.count, 1);
    rig_pass(&rig, 2);
    ck_assert_uint_eq(rig.count, 2);
    rig_free(&rig);
}
END_TEST

/* Seconds from the kill of the newest worker to the next start. */
static int seconds_to_restart(struct rig *rig)
{
    size_t before = rig->count;
    int tenths = 0;

    while (rig->count == before) {
        ck_assert_int_lt(tenths++, 200);
        rig_turn(rig, NS_PER_S / 10);
    }
    return (tenths + 5) / 10;
}

START_TEST(back_off_grows_and_health_ends_it)
{
    static const int expected[] = {1, 2, 5, 10, 10};
    struct rig rig = rig_new(false, one, 1);

    rig_turn(&rig, 0);
    for (size_t i = 0; i < 5; i++) {
        struct rig_child *child = rig_child(&rig, ROLE_WORKER, LXC);
        rig_hello(child);
        rig_turn(&rig, NS_PER_MS);
        rig_exit(&rig, child, 1 << 8);
        rig_turn(&rig, NS_PER_MS);
        ck_assert_str_eq(rig_state(&rig, LXC)->error, "own worker ended with status 1");
        ck_assert_int_eq(seconds_to_restart(&rig), expected[i]);
    }
    rig_hello(rig_child(&rig, ROLE_WORKER, LXC));
    beat_for(&rig, rig_child(&rig, ROLE_WORKER, LXC), 61);
    rig_exit(&rig, rig_child(&rig, ROLE_WORKER, LXC), SIGSEGV);
    rig_turn(&rig, NS_PER_MS);
    ck_assert_str_eq(rig_state(&rig, LXC)->error, "own worker died of signal 11");
    ck_assert_int_eq(seconds_to_restart(&rig), 1);
    rig_free(&rig);
}
END_TEST

START_TEST(garbage_is_answered_with_a_new_worker)
{
    static const char junk[][12] = {
        {"\x04\0\0\0\xc1\xc1\xc1\xc1"}, /* no MessagePack */
        {"\xff\xff\xff\xff\x90"},       /* a length beyond all bounds */
        {"\0\0\0\0"},                   /* no length at all */
        {"\x02\0\0\0\x91\x7f"},         /* a type that does not exist */
    };

    for (size_t i = 0; i < 4; i++) {
        struct rig rig = rig_new(false, one, 1);
        struct rig_child *child = healthy(&rig, LXC);

        ck_assert_int_eq(send(child->channel.fd, junk[i], 9, MSG_NOSIGNAL), 9);
        rig_turn(&rig, NS_PER_MS);
        ck_assert(child->killed);
        ck_assert_str_eq(rig_state(&rig, LXC)->error, "own worker sent garbage");
        rig_pass(&rig, 2);
        ck_assert_uint_eq(rig.count, 2);
        /* Stale handles mean nothing; the same guest is known again by its key. */
        child = rig_child(&rig, ROLE_WORKER, LXC);
        rig_hello(child);
        rig_source(child, SOURCE_UP, NULL);
        rig_guest(child, 7, "alpha", "1");
        rig_row(child, 7, STATE_PAUSED, rig.now, 5);
        rig_turn(&rig, NS_PER_MS);
        ck_assert_uint_eq(world_guest_count(engine_world(rig.engine)), 1);
        ck_assert_int_eq(rig_find(&rig, LXC, "alpha")->state, STATE_PAUSED);
        rig_free(&rig);
    }
}
END_TEST

START_TEST(frames_out_of_place_are_garbage)
{
    struct frame frames[] = {
        {.type = FRAME_PROGRESS, .u.progress = {.text = (char *)"x", .percent = -1}},
        {.type = FRAME_ANSWER},
        {.type = FRAME_HELLO,
         .u.hello = {.protocol = FRAME_PROTOCOL, .role = (char *)"worker", .source = (char *)LXC}},
    };

    for (size_t i = 0; i < 3; i++) {
        struct rig rig = rig_new(false, one, 1);
        struct rig_child *child = healthy(&rig, LXC);

        rig_send(child, &frames[i]);
        rig_turn(&rig, NS_PER_MS);
        ck_assert(child->killed);
        rig_free(&rig);
    }
}
END_TEST

START_TEST(another_protocol_is_refused)
{
    struct rig rig = rig_new(false, one, 1);
    struct frame hello = {.type = FRAME_HELLO,
                          .u.hello = {.protocol = FRAME_PROTOCOL + 1,
                                      .role = (char *)"worker",
                                      .source = (char *)LXC}};

    rig_turn(&rig, 0);
    rig_send(rig_child(&rig, ROLE_WORKER, LXC), &hello);
    rig_turn(&rig, NS_PER_MS);
    ck_assert(rig_child(&rig, ROLE_WORKER, LXC)->killed);
    rig_free(&rig);
}
END_TEST

START_TEST(stuck_calls_are_handed_over)
{
    struct rig rig = rig_new(false, one, 1);
    struct rig_child *child = healthy(&rig, LXC);
    struct frame want;

    ck_assert(rig_receive(child, FRAME_WANT, &want));
    ck_assert_int_eq(want.u.want.stuck, 0);
    ck_assert_int_eq(want.u.want.period_ns, NS_PER_S);
    frame_clear(&want);
    int64_t began_ns = rig.now;
    rig_send(child, &(struct frame){.type = FRAME_STUCK, .u.stuck = 3});
    rig_turn(&rig, NS_PER_MS);
    rig_exit(&rig, child, SIGKILL);
    rig_pass(&rig, 2);
    child = rig_child(&rig, ROLE_WORKER, LXC);
    ck_assert_uint_eq(rig.count, 2);
    ck_assert(rig_receive(child, FRAME_WANT, &want));
    ck_assert_int_eq(want.u.want.stuck, 3);
    frame_clear(&want);
    /* They are told of for as long as that daemon lives. */
    rig_hello(child);
    rig_send(child,
             &(struct frame){.type = FRAME_SOURCE,
                             .u.source = {.state = SOURCE_UP, .restarted_ns = began_ns - 1}});
    rig_turn(&rig, NS_PER_MS);
    ck_assert(!rig_receive(child, FRAME_WANT, &want));
    rig_send(child, &(struct frame){.type = FRAME_SOURCE,
                                    .u.source = {.state = SOURCE_UP, .restarted_ns = rig.now}});
    rig_turn(&rig, NS_PER_MS);
    ck_assert(rig_receive(child, FRAME_WANT, &want));
    ck_assert_int_eq(want.u.want.stuck, 0);
    frame_clear(&want);
    rig_free(&rig);
}
END_TEST

START_TEST(wants_name_this_workers_handles)
{
    struct rig rig = rig_new(false, two, 2);
    struct rig_child *lxc = healthy(&rig, LXC);
    struct rig_child *libvirt = healthy(&rig, LIBVIRT);
    struct guest_id ids[] = {{(char *)LIBVIRT, (char *)"alpha"}, {(char *)LXC, (char *)"alpha"}};
    struct frame want;

    rig_guest(lxc, 9, "beta", "1");
    rig_turn(&rig, NS_PER_MS);
    engine_want(rig.engine, ids, 2, &ids[1]);
    ck_assert(rig_receive(lxc, FRAME_WANT, &want));
    ck_assert_uint_eq(want.u.want.visible_count, 1);
    ck_assert_uint_eq(want.u.want.visible[0], 1);
    ck_assert_uint_eq(want.u.want.selected, 1);
    frame_clear(&want);
    ck_assert(rig_receive(libvirt, FRAME_WANT, &want));
    ck_assert_uint_eq(want.u.want.visible_count, 1);
    ck_assert_uint_eq(want.u.want.selected, 0);
    frame_clear(&want);

    /* The same again is no news. */
    engine_want(rig.engine, ids, 2, &ids[1]);
    ck_assert(!rig_receive(lxc, FRAME_WANT, &want));
    engine_set_period(rig.engine, 5 * NS_PER_S);
    ck_assert(rig_receive(lxc, FRAME_WANT, &want));
    ck_assert_int_eq(want.u.want.period_ns, 5 * NS_PER_S);
    frame_clear(&want);

    /* Another worker has other numbers, and none before it says so. */
    rig_exit(&rig, lxc, 0);
    rig_pass(&rig, 2);
    lxc = rig_child(&rig, ROLE_WORKER, LXC);
    ck_assert(rig_receive(lxc, FRAME_WANT, &want));
    ck_assert_uint_eq(want.u.want.visible_count, 0);
    frame_clear(&want);
    rig_hello(lxc);
    rig_guest(lxc, 42, "alpha", "1");
    rig_turn(&rig, NS_PER_MS);
    ck_assert(rig_receive(lxc, FRAME_WANT, &want));
    ck_assert_uint_eq(want.u.want.visible[0], 42);
    ck_assert_uint_eq(want.u.want.selected, 42);
    frame_clear(&want);
    rig_free(&rig);
}
END_TEST

START_TEST(parts_of_the_selected_guest_come_when_wanted)
{
    struct rig rig = rig_new(false, two, 2);
    struct rig_child *lxc = healthy(&rig, LXC);
    struct rig_child *libvirt = healthy(&rig, LIBVIRT);
    struct guest_id id = {(char *)LXC, (char *)"alpha"};
    struct frame said = {.type = FRAME_PARTS, .u.parts.handle = 1};
    struct frame want;

    engine_want(rig.engine, NULL, 0, &id);
    ck_assert(rig_receive(lxc, FRAME_WANT, &want));
    ck_assert_uint_eq(want.u.want.parts, 0);
    frame_clear(&want);
    rig_receive(libvirt, FRAME_WANT, &want);
    frame_clear(&want);
    engine_want_parts(rig.engine, PART_BIT(PART_DISK));
    engine_want_parts(rig.engine, PART_BIT(PART_DISK));
    ck_assert(rig_receive(lxc, FRAME_WANT, &want));
    ck_assert_uint_eq(want.u.want.parts, PART_BIT(PART_DISK));
    frame_clear(&want);
    ck_assert(!rig_receive(libvirt, FRAME_WANT, &want)); /* not its guest */

    parts_add(&said.u.parts.parts, PART_DISK, 0, "sda");
    rig_send(lxc, &said);
    frame_clear(&said);
    rig.changes = 0;
    rig_turn(&rig, NS_PER_MS);
    ck_assert(rig.changes & ENGINE_ROWS);
    const struct parts *parts =
        world_parts_of(engine_world(rig.engine), rig_find(&rig, LXC, "alpha"));
    ck_assert_ptr_nonnull(parts);
    ck_assert_str_eq(parts->part[0].name, "sda");
    rig_free(&rig);
}
END_TEST

START_TEST(workers_say_their_cost_while_somebody_looks)
{
    struct rig rig = rig_new(false, one, 1);
    struct rig_child *child = healthy(&rig, LXC);
    struct frame said = {.type = FRAME_COST,
                         .u.cost = {.at_ns = 1, .slowest = {"a tick", "\x1b[2J", 2, false}}};
    struct frame want;
    struct cost first, last;
    const char *source;

    rig_send(child, &said); /* it has not heard yet that nobody looks */
    rig_turn(&rig, NS_PER_MS);
    ck_assert(engine_cost(rig.engine, 0, &source, &first, &last));
    ck_assert(!engine_cost(rig.engine, 1, &source, &first, &last));
    ck_assert_str_eq(source, LXC);
    ck_assert_int_eq(last.at_ns, 0);

    engine_want_costs(rig.engine, true);
    ck_assert(rig_receive(child, FRAME_WANT, &want));
    frame_clear(&want);
    while (rig_receive(child, FRAME_WANT, &want)) {
        ck_assert(want.u.want.cost);
        frame_clear(&want);
    }
    rig.changes = 0;
    rig_send(child, &said);
    rig_turn(&rig, NS_PER_MS);
    said.u.cost.at_ns = 3;
    rig_send(child, &said);
    rig_turn(&rig, NS_PER_MS);
    ck_assert(rig.changes & ENGINE_COSTS);
    engine_cost(rig.engine, 0, &source, &first, &last);
    ck_assert_int_eq(first.at_ns, 1);
    ck_assert_int_eq(last.at_ns, 3);
    ck_assert_uint_gt(last.bytes, first.bytes);
    ck_assert_ptr_null(strchr(last.slowest.about, '\x1b'));

    engine_want_costs(rig.engine, false);
    engine_cost(rig.engine, 0, &source, &first, &last);
    ck_assert_int_eq(last.at_ns, 0);
    rig_free(&rig);
}
END_TEST

START_TEST(machines_that_libvirt_lacks_are_wanted_from_proc)
{
    static const char *const sources[] = {"libvirt:qemu:///system", "proc"};
    struct rig rig = rig_new(false, sources, 2);
    struct rig_child *proc = healthy(&rig, "proc");
    struct rig_child *libvirt = rig_child(&rig, ROLE_WORKER, "libvirt:qemu:///system");
    struct frame facts = {.type = FRAME_FACTS,
                          .u.facts = {.handle = 8,
                                      .key = (char *)"u-u-i-d",
                                      .life = (char *)"1:1",
                                      .name = (char *)"web",
                                      .domain = (char *)"u-u-i-d",
                                      .autostart = -1,
                                      .persistent = -1}};
    struct frame want;

    rig_hello(libvirt);
    rig_source(libvirt, SOURCE_UP, NULL);
    rig_send(proc, &facts);
    rig_turn(&rig, NS_PER_MS);
    struct guest_id id = {(char *)"proc", (char *)"u-u-i-d"};
    ck_assert_ptr_null(world_find(engine_world(rig.engine), &id));
    while (rig_receive(proc, FRAME_WANT, &want)) {
        ck_assert_uint_eq(want.u.want.visible_count, 0);
        frame_clear(&want);
    }
    rig_send(libvirt, &(struct frame){.type = FRAME_ANSWERED});
    rig_turn(&rig, NS_PER_MS);
    ck_assert(rig_receive(proc, FRAME_WANT, &want));
    ck_assert_uint_eq(want.u.want.visible_count, 1);
    ck_assert_uint_eq(want.u.want.visible[0], 8);
    frame_clear(&want);
    rig_row(proc, 8, STATE_RUNNING, rig.now, 5);
    rig_turn(&rig, NS_PER_MS);
    ck_assert_ptr_nonnull(world_find(engine_world(rig.engine), &id));

    rig_guest(libvirt, 3, "u-u-i-d", "1:1");
    rig_turn(&rig, NS_PER_MS);
    ck_assert_ptr_null(world_find(engine_world(rig.engine), &id));
    ck_assert(rig_receive(proc, FRAME_WANT, &want));
    ck_assert_uint_eq(want.u.want.visible_count, 0);
    frame_clear(&want);
    rig_free(&rig);
}
END_TEST

static void say_disk(struct rig_child *child, uint32_t handle, const char *source)
{
    struct frame frame = {.type = FRAME_FACTS,
                          .u.facts = {.handle = handle,
                                      .key = (char *)"alpha",
                                      .life = (char *)"1",
                                      .disks = {{(char *)"vda", (char *)source, NULL}}}};
    rig_send(child, &frame);
}

START_TEST(the_host_is_asked_about_paths_and_nobody_else)
{
    static const char *const sources[] = {LIBVIRT, "host"};
    struct rig rig = rig_new(false, sources, 2);
    struct rig_child *libvirt = healthy(&rig, LIBVIRT),
                     *host = rig_child(&rig, ROLE_WORKER, "host");
    struct storage_place pool = {
        .kind = PLACE_POOL, .name = (char *)"p", .path = (char *)"/pool", .below = -1};
    struct frame want, report = {.type = FRAME_STORAGE, .u.storage = {.place = &pool, .places = 1}};

    rig_hello(host);
    say_disk(libvirt, 1, "/images/a");
    rig_turn(&rig, NS_PER_MS);
    ck_assert(rig_receive(host, FRAME_WANT, &want));
    ck_assert_uint_eq(want.u.want.path_count, 1);
    ck_assert_str_eq(want.u.want.paths[0], "/images/a");
    frame_clear(&want);
    while (rig_receive(libvirt, FRAME_WANT, &want)) {
        ck_assert_uint_eq(want.u.want.path_count, 0);
        frame_clear(&want);
    }
    /* The same once more is no news; a pool is. */
    say_disk(libvirt, 1, "/images/a");
    rig_turn(&rig, NS_PER_MS);
    ck_assert(!rig_receive(host, FRAME_WANT, &want));
    rig_send(libvirt, &report);
    rig_turn(&rig, NS_PER_MS);
    ck_assert(rig_receive(host, FRAME_WANT, &want));
    ck_assert_uint_eq(want.u.want.path_count, 2);
    ck_assert_str_eq(want.u.want.paths[1], "/pool");
    frame_clear(&want);
    ck_assert_uint_eq(world_place_count(engine_world(rig.engine)), 1);
    rig_free(&rig);
}
END_TEST

START_TEST(refusal_of_the_spawner_is_told)
{
    struct rig rig = rig_new(false, one, 1);

    rig.refuse = EAGAIN;
    rig_turn(&rig, NS_PER_MS);
    ck_assert_int_eq(rig_state(&rig, LXC)->state, SOURCE_LATE);
    ck_assert_ptr_nonnull(strstr(rig_state(&rig, LXC)->error, "could not be started"));
    rig.refuse = 0;
    rig_pass(&rig, 2);
    ck_assert_uint_eq(rig.count, 1);
    rig_free(&rig);
}
END_TEST

START_TEST(a_worker_that_gives_up_stays_down)
{
    struct rig rig = rig_new(false, one, 1);
    struct rig_child *child = healthy(&rig, LXC);

    rig_source(child, SOURCE_FAILED, "no such thing");
    rig_turn(&rig, NS_PER_MS);
    rig_exit(&rig, child, 1 << 8);
    rig_pass(&rig, 20);
    ck_assert_uint_eq(rig.count, 1);
    ck_assert_int_eq(rig_state(&rig, LXC)->state, SOURCE_FAILED);
    ck_assert_str_eq(rig_state(&rig, LXC)->error, "no such thing");
    rig_free(&rig);
}
END_TEST

START_TEST(a_stop_of_our_own_is_nobodys_fault)
{
    struct rig rig = rig_new(false, one, 1);
    struct rig_child *child = healthy(&rig, LXC);

    engine_resumed(rig.engine, rig.now + 3600 * NS_PER_S);
    rig_turn(&rig, 3600 * NS_PER_S);
    ck_assert_int_eq(rig_state(&rig, LXC)->state, SOURCE_UP);
    /* The same without being told, as after SIGSTOP. */
    rig_turn(&rig, 3600 * NS_PER_S);
    ck_assert_int_eq(rig_state(&rig, LXC)->state, SOURCE_UP);
    ck_assert(!child->killed);
    rig_pass(&rig, 6);
    ck_assert_int_eq(rig_state(&rig, LXC)->state, SOURCE_LATE);
    rig_free(&rig);
}
END_TEST

START_TEST(a_flood_is_read_in_portions)
{
    struct rig rig = rig_new(false, one, 1);
    struct rig_child *child = healthy(&rig, LXC);
    struct pollfd fds[8];
    size_t count, world_count;

    for (uint32_t i = 2; i < 402; i++) {
        char key[16];
        snprintf(key, sizeof(key), "g%u", i);
        rig_guest(child, i, key, "");
    }
    count = engine_poll_fds(rig.engine, fds, 8);
    poll(fds, count, 0);
    engine_dispatch(rig.engine, fds, count, rig.now);
    world_count = world_guest_count(engine_world(rig.engine));
    ck_assert_uint_gt(world_count, 1);
    ck_assert_uint_le(world_count, 65);
    ck_assert_int_eq(engine_timeout_ms(rig.engine, rig.now), 0);
    for (int i = 0; i < 10; i++)
        engine_dispatch(rig.engine, fds, 0, rig.now);
    rig_turn(&rig, NS_PER_MS);
    rig_turn(&rig, NS_PER_MS);
    rig_turn(&rig, NS_PER_MS);
    ck_assert_uint_eq(world_guest_count(engine_world(rig.engine)), 401);
    ck_assert_int_gt(engine_timeout_ms(rig.engine, rig.now), 1000);
    rig_free(&rig);
}
END_TEST

START_TEST(lines_become_events_but_no_flood)
{
    struct rig rig = rig_new(false, one, 1);
    struct rig_child *child = healthy(&rig, LXC);
    struct event_log *log = world_events(engine_world(rig.engine));
    size_t before = event_log_count(log), logs = 0;
    const struct event *event;

    dprintf(child->err_fd, "oops \x1b[31mred\n\nhalf");
    rig_turn(&rig, NS_PER_MS);
    event = event_log_get(log, 0);
    ck_assert_int_eq(event->kind, EVENT_LOG);
    ck_assert_ptr_nonnull(strstr(event->text, "oops"));
    ck_assert_ptr_null(strchr(event->text, '\x1b'));
    ck_assert_str_eq(event->id.source, LXC);
    ck_assert_uint_eq(event_log_count(log), before + 1);
    for (int i = 0; i < 500; i++) {
        dprintf(child->err_fd, "line %d\n", i);
        rig_turn(&rig, NS_PER_MS);
    }
    for (size_t i = 0; i < event_log_count(log); i++)
        logs += event_log_get(log, i)->kind == EVENT_LOG;
    ck_assert_uint_le(logs, 21);
    rig_beat(child);
    rig_turn(&rig, 4 * NS_PER_S);
    rig_beat(child);
    rig_turn(&rig, 4 * NS_PER_S);
    rig_beat(child);
    rig_turn(&rig, 4 * NS_PER_S);
    dprintf(child->err_fd, "calm\n");
    rig_turn(&rig, NS_PER_MS);
    ck_assert_str_eq(event_log_get(log, 0)->text, "calm");
    ck_assert_str_eq(event_log_get(log, 1)->text, "481 lines left out");
    rig_free(&rig);
}
END_TEST

START_TEST(without_the_spawner_nothing_is_restarted)
{
    struct rig rig = rig_new(false, one, 1);
    struct rig_child *child = healthy(&rig, LXC);

    close(rig.fd);
    rig.fd = -1;
    rig_turn(&rig, NS_PER_MS);
    ck_assert(rig.changes & ENGINE_BROKEN);
    ck_assert_int_eq(rig_state(&rig, LXC)->state, SOURCE_UP); /* it lives and speaks */
    rig_close_child(child);
    rig_pass(&rig, 2);
    ck_assert_int_eq(rig_state(&rig, LXC)->state, SOURCE_LATE);
    ck_assert_str_eq(rig_state(&rig, LXC)->error, "own spawner died");
    rig_pass(&rig, 20);
    ck_assert_int_eq(engine_timeout_ms(rig.engine, rig.now), -1);
    rig_free(&rig);
}
END_TEST

/* LIBVIRT goes on while something else happens to LXC. */
static void pass_beating(struct rig *rig, int seconds)
{
    for (int i = 0; i < seconds; i++) {
        rig_beat(rig_child(rig, ROLE_WORKER, LIBVIRT));
        rig_turn(rig, NS_PER_S);
    }
}

START_TEST(descriptors_do_not_leak)
{
    int before = rig_count_fds(), steady;
    struct rig rig = rig_new(false, two, 2);

    healthy(&rig, LXC);
    healthy(&rig, LIBVIRT);
    steady = rig_count_fds();
    for (int i = 0; i < 20; i++) {
        struct rig_child *child = rig_child(&rig, ROLE_WORKER, LXC);
        if (i % 2)
            rig_exit(&rig, child, 0);
        else
            pass_beating(&rig, 11); /* silent: killed */
        ck_assert(child->gone);
        pass_beating(&rig, 12);
        ck_assert(child != rig_child(&rig, ROLE_WORKER, LXC));
        ck_assert_int_le(rig_count_fds(), steady);
    }
    rig_free(&rig);
    ck_assert_int_eq(rig_count_fds(), before);
}
END_TEST

START_TEST(a_child_that_comes_too_late_is_closed_and_killed)
{
    struct rig rig = rig_new(false, one, 1);
    int before;

    rig.hold = true;
    before = rig_count_fds();
    rig_pass(&rig, 10);
    ck_assert_int_eq(rig_state(&rig, LXC)->state, SOURCE_LATE);
    rig.hold = false;
    rig_turn(&rig, NS_PER_MS);
    ck_assert_uint_eq(rig.count, 1);
    ck_assert(rig.child[0].killed);
    ck_assert_int_eq(rig_count_fds(), before);
    rig_free(&rig);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine/supervise");
    TCase *tc = tcase_create("all");
    SRunner *runner;
    int failed;

    tcase_add_test(tc, each_source_gets_a_worker);
    tcase_add_test(tc, rows_reach_the_world);
    tcase_add_test(tc, silence_is_late_then_fatal);
    tcase_add_test(tc, back_off_grows_and_health_ends_it);
    tcase_add_test(tc, garbage_is_answered_with_a_new_worker);
    tcase_add_test(tc, frames_out_of_place_are_garbage);
    tcase_add_test(tc, another_protocol_is_refused);
    tcase_add_test(tc, stuck_calls_are_handed_over);
    tcase_add_test(tc, wants_name_this_workers_handles);
    tcase_add_test(tc, parts_of_the_selected_guest_come_when_wanted);
    tcase_add_test(tc, workers_say_their_cost_while_somebody_looks);
    tcase_add_test(tc, machines_that_libvirt_lacks_are_wanted_from_proc);
    tcase_add_test(tc, the_host_is_asked_about_paths_and_nobody_else);
    tcase_add_test(tc, refusal_of_the_spawner_is_told);
    tcase_add_test(tc, a_worker_that_gives_up_stays_down);
    tcase_add_test(tc, a_stop_of_our_own_is_nobodys_fault);
    tcase_add_test(tc, a_flood_is_read_in_portions);
    tcase_add_test(tc, lines_become_events_but_no_flood);
    tcase_add_test(tc, without_the_spawner_nothing_is_restarted);
    tcase_add_test(tc, descriptors_do_not_leak);
    tcase_add_test(tc, a_child_that_comes_too_late_is_closed_and_killed);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
