#include "model/problem.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "model/storage.h"

#define VM "libvirt:qemu:///system"
#define CT "lxc:/var/lib/lxc"
#define AT(seconds) ((int64_t)(1000 + (seconds)) * NS_PER_S)
#define GIB (UINT64_C(1) << 30)

static struct world *world;
static struct problem problem;

static void set_up(void)
{
    world = world_new(2 * NS_PER_S);
    world_add_source(world, VM, true);
    world_add_source(world, CT, false);
    world_add_source(world, "host", false);
}

static void tear_down(void)
{
    world_free(world);
}

static struct facts base(uint32_t handle, const char *name, const char *life)
{
    return (struct facts){.handle = handle,
                          .key = (char *)name,
                          .name = (char *)name,
                          .life = (char *)life,
                          .persistent = 1};
}

static struct guest *tell(const char *source, const struct facts *facts)
{
    world_facts(world, source, facts, AT(0), AT(0));
    return world_find_handle(world, source, facts->handle);
}

static struct guest *machine(uint32_t handle, const char *name)
{
    struct facts facts = base(handle, name, "1");
    return tell(VM, &facts);
}

static struct guest *container(uint32_t handle, const char *name)
{
    struct facts facts = base(handle, name, "1");
    facts.kind = KIND_CONTAINER;
    return tell(CT, &facts);
}

static void row(const struct guest *guest, enum guest_state state, const char *reason,
                const char *blame, int at)
{
    world_row(world, guest->id.source, guest->facts.handle, state, reason, blame, NULL, AT(at),
              AT(at));
}

static void hits(const struct guest *guest, uint64_t kills, uint64_t mem, uint64_t tasks,
                 uint64_t used, int at)
{
    struct sample sample = {.at_ns = AT(at)};

    sample_set(&sample, FIELD_OOM_KILLS, kills);
    sample_set(&sample, FIELD_MEM_LIMIT_HITS, mem);
    sample_set(&sample, FIELD_PIDS_LIMIT_HITS, tasks);
    sample_set(&sample, FIELD_MEM_USED, used);
    sample_set(&sample, FIELD_MEM_LIMIT, 512 << 20);
    world_row(world, guest->id.source, guest->facts.handle, STATE_RUNNING, NULL, NULL, &sample,
              AT(at), AT(at));
}

static bool has(const struct guest *guest, int at)
{
    return problem_of(world, guest, AT(at), &problem);
}

static void expect(const struct guest *guest, int at, enum problem_kind kind,
                   enum problem_severity severity, const char *word, const char *cause)
{
    ck_assert(has(guest, at));
    ck_assert_int_eq(problem.kind, kind);
    ck_assert_int_eq(problem.severity, severity);
    ck_assert_str_eq(problem.word, word);
    ck_assert_str_eq(problem.cause, cause);
    ck_assert_ptr_eq(problem.guest, guest);
}

START_TEST(a_guest_that_is_well_has_none)
{
    struct guest *guest = machine(1, "web");

    row(guest, STATE_RUNNING, NULL, NULL, 0);
    ck_assert(!has(guest, 1));
    row(guest, STATE_PAUSED, "by the user", NULL, 2);
    ck_assert(!has(guest, 2));
    row(guest, STATE_PAUSED, "frozen", NULL, 3);
    ck_assert(!has(guest, 3));
    row(guest, STATE_OFF, "shut down", NULL, 4);
    ck_assert(!has(guest, 4));
    ck_assert_int_eq(problem_rank(world, guest, AT(4)), PROBLEM_RANK_NONE);
    ck_assert(!problem_acknowledge(world, guest, AT(4)));
}
END_TEST

