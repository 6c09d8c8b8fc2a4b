#include "model/storage.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/world.h"

#define VM "libvirt:qemu:///system"
#define CT "lxc:/var/lib/lxc"
#define AT(seconds) ((int64_t)(seconds)*NS_PER_S)
#define G (UINT64_C(1) << 30)

static struct world *world;

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

/* ---- trends ---- */

START_TEST(trends_are_bounded_and_keep_what_led_to_a_standstill)
{
    struct trend trend = {0};
    double value;
    int64_t at;

    ck_assert(!trend_value(&trend, AT(1), &value, &at));
    for (int i = 0; i <= 1000; i++)
        trend_add(&trend, AT(i * 5), (uint64_t)i);
    ck_assert_uint_eq(trend.count, TREND_POINTS);
    ck_assert(trend_value(&trend, AT(5000), &value, &at));
    ck_assert(value == 1000.0 && at == AT(5000));
    ck_assert(trend_value(&trend, AT(4902), &value, &at));
    ck_assert(fabs(value - 980.4) < 0.01 && at == AT(4902));
    ck_assert(trend_value(&trend, AT(0), &value, &at));
    ck_assert(at > AT(3900) && at <= AT(4100));
    ck_assert(fabs(value * 5 - (double)at / NS_PER_S) < 0.01);

    for (int i = 1001; i < 100000; i++)
        trend_add(&trend, AT(i * 5), 1000);
    ck_assert(trend_value(&trend, AT(4902), &value, &at));
    ck_assert(fabs(value - 980.4) < 0.01);
    trend_add(&trend, AT(3), 0); /* old news */
    ck_assert(trend.point[trend.count - 1].value == 1000);
    trend_reset(&trend);
    ck_assert(!trend_value(&trend, AT(1), &value, &at));
}
END_TEST

/* ---- one place ---- */

static const struct place *place_named(const char *id)
{
    for (size_t i = 0; i < world_place_count(world); i++) {
        if (strcmp(world_place_at(world, i)->id, id) == 0)
            return world_place_at(world, i);
    }
    return NULL;
}

static struct storage_place fs(const char *mount, uint64_t total, uint64_t avail, int at)
{
    return (struct storage_place){.kind = PLACE_FS,
                                  .name = (char *)mount,
                                  .detail = (char *)"ext4 /dev/vda1",
                                  .below = -1,
                                  .has_bytes = true,
                                  .has_inodes = true,
                                  .total = total,
                                  .avail = avail,
                                  .inodes_total = 1000000,
                                  .inodes_avail = 900000,
                                  .at_ns = AT(at)};
}

static const struct place *say(struct storage_place place, int at)
{
    struct storage_report report = {.place = &place, .places = 1};
    world_storage(world, "host", &report, AT(at));
    return world_place_at(world, 0);
}

static enum place_trouble trouble_of(uint64_t total, uint64_t avail)
{
    struct place place = {.has_bytes = true, .total = total, .avail = avail};
    return place_trouble(&place);
}

START_TEST(thresholds)
{
    ck_assert_int_eq(trouble_of(100 * G, 10 * G), PLACE_FINE);
    ck_assert_int_eq(trouble_of(100 * G, 4 * G), PLACE_NEARLY_FULL);
    ck_assert_int_eq(trouble_of(10000 * G, 100 * G), PLACE_FINE);
    ck_assert_int_eq(trouble_of(10000 * G, 19 * G), PLACE_NEARLY_FULL);
    ck_assert_int_eq(trouble_of(100 * G, G / 1024), PLACE_FULL);
    ck_assert_int_eq(trouble_of(100 * G, 0), PLACE_FULL);
    ck_assert_int_eq(trouble_of(G / 16, G / 1024), PLACE_NEARLY_FULL); /* 1 of 64 MiB */
    ck_assert_int_eq(trouble_of(G / 16, G / 2048), PLACE_FULL); /* what ext4 keeps */
    ck_assert_int_eq(trouble_of(G / 16, 4096), PLACE_FULL);
    ck_assert_int_eq(trouble_of(0, 0), PLACE_FINE); /* what has no size is not full */

    struct place place = {.has_bytes = true, .has_inodes = true, .total = G, .avail = G};
    place.inodes_total = 1000;
    place.inodes_avail = 0;
    ck_assert_int_eq(place_trouble(&place), PLACE_INODES_FULL);
    ck_assert_str_eq(place_trouble_words(&place), "out of inodes");
    place.kind = PLACE_THIN;
    ck_assert_str_eq(place_trouble_words(&place), "out of metadata");
    place.inodes_avail = 49;
    ck_assert_int_eq(place_trouble(&place), PLACE_INODES_NEARLY_FULL);
    place.inodes_avail = 50;
    ck_assert_int_eq(place_trouble(&place), PLACE_FINE);
    place.inodes_total = place.inodes_avail = 0; /* btrfs counts none */
    ck_assert_int_eq(place_trouble(&place), PLACE_FINE);
    place.silent_since_ns = 1;
    ck_assert_int_eq(place_trouble(&place), PLACE_SILENT);
}
END_TEST

START_TEST(read_only_is_trouble_unless_it_was_meant)
{
    struct storage_place said = fs("/srv", 100 * G, 0, 10);
    said.read_only = true;
    ck_assert_int_eq(place_trouble(say(said, 10)),
                     PLACE_FINE); /* an image that is full by nature */
    said.read_only_fault = true;
    ck_assert_int_eq(place_trouble(say(said, 11)), PLACE_READ_ONLY);
    said.read_only = said.read_only_fault = false;
    ck_assert_int_eq(place_trouble(say(said, 12)), PLACE_FULL);
    said.read_only = true;
    ck_assert_int_eq(place_trouble(say(said, 13)), PLACE_READ_ONLY);
    ck_assert(say(said, 14)->trouble_since_ns == AT(13));
    ck_assert(isnan(place_seconds_to_full(say(said, 14), AT(14))));
}
END_TEST

START_TEST(silence_and_trouble_have_a_beginning)
{
    struct storage_place said = fs("/srv", 100 * G, 50 * G, 10);
    ck_assert(say(said, 10)->trouble_since_ns == 0);
    said.silent_since_ns = AT(18);
    ck_assert(say(said, 20)->trouble_since_ns == AT(18));
    ck_assert(say(said, 20)->avail == 50 * G); /* what was known stays, with its age */
    /* A new worker knows of the silence, but never got figures. */
    said.at_ns = 0;
    said.total = said.avail = 0;
    said.has_bytes = false;
    const struct place *place = say(said, 30);
    ck_assert(place->total == 100 * G && place->at_ns == AT(10));
    said = fs("/srv", 100 * G, G, 40);
    ck_assert(say(said, 40)->trouble_since_ns == AT(40));
    said = fs("/srv", 100 * G, 0, 50);
    ck_assert(say(said, 50)->trouble_since_ns == AT(50));
    said = fs("/srv", 100 * G, 40 * G, 60);
    ck_assert(say(said, 60)->trouble_since_ns == 0);
}
END_TEST

START_TEST(time_to_full_is_a_straight_line)
{
    const struct place *place = NULL;
    ck_assert(isnan(place_seconds_to_full(say(fs("/srv", 100 * G, 50 * G, 1), 1), AT(1))));
    /* 10 MiB/s, looked at every 5 s */
    for (int i = 1; i <= 120; i++)
        place = say(fs("/srv", 100 * G, 50 * G - (uint64_t)i * 5 * 10 * (G / 1024), 1 + i * 5),
                    1 + i * 5);
    double left = (double)place->avail / (10.0 * 1024 * 1024);
    double said = place_seconds_to_full(place, AT(601));
    ck_assert_msg(fabs(said - left) < 2, "%f, not %f", said, left);
    ck_assert(fabs(place_seconds_to_full(place, AT(611)) - left + 10) < 2);
    /* It stands still: after a while there is no such time any more. */
    for (int i = 121; i <= 200; i++)
        place = say(fs("/srv", 100 * G, place->avail, 1 + i * 5), 1 + i * 5);
    ck_assert(isnan(place_seconds_to_full(place, AT(1001))));
    place = say(fs("/srv", 100 * G, 0, 1006), 1006);
    ck_assert(place_seconds_to_full(place, AT(1006)) == 0);
    place = say(fs("/srv", 100 * G, 60 * G, 1011), 1011); /* somebody made room */
    ck_assert(isnan(place_seconds_to_full(place, AT(1011))));
    place = say(fs("/srv", 100 * G, 60 * G - 4096, 1016), 1016);
    ck_assert(isnan(place_seconds_to_full(place, AT(1016)))); /* not for a month */
}
END_TEST