START_TEST(faults_have_words)
{
    static const struct {
        enum guest_state state;
        const char *reason, *blame;
        enum problem_kind kind;
        enum problem_severity severity;
        const char *word, *brief, *cause;
    } rows[] = {
        {STATE_PAUSED, "I/O error", NULL, PROBLEM_IO_ERROR, PROBLEM_ACT, "I/O ERROR", "I/O ERROR",
         "I/O error on one of its disks"},
        {STATE_PAUSED, "no space left on vda", NULL, PROBLEM_NO_SPACE, PROBLEM_ACT, "NO SPACE",
         "NO SPACE", "no space left on vda"},
        {STATE_PAUSED, "watchdog", NULL, PROBLEM_PAUSED, PROBLEM_ACT, "PAUSED", "PAUSED",
         "paused: watchdog"},
        {STATE_CRASHED, "kernel panic", NULL, PROBLEM_CRASHED, PROBLEM_ACT, "CRASHED", "CRASHED",
         "crashed: kernel panic"},
        {STATE_CRASHED, NULL, NULL, PROBLEM_CRASHED, PROBLEM_ACT, "CRASHED", "CRASHED", "crashed"},
        {STATE_OFF, "crashed", NULL, PROBLEM_CRASHED, PROBLEM_ACT, "CRASHED", "CRASHED", "crashed"},
        {STATE_BROKEN, "line 7: no", NULL, PROBLEM_BROKEN, PROBLEM_LOOK, "broken", "broken",
         "line 7: no"},
        {STATE_BROKEN, NULL, NULL, PROBLEM_BROKEN, PROBLEM_LOOK, "broken", "broken",
         "its configuration cannot be read"},
        {STATE_DENIED, NULL, NULL, PROBLEM_DENIED, PROBLEM_LOOK, "denied", "denied",
         "no permission to look into it"},
        {STATE_RUNNING, NULL, "QEMU stopped", PROBLEM_HUNG, PROBLEM_ACT, "QEMU stopped",
         "QEMU stop", "QEMU stopped by a signal or a debugger"},
        {STATE_RUNNING, NULL, "QEMU in D state", PROBLEM_HUNG, PROBLEM_ACT, "QEMU in D state",
         "QEMU D", "QEMU in D state: it waits for a disk or a network file system"},
        {STATE_RUNNING, NULL, "monitor silent 9 s", PROBLEM_HUNG, PROBLEM_ACT, "monitor silent 9 s",
         "silent", "monitor silent 9 s"},
        {STATE_RUNNING, NULL, "something new", PROBLEM_HUNG, PROBLEM_ACT, "something new", "stuck",
         "something new"},
    };
    struct guest *guest = machine(1, "web");

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        row(guest, rows[i].state, rows[i].reason, rows[i].blame, (int)i);
        expect(guest, (int)i, rows[i].kind, rows[i].severity, rows[i].word, rows[i].cause);
        ck_assert_str_eq(problem.brief, rows[i].brief);
    }
}
END_TEST

START_TEST(ages_are_those_of_the_cause)
{
    struct guest *guest = machine(1, "web");

    row(guest, STATE_RUNNING, NULL, NULL, 0);
    row(guest, STATE_CRASHED, NULL, NULL, 5);
    ck_assert(has(guest, 9));
    ck_assert_int_eq(problem.since_ns, AT(5));
    row(guest, STATE_RUNNING, NULL, "QEMU stopped", 7);
    ck_assert(has(guest, 9));
    ck_assert_int_eq(problem.since_ns, AT(7));
    guest = machine(2, "old");
    row(guest, STATE_CRASHED, NULL, NULL, 5); /* it was so when we came */
    ck_assert(has(guest, 9));
    ck_assert_int_eq(problem.since_ns, 0);
}
END_TEST

START_TEST(off_although_it_should_be_on)
{
    struct facts facts = base(1, "web", "");

    facts.autostart = 1;
    struct guest *guest = tell(VM, &facts);
    row(guest, STATE_OFF, "shut down", NULL, 0);
    expect(guest, 1, PROBLEM_OFF, PROBLEM_LOOK, "off!", "off, but autostart is on: shut down");
    /* The operator's own doing is none. */
    guest_asked(guest, ACTION_SHUTDOWN, 0);
    ck_assert(!has(guest, 2));
    /* Another life, another end. */
    facts.life = (char *)"2";
    guest = tell(VM, &facts);
    row(guest, STATE_RUNNING, NULL, NULL, 3);
    facts.life = (char *)"";
    guest = tell(VM, &facts);
    row(guest, STATE_OFF, NULL, NULL, 4);
    expect(guest, 4, PROBLEM_OFF, PROBLEM_LOOK, "off!", "off, but autostart is on");
    facts.persistent = 0;
    guest = tell(VM, &facts);
    ck_assert(!has(guest, 5));
    facts.persistent = 1;
    facts.autostart = -1;
    guest = tell(VM, &facts);
    ck_assert(!has(guest, 6));
}
END_TEST