START_TEST(places_are_clean_at_the_door_and_go_with_the_report)
{
    struct storage_place said[3] = {fs("/a\x1b[2J", G, G, 1), fs("", G, G, 1), fs("/b", 1, 99, 1)};
    struct storage_report report = {.place = said, .places = 3};
    said[0].detail = (char *)"ext4\n\x1b]0;x\a";
    said[2].below = 77;
    world_storage(world, "nobody", &report, AT(1));
    ck_assert_uint_eq(world_place_count(world), 0);
    world_storage(world, "host", &report, AT(1));
    ck_assert_uint_eq(world_place_count(world), 2);
    const struct place *first = world_place_at(world, 0);
    ck_assert_ptr_null(strpbrk(first->name, "\x1b\n\a"));
    ck_assert_ptr_null(strpbrk(first->detail, "\x1b\n\a"));
    ck_assert_str_eq(first->id, "fs:/a\x1b[2J");
    ck_assert(world_place_at(world, 1)->avail == 1); /* never more than there is */
    ck_assert_ptr_null(world_place_below(world, world_place_at(world, 1)));
    world_storage(world, VM, &(struct storage_report){0}, AT(2)); /* another's is another's */
    ck_assert_uint_eq(world_place_count(world), 2);
    report.place = &said[2];
    report.places = 1;
    world_storage(world, "host", &report, AT(2));
    ck_assert_uint_eq(world_place_count(world), 1);
    ck_assert_str_eq(world_place_at(world, 0)->name, "/b");
    ck_assert_ptr_null(world_place_at(world, 1));
}
END_TEST

/* ---- guests on places ---- */

static struct guest *guest(const char *source, uint32_t handle, const char *name,
                           struct facts_disk disk, struct facts_disk second)
{
    struct facts facts = {.handle = handle,
                          .key = (char *)name,
                          .name = (char *)name,
                          .life = (char *)"1",
                          .disks = {disk, second}};
    world_facts(world, source, &facts, AT(1), AT(1));
    return world_find_handle(world, source, handle);
}

static struct facts_disk disk(const char *target, const char *source, const char *pool)
{
    return (struct facts_disk){(char *)target, (char *)source, (char *)pool};
}

static void wrote(const char *source, uint32_t handle, uint64_t bytes, int at)
{
    struct sample sample = {.at_ns = AT(at)};
    sample_set(&sample, FIELD_DISK_WRITE, bytes);
    world_row(world, source, handle, STATE_RUNNING, NULL, NULL, &sample, AT(at), AT(at));
}

/* The host: /, /images, and a thin pool below /data; the image pool in /images. */
static void host_says(uint64_t images_left, uint64_t db_allocated, int at)
{
    struct storage_place place[4] = {fs("/", 100 * G, 50 * G, at),
                                     fs("/images", 200 * G, images_left, at),
                                     {.kind = PLACE_THIN,
                                      .name = (char *)"vg/thin",
                                      .below = -1,
                                      .has_bytes = true,
                                      .total = 500 * G,
                                      .avail = 90 * G,
                                      .at_ns = AT(at)},
                                     fs("/data", 50 * G, 20 * G, at)};
    place[3].below = 2;
    struct storage_path path[] = {
        {(char *)"/images/db.qcow2", 1, true, db_allocated, AT(at)},
        {(char *)"/images", 1, false, 0, AT(at)},
        {(char *)"/dev/vg/lv", 2, false, 0, AT(at)},
        {(char *)"/data/x.img", 3, true, G, AT(at)},
        {(char *)"/ct/c1", 0, false, 0, AT(at)},
        {(char *)"/images/nfs/y", 0, true, G, AT(at)},
    };
    struct storage_report report = {.place = place, .places = 4, .path = path, .paths = 6};
    world_storage(world, "host", &report, AT(at));
}

static void libvirt_says(int at)
{
    struct storage_place place[2] = {{.kind = PLACE_POOL,
                                      .name = (char *)"images",
                                      .path = (char *)"/images/",
                                      .below = -1,
                                      .has_bytes = true,
                                      .total = 7,
                                      .avail = 7,
                                      .at_ns = AT(at)},
                                     {.kind = PLACE_POOL,
                                      .name = (char *)"ceph",
                                      .below = -1,
                                      .has_bytes = true,
                                      .total = 9 * G,
                                      .avail = 4 * G,
                                      .at_ns = AT(at)}};
    place[0].path = (char *)"/images";
    struct storage_report report = {.place = place, .places = 2};
    world_storage(world, VM, &report, AT(at));
}

static const char *lies_on(const struct guest *who, size_t disk)
{
    const struct place *place = world_place_of_disk(world, who, disk);
    return place ? place->id : "?";
}

START_TEST(disks_lie_on_their_innermost_place)
{
    const struct guest *db =
        guest(VM, 1, "db", disk("vda", "/images/db.qcow2", NULL), disk("vdb", NULL, "ceph"));
    const struct guest *lv =
        guest(VM, 2, "lv", disk("vda", "/dev/vg/lv", "images"), disk("hda", NULL, NULL));
    const struct guest *nfs =
        guest(VM, 3, "nfs", disk("vda", "/images/nfs/y", NULL), disk("vdb", "/nowhere", "none"));
    const struct guest *data =
        guest(VM, 4, "data", disk("vda", "/data/x.img", NULL), disk(NULL, NULL, NULL));
    const struct guest *c1 =
        guest(CT, 1, "c1", disk("rootfs", "/ct/c1", NULL), disk(NULL, NULL, NULL));

    ck_assert_str_eq(lies_on(db, 0), "?");
    host_says(50 * G, 10 * G, 1);
    ck_assert_str_eq(lies_on(db, 0), "fs:/images");
    libvirt_says(2);
    ck_assert_str_eq(lies_on(db, 0), "pool:" VM "/images");
    ck_assert_str_eq(lies_on(db, 1), "pool:" VM "/ceph");
    ck_assert_str_eq(lies_on(lv, 0), "thin:vg/thin");
    ck_assert_str_eq(lies_on(lv, 1), "?");
    ck_assert_str_eq(lies_on(nfs, 0), "fs:/"); /* below the pool's directory, but not on it */
    ck_assert_str_eq(lies_on(nfs, 1), "?");
    ck_assert_str_eq(lies_on(data, 0), "fs:/data");
    ck_assert_str_eq(lies_on(c1, 0), "fs:/");
    ck_assert_str_eq(lies_on(c1, FACTS_DISKS_MAX + 3), "?");

    const struct guest *on[1] = {NULL};
    ck_assert_uint_eq(place_guests(world, place_named("thin:vg/thin"), on, 1), 2);
    ck_assert_ptr_eq(on[0], lv);
    ck_assert_uint_eq(place_guests(world, place_named("fs:/images"), on, 1), 1);
    ck_assert_ptr_eq(on[0], db); /* through the pool */
    ck_assert_ptr_eq(world_place_below(world, place_named("pool:" VM "/images")),
                     place_named("fs:/images"));

    /* What libvirtd said is what it saw last; the file system says what is so. */
    ck_assert(place_named("pool:" VM "/images")->avail == 50 * G);
    ck_assert(place_named("pool:" VM "/ceph")->avail == 4 * G);
    host_says(0, 10 * G, 3);
    ck_assert_int_eq(place_trouble(place_named("pool:" VM "/images")), PLACE_FULL);

    /* The places go, and nothing points to them any more. */
    world_storage(world, "host", &(struct storage_report){0}, AT(4));
    ck_assert_ptr_null(world_place_below(world, place_named("pool:" VM "/images")));
    ck_assert_str_eq(lies_on(c1, 0), "?");
}
END_TEST