START_TEST(kills_and_limits)
{
    struct guest *guest = container(1, "ci");

    hits(guest, 1, 0, 0, 1, 0);
    expect(guest, 1, PROBLEM_OOM, PROBLEM_LOOK, "OOM", "1 OOM kill at 512M before vctop looked");
    hits(guest, 3, 0, 0, 1, 2);
    expect(guest, 3, PROBLEM_OOM, PROBLEM_ACT, "OOM", "3 OOM kills, limit 512M");
    ck_assert_int_eq(problem.since_ns, AT(2));
    ck_assert(has(guest, 2 + 16 * 60)); /* a while ago: worth a look only */
    ck_assert_int_eq(problem.severity, PROBLEM_LOOK);

    guest = container(2, "db");
    hits(guest, 0, 500, 7, 1, 0); /* nobody knows when */
    ck_assert(!has(guest, 1));
    hits(guest, 0, 501, 7, 1 << 20, 2); /* its cache filled it */
    ck_assert(!has(guest, 3));
    hits(guest, 0, 502, 7, 510 << 20, 4);
    expect(guest, 5, PROBLEM_MEM_LIMIT, PROBLEM_LOOK, "MEM LIMIT", "at its memory limit of 512M");
    expect(guest, 4 + 61, PROBLEM_EVENT, PROBLEM_LOOK, "EVENT", "memory limit hit: 512M");
    hits(guest, 0, 502, 9, 1 << 20, 6);
    expect(guest, 7, PROBLEM_TASK_LIMIT, PROBLEM_LOOK, "TASK LIMIT",
           "its limit of tasks kept 9 from starting");

    /* A new life begins without any, and a kill in it is one that we saw. */
    struct facts facts = base(1, "ci", "2");
    facts.kind = KIND_CONTAINER;
    guest = tell(CT, &facts);
    expect(guest, 8, PROBLEM_EVENT, PROBLEM_LOOK, "EVENT", "OOM kill, memory limit 512M");
    problem_acknowledge(world, guest, AT(8));
    ck_assert(!has(guest, 8));
    hits(guest, 1, 0, 0, 1, 9);
    expect(guest, 9, PROBLEM_OOM, PROBLEM_ACT, "OOM", "1 OOM kill, limit 512M");
}
END_TEST

START_TEST(what_is_acknowledged_comes_anew)
{
    struct guest *guest = machine(1, "web");

    row(guest, STATE_RUNNING, NULL, "QEMU stopped", 0);
    ck_assert(problem_acknowledge(world, guest, AT(1)));
    ck_assert(!problem_acknowledge(world, guest, AT(1)));
    ck_assert(has(guest, 1) && problem.acknowledged);
    ck_assert_int_eq(problem_rank(world, guest, AT(1)), PROBLEM_RANK_NONE);
    /* It goes on, and nobody knows for a while: it stays acknowledged. */
    row(guest, STATE_UNKNOWN, NULL, NULL, 2);
    row(guest, STATE_RUNNING, NULL, "QEMU stopped", 3);
    ck_assert(has(guest, 3) && problem.acknowledged);
    /* Another trouble is another one, and the news comes first. */
    row(guest, STATE_PAUSED, "watchdog", "QEMU stopped", 4);
    ck_assert(has(guest, 4) && !problem.acknowledged);
    ck_assert_int_eq(problem.kind, PROBLEM_PAUSED);
    row(guest, STATE_RUNNING, NULL, NULL, 5);
    ck_assert(has(guest, 5) && problem.kind == PROBLEM_EVENT && !problem.acknowledged);
    row(guest, STATE_RUNNING, NULL, "QEMU stopped", 6);
    ck_assert(has(guest, 6) && !problem.acknowledged);

    /* In another life too, though the fault was there all the time. */
    problem_acknowledge(world, guest, AT(6));
    struct facts facts = base(1, "web", "2");
    guest = tell(VM, &facts);
    ck_assert(has(guest, 7) && !problem.acknowledged);

    guest = container(1, "ci");
    hits(guest, 1, 0, 0, 1, 0);
    problem_acknowledge(world, guest, AT(1));
    hits(guest, 1, 0, 0, 1, 2);
    ck_assert(has(guest, 2) && problem.acknowledged);
    hits(guest, 2, 0, 0, 1, 3);
    ck_assert(has(guest, 3) && !problem.acknowledged);
}
END_TEST

static void news(const struct guest *guest, enum event_grade grade, int at)
{
    world_news(world, VM, guest->facts.handle,
               &(struct news){.text = "its watchdog\x1b fired", .grade = grade}, AT(at), AT(at));
}

START_TEST(what_is_over_is_told_until_it_is_known)
{
    struct guest *guest = machine(1, "web");

    row(guest, STATE_RUNNING, NULL, NULL, 0);
    news(guest, EVENT_CALM, 1);
    news(guest, EVENT_GOOD, 1);
    ck_assert(!has(guest, 1));
    news(guest, EVENT_WARN, 2);
    ck_assert(has(guest, 3) && problem.kind == PROBLEM_EVENT && problem.since_ns == AT(2));
    ck_assert_ptr_null(strchr(problem.cause, '\x1b'));
    ck_assert(!problem_now(world, guest, AT(3), &problem));
    /* In the next life too. */
    struct facts facts = base(1, "web", "2");
    guest = tell(VM, &facts);
    ck_assert(has(guest, 4));
    ck_assert(problem_acknowledge(world, guest, AT(5)));
    ck_assert(!has(guest, 5));
    ck_assert(!problem_acknowledge(world, guest, AT(5)));
    news(guest, EVENT_BAD, 6);
    ck_assert(has(guest, 6));
    guest_asked(guest, ACTION_RESET, AT(7)); /* who acts knows */
    ck_assert(!has(guest, 7));
    /* A fault that is over: its guest was started again, and nobody here did it. */
    row(guest, STATE_CRASHED, "QEMU was killed or crashed", NULL, 8);
    ck_assert(has(guest, 8) && problem.kind == PROBLEM_CRASHED);
    row(guest, STATE_RUNNING, NULL, NULL, 9);
    ck_assert(has(guest, 9) && problem.kind == PROBLEM_EVENT);
    /* No character is cut in two. */
    char text[400] = "";
    for (int i = 0; i < 99; i++)
        strcat(text, "\u20ac");
    world_news(world, VM, 1, &(struct news){.text = text, .grade = EVENT_BAD}, AT(10), AT(10));
    ck_assert_uint_eq(strlen(guest->seen.noted), 126);
}
END_TEST

START_TEST(counted_by_kind)
{
    struct guest *guest = machine(1, "a");
    struct problem_counts counts;

    problem_count(world, AT(0), &counts);
    ck_assert_uint_eq(counts.guests, 0);
    row(guest, STATE_DENIED, NULL, NULL, 0);
    problem_count(world, AT(0), &counts);
    ck_assert_ptr_eq(counts.only, guest);
    ck_assert(!counts.act);
    row(machine(2, "b"), STATE_CRASHED, NULL, NULL, 0);
    row(machine(3, "c"), STATE_PAUSED, "watchdog", "QEMU stopped", 0);
    row(machine(4, "d"), STATE_RUNNING, NULL, "QEMU stopped", 0);
    guest = machine(5, "e");
    row(guest, STATE_CRASHED, NULL, NULL, 0);
    problem_acknowledge(world, guest, AT(0));
    problem_count(world, AT(0), &counts);
    ck_assert_uint_eq(counts.guests, 4);
    ck_assert_ptr_null(counts.only);
    ck_assert(counts.act && counts.acts[PROBLEM_CRASHED] && !counts.acts[PROBLEM_DENIED]);
    ck_assert_uint_eq(counts.of[PROBLEM_PAUSED], 1);
    ck_assert_uint_eq(counts.of[PROBLEM_HUNG], 1);
    ck_assert_uint_eq(counts.of[PROBLEM_CRASHED], 1);
    for (int i = 0; i < PROBLEM_GUEST_KINDS; i++)
        ck_assert_str_ne(problem_group((enum problem_kind)i), "");
    ck_assert_str_eq(problem_group(PROBLEM_GUEST_KINDS), "");
}
END_TEST

/* ---- storage ---- */

static void pool_has(uint64_t avail, bool read_only, int at)
{
    struct storage_place place = {.kind = PLACE_POOL,
                                  .name = (char *)"images",
                                  .below = -1,
                                  .has_bytes = true,
                                  .total = 200 * GIB,
                                  .avail = avail,
                                  .read_only = read_only,
                                  .read_only_fault = read_only,
                                  .at_ns = AT(at)};
    const struct storage_report report = {.place = &place, .places = 1};

    world_storage(world, VM, &report, AT(at));
}

static struct guest *on_pool(const char *disk, bool no_space)
{
    struct facts facts = base(1, "backup", "1");

    facts.disks[0] = (struct facts_disk){(char *)"vda", NULL, (char *)"images"};
    facts.io_error_disk = (char *)disk;
    facts.io_error_no_space = no_space;
    return tell(VM, &facts);
}