START_TEST(who_grew_most_is_named)
{
    struct growth growth = {0};
    const struct guest *db =
        guest(VM, 1, "db", disk("vda", "/images/db.qcow2", NULL), disk(NULL, NULL, NULL));
    const struct guest *c1 =
        guest(CT, 1, "c1", disk("rootfs", "/ct/c1", NULL), disk(NULL, NULL, NULL));

    host_says(50 * G, 10 * G, 0);
    ck_assert_ptr_null(place_top_grower(world, place_named("fs:/images"), AT(1), &growth));
    for (int at = 5; at <= 1200; at += 5) {
        uint64_t done = (uint64_t)at / 5;
        wrote(CT, 1, done * G / 100, at);
        host_says(50 * G - done * G / 10, 10 * G + done * G / 10, at);
    }
    ck_assert_ptr_eq(place_top_grower(world, place_named("fs:/images"), AT(1200), &growth), db);
    ck_assert(!growth.written_only);
    ck_assert(fabs(growth.bytes / (double)G - 18) < 0.5); /* in the last 15 minutes */
    ck_assert(growth.since_ns == AT(300));

    /* Full for hours: what led to it is still told. */
    for (int at = 1205; at <= 12000; at += 5)
        host_says(0, 34 * G, at);
    ck_assert_ptr_eq(place_top_grower(world, place_named("fs:/images"), AT(12000), &growth), db);
    ck_assert(growth.bytes > 15 * (double)G && growth.since_ns == AT(305));

    /* The container only wrote, and its place lost nothing: not it. */
    ck_assert(place_growth(world, place_named("fs:/"), c1, AT(1200), &growth));
    ck_assert(growth.written_only && growth.bytes > (double)G);
    ck_assert_ptr_null(place_top_grower(world, place_named("fs:/"), AT(1200), &growth));
    ck_assert(!place_growth(world, place_named("fs:/data"), c1, AT(1200), &growth));
}
END_TEST

START_TEST(writers_are_named_when_their_place_lost)
{
    struct growth growth = {0};
    const struct guest *c1 =
        guest(CT, 1, "c1", disk("rootfs", "/ct/c1", NULL), disk(NULL, NULL, NULL));
    struct storage_path path = {(char *)"/ct/c1", 0, false, 0, 0};

    for (int at = 0; at <= 100; at += 5) {
        struct storage_place place = fs("/", 100 * G, 50 * G - (uint64_t)at * G / 10, at + 1);
        struct storage_report report = {.place = &place, .places = 1, .path = &path, .paths = 1};
        world_storage(world, "host", &report, AT(at + 1));
        wrote(CT, 1, (uint64_t)at * G, at + 1);
    }
    ck_assert_ptr_eq(place_top_grower(world, world_place_at(world, 0), AT(101), &growth), c1);
    ck_assert(growth.written_only && growth.since_ns == AT(1));
    ck_assert(fabs(growth.bytes / (double)G - 100) < 1);
}
END_TEST

START_TEST(paths_to_look_at_are_bounded)
{
    char **paths = NULL;
    guest(VM, 1, "db", disk("vda", "/images/b", NULL), disk("vdb", "relative", NULL));
    guest(VM, 2, "d2", disk("vda", "/images/a", NULL), disk("cd", "/images/b", NULL));
    libvirt_says(1);
    size_t count = world_storage_paths(world, &paths);
    ck_assert_uint_eq(count, 3);
    ck_assert_str_eq(paths[0], "/images");
    ck_assert_str_eq(paths[1], "/images/a");
    ck_assert_str_eq(paths[2], "/images/b");
    for (size_t i = 0; i < count; i++)
        free(paths[i]);
    free(paths);

    char *longest = malloc(60000);
    memset(longest, 'x', 59999);
    longest[0] = '/';
    longest[59999] = '\0';
    for (uint32_t i = 0; i < 20; i++) {
        longest[1] = (char)('a' + i);
        guest(CT, i + 1, longest + 59990 - i, disk("rootfs", longest, NULL),
              disk(NULL, NULL, NULL));
    }
    count = world_storage_paths(world, &paths);
    ck_assert_uint_eq(count, 8 + 3);
    for (size_t i = 0; i < count; i++)
        free(paths[i]);
    free(paths);
    free(longest);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("model_storage");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, trends_are_bounded_and_keep_what_led_to_a_standstill);
    tcase_add_test(tests, thresholds);
    tcase_add_test(tests, read_only_is_trouble_unless_it_was_meant);
    tcase_add_test(tests, silence_and_trouble_have_a_beginning);
    tcase_add_test(tests, time_to_full_is_a_straight_line);
    tcase_add_test(tests, places_are_clean_at_the_door_and_go_with_the_report);
    tcase_add_test(tests, disks_lie_on_their_innermost_place);
    tcase_add_test(tests, who_grew_most_is_named);
    tcase_add_test(tests, writers_are_named_when_their_place_lost);
    tcase_add_test(tests, paths_to_look_at_are_bounded);
    Suite *suite = suite_create("model_storage");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