START_TEST(a_full_pool_and_space_again)
{
    struct guest *guest = on_pool("vda", true);

    pool_has(0, false, 0);
    row(guest, STATE_RUNNING, NULL, NULL, 0);
    row(guest, STATE_PAUSED, "I/O error", NULL, 1);
    expect(guest, 2, PROBLEM_NO_SPACE, PROBLEM_ACT, "NO SPACE",
           "no space left on vda (images: 0 of 200G)");
    ck_assert_ptr_eq(problem.place, world_place_at(world, 0));
    problem_acknowledge(world, guest, AT(2));
    pool_has(13 * GIB, false, 3);
    expect(guest, 4, PROBLEM_SPACE_BACK, PROBLEM_ACT, "SPACE BACK",
           "space is back: resume? (images: 13.0G)");
    ck_assert(!problem.acknowledged); /* this is news */
    pool_has(0, false, 5);
    expect(guest, 6, PROBLEM_NO_SPACE, PROBLEM_ACT, "NO SPACE",
           "no space left on vda (images: 0 of 200G)");
    row(guest, STATE_RUNNING, NULL, NULL, 7);
    ck_assert(!has(guest, 7));
}
END_TEST

START_TEST(figures_from_before_the_pause_say_nothing)
{
    struct guest *guest = on_pool("vda", true);

    pool_has(50 * GIB, false, 0);
    row(guest, STATE_RUNNING, NULL, NULL, 0);
    row(guest, STATE_PAUSED, "I/O error", NULL, 5);
    ck_assert(has(guest, 6));
    ck_assert_int_eq(problem.kind, PROBLEM_NO_SPACE);
    pool_has(50 * GIB, false, 7);
    ck_assert(has(guest, 8));
    ck_assert_int_eq(problem.kind, PROBLEM_SPACE_BACK);
}
END_TEST

START_TEST(the_disk_may_be_unknown)
{
    struct guest *guest = on_pool(NULL, false);

    pool_has(0, false, 0);
    row(guest, STATE_PAUSED, "I/O error", NULL, 0);
    expect(guest, 1, PROBLEM_IO_ERROR, PROBLEM_ACT, "I/O ERROR",
           "I/O error on one of its disks (images: 0 of 200G)");
    guest = on_pool(NULL, true);
    expect(guest, 1, PROBLEM_NO_SPACE, PROBLEM_ACT, "NO SPACE",
           "no space left on its disk (images: 0 of 200G)");
    pool_has(9 * GIB, true, 2);
    guest = on_pool("vda", false);
    expect(guest, 3, PROBLEM_IO_ERROR, PROBLEM_ACT, "I/O ERROR",
           "I/O error on vda (images: read-only)");
}
END_TEST

START_TEST(places_in_trouble)
{
    const struct place *place;

    pool_has(100 * GIB, false, 0);
    place = world_place_at(world, 0);
    ck_assert(!problem_of_place(world, place, AT(0), &problem));
    pool_has(0, false, 1);
    ck_assert(problem_of_place(world, place, AT(1), &problem));
    ck_assert_int_eq(problem.severity, PROBLEM_ACT);
    ck_assert_str_eq(problem.word, "FULL images 0");
    ck_assert_str_eq(problem.cause, "pool images is full (0 of 200G)");
    pool_has(4 * GIB, false, 2);
    ck_assert(problem_of_place(world, place, AT(2), &problem));
    ck_assert_int_eq(problem.severity, PROBLEM_LOOK);
    ck_assert_str_eq(problem.word, "LOW images 4.0G");
    pool_has(100 * GIB, true, 3);
    ck_assert(problem_of_place(world, place, AT(3), &problem));
    ck_assert_str_eq(problem.word, "READ-ONLY images");
    ck_assert_str_eq(problem.cause, "pool images is read-only");
}
END_TEST

/* A pool on a full file system: one trouble, told of the file system. */
START_TEST(what_is_told_below_is_not_told_twice)
{
    struct storage_place places[2] = {
        {.kind = PLACE_FS, .name = (char *)"/var", .below = -1},
        {.kind = PLACE_POOL, .name = (char *)"images", .below = 0},
    };
    const struct storage_report report = {.place = places, .places = 2};
    int told = 0;

    for (int i = 0; i < 2; i++) {
        places[i].has_bytes = true;
        places[i].total = 100 * GIB;
        places[i].at_ns = AT(0);
    }
    world_storage(world, VM, &report, AT(0));
    for (size_t i = 0; i < world_place_count(world); i++)
        if (problem_of_place(world, world_place_at(world, i), AT(0), &problem)) {
            told++;
            ck_assert_str_eq(problem.cause, "/var is full (0 of 100G)");
        }
    ck_assert_int_eq(told, 1);
}
END_TEST

/* ---- sources ---- */

static bool source_has(const char *id, int at)
{
    return problem_of_source(world_source(world, id), AT(at), &problem);
}

static void source_is(const char *id, enum source_state state, const char *error, int at)
{
    world_source_state(world, id, state, error, NULL, NULL, AT(at), AT(at));
}

START_TEST(sources_in_trouble)
{
    ck_assert(!source_has(VM, 0));
    source_is(VM, SOURCE_UP, NULL, 0);
    ck_assert(!source_has(VM, 1));
    source_is(VM, SOURCE_LOST, "libvirtd does not answer", 2);
    ck_assert(source_has(VM, 7));
    ck_assert_int_eq(problem.severity, PROBLEM_ACT);
    ck_assert_str_eq(problem.word, "libvirtd lost 5s: retrying");
    ck_assert_str_eq(problem.cause, "libvirtd lost 5s: retrying; libvirtd does not answer");
    source_is(VM, SOURCE_CONNECTING, NULL, 8);
    source_is(VM, SOURCE_UP, NULL, 9);
    ck_assert(source_has(VM, 12));
    ck_assert_int_eq(problem.severity, PROBLEM_LOOK);
    ck_assert_str_eq(problem.cause, "libvirtd came back 3s ago");
    ck_assert(!source_has(VM, 9 + 121));
    world_source_daemon(world, VM, AT(8), AT(10), AT(10));
    ck_assert(source_has(VM, 66));
    ck_assert_str_eq(problem.cause, "libvirtd restarted 58s ago");
    ck_assert(!source_has(VM, 8 + 901));

    source_is(CT, SOURCE_LATE, NULL, 0);
    ck_assert(source_has(CT, 6));
    ck_assert_str_eq(problem.word, "lxc:/var/lib/l late 6s: retrying");
    source_is(CT, SOURCE_ABSENT, NULL, 7);
    ck_assert(!source_has(CT, 8)); /* nobody asked for it */
    source_is(CT, SOURCE_DENIED, "not root", 9);
    ck_assert(source_has(CT, 9));
    ck_assert_str_eq(problem.cause, "lxc:/var/lib/lxc: not root");
    source_is(VM, SOURCE_ABSENT, "not running", 2000);
    ck_assert(source_has(VM, 2001));
    ck_assert_int_eq(problem.severity, PROBLEM_LOOK);
    world_source_state(world, CT, SOURCE_UP, NULL, NULL, "monitor off", AT(10), AT(10));
    ck_assert(source_has(CT, 10));
    ck_assert_str_eq(problem.cause, "lxc:/var/lib/lxc: monitor off");
}
END_TEST

START_TEST(a_copy_of_storage_says_the_same)
{
    struct world *copy = world_new(2 * NS_PER_S);

    pool_has(0, false, 0);
    world_add_source(copy, VM, true);
    world_storage_copy(copy, world);
    world_storage_copy(copy, world);
    ck_assert_uint_eq(world_place_count(copy), 1);
    ck_assert(problem_of_place(copy, world_place_at(copy, 0), AT(1), &problem));
    ck_assert_str_eq(problem.cause, "pool images is full (0 of 200G)");
    world_free(copy);
}
END_TEST

int main(void)
{
    const TTest *const all[] = {a_guest_that_is_well_has_none,
                                faults_have_words,
                                ages_are_those_of_the_cause,
                                off_although_it_should_be_on,
                                kills_and_limits,
                                what_is_over_is_told_until_it_is_known,
                                what_is_acknowledged_comes_anew,
                                counted_by_kind,
                                a_full_pool_and_space_again,
                                figures_from_before_the_pause_say_nothing,
                                the_disk_may_be_unknown,
                                places_in_trouble,
                                what_is_told_below_is_not_told_twice,
                                sources_in_trouble,
                                a_copy_of_storage_says_the_same};
    TCase *tests = tcase_create("model_problem");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    for (size_t i = 0; i < ARRAY_SIZE(all); i++)
        tcase_add_test(tests, all[i]);
    Suite *suite = suite_create("model_problem");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
