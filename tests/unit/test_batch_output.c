// libraries: JANSSON
#include <check.h>
#include <jansson.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "batch/output.h"
#include "model/compare.h"
#include "model/part.h"

#define S NS_PER_S
#define SOURCE "lxc:/x"
#define WALL (INT64_C(1700000000) * S + 250 * NS_PER_MS) /* 2023-11-14T22:13:20.250Z */
#define HOSTILE "a\x1b[31m,\"b\"\nc"

static struct world *world;
static struct listing listing;

static void feed(uint32_t handle, const char *name, enum guest_state state, uint64_t cpu_ns,
                 int64_t at_ns)
{
    struct facts facts = {.handle = handle,
                          .key = (char *)name,
                          .life = (char *)(state == STATE_OFF ? "" : "1"),
                          .name = (char *)name,
                          .type = (char *)"lxc",
                          .kind = KIND_CONTAINER,
                          .autostart = 1,
                          .persistent = -1,
                          .addresses = {(char *)"10.0.0.1", (char *)"fe80::1"},
                          .disks = {{(char *)"rootfs", (char *)"/c/busy", NULL}}};
    struct sample sample = {.at_ns = at_ns};

    sample_set(&sample, FIELD_CPU, cpu_ns);
    sample_set(&sample, FIELD_MEM_USED, UINT64_C(1) << 40 | 1);
    sample_set(&sample, FIELD_NET_RX, 0);
    world_facts(world, SOURCE, &facts, at_ns, WALL);
    if (state == STATE_OFF)
        sample = (struct sample){0};
    world_row(world, SOURCE, handle, state, NULL, NULL, &sample, at_ns, WALL);
}

static void setup(void)
{
    struct host_sample *host = xcalloc(1, sizeof(*host));

    world = world_new(S);
    world_add_source(world, "host", false);
    world_add_source(world, SOURCE, true);
    world_source_state(world, SOURCE, SOURCE_UP, NULL, NULL, NULL, S, WALL);
    world_source_state(world, "host", SOURCE_LOST, "went\x1b away", NULL, NULL, S, WALL);
    for (int i = 1; i <= 2; i++) {
        feed(1, "busy", STATE_RUNNING, (uint64_t)(i * S / 2), i * S);
        feed(2, HOSTILE, STATE_RUNNING, 0, i * S);
        feed(3, "idle", STATE_OFF, 0, i * S);
    }
    host->at_ns = S;
    strcpy(host->name, "box");
    host->cpus = 2;
    host->has_cpu = host->has_memory = true;
    host->mem_total = 1000;
    host->mem_available = 400;
    world_host(world, host);
    host->at_ns = 2 * S;
    host->total.user_ns = (uint64_t)S;
    host->total.idle_ns = (uint64_t)S;
    world_host(world, host);
    free(host);
    struct storage_place place[] = {{.kind = PLACE_FS,
                                     .name = (char *)"/c",
                                     .below = -1,
                                     .has_bytes = true,
                                     .total = 1000,
                                     .at_ns = S},
                                    {.kind = PLACE_POOL, .name = (char *)"p", .below = -1}};
    struct storage_path path = {.path = (char *)"/c/busy", .place = 0};
    world_storage(world, "host", &(struct storage_report){place, 2, &path, 1}, 2 * S);
    listing_build(&listing, world, LIST_BOTH, NULL, (struct listing_order){.key = METRIC_CPU},
                  2 * S);
}

static void teardown(void)
{
    listing_clear(&listing);
    world_free(world);
}

static char *output(void (*write)(const struct batch_sample *, FILE *), bool ascii, int width)
{
    struct batch_sample sample = {.world = world,
                                  .listing = &listing,
                                  .now_ns = 2 * S,
                                  .wall_ns = WALL,
                                  .interval_s = 0.5,
                                  .ascii = ascii,
                                  .width = width};
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    write(&sample, out);
    fclose(out);
    ck_assert_uint_eq(strlen(text), len);
    return text;
}

/* No byte that a terminal would obey but the line ends. */
static void assert_tame(const char *text)
{
    for (; *text; text++)
        ck_assert_msg(*text == '\n' || ((unsigned char)*text >= 0x20 && *text != 0x7f), "0x%02x",
                      (unsigned char)*text);
}

START_TEST(numbers)
{
    static const struct {
        double value;
        const char *text;
    } rows[] = {{0, "0"},
                {-0.0, "0"},
                {12.3456, "12.346"},
                {0.5, "0.5"},
                {99.9996, "100"},
                {-2.25, "-2.25"},
                {1e11, "100000000000"},
                {0.001, "0.001"},
                {0.0004, "0"},
                {1234567.1, "1234567.1"},
                {-0.0001, "0"},
                {1e15, "1000000000000000"},
                {1099511627777.0, "1099511627777"}};
    char number[NUMBER_MAX];

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        batch_number(number, rows[i].value);
        ck_assert_str_eq(number, rows[i].text);
    }
    batch_number(number, 1e300); /* fits, cut */
}
END_TEST

/* Only of the guest that was looked at: what is unknown of others is not there at all. */
START_TEST(json_has_the_parts_of_one_guest)
{
    struct parts parts = {0};

    for (int i = 0; i < 2; i++) {
        struct part *part = parts_add(&parts, PART_DISK, 0, "vda");
        part->words[0] = strdup("/i/\033[2J");
        part->at_ns = (i + 1) * S;
        part_set(part, PART_FIELD_WRITE, (uint64_t)i * 5000);
        part_set(part, PART_FIELD_WRITE_OPS, (uint64_t)i * 4);
        part_set(part, PART_FIELD_WRITE_NS, (uint64_t)i * 10000000);
        part_set(part, PART_FIELD_CAPACITY, 77);
        part = parts_add(&parts, PART_VCPU, 0, "vCPU 0");
        part->at_ns = (i + 1) * S;
        part_set(part, PART_FIELD_CPU, (uint64_t)i * 250000000);
        parts.none = PART_BIT(PART_LINK);
        world_parts(world, listing.rows[0]->id.source, listing.rows[0]->facts.handle, &parts,
                    2 * S);
        parts_clear(&parts);
    }
    CLEANUP_FREE char *text = output(batch_json_line, false, 0);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

    assert_tame(text);
    json_t *guest = json_array_get(json_object_get(root, "guests"), 0);
    json_t *disk = json_array_get(json_object_get(guest, "guest_disks"), 0);
    json_t *thread = json_array_get(json_object_get(guest, "guest_threads"), 0);
    ck_assert_double_eq(json_number_value(json_object_get(disk, "write_bps")), 5000);
    ck_assert_double_eq(json_number_value(json_object_get(disk, "write_latency_ms")), 2.5);
    ck_assert(json_is_null(json_object_get(disk, "read_bps")));
    ck_assert(json_is_null(json_object_get(disk, "read_latency_ms")));
    ck_assert_int_eq(json_integer_value(json_object_get(disk, "capacity_bytes")), 77);
    ck_assert_double_eq(json_number_value(json_object_get(thread, "cpu_percent")), 25);
    /* It is known to have no links; of its processes nothing is known. */
    ck_assert(json_is_array(json_object_get(guest, "guest_links")));
    ck_assert_uint_eq(json_array_size(json_object_get(guest, "guest_links")), 0);
    ck_assert(json_is_null(json_object_get(guest, "guest_processes")));
    guest = json_array_get(json_object_get(root, "guests"), 1);
    ck_assert_ptr_null(json_object_get(guest, "guest_disks"));
    json_decref(root);
}
END_TEST

START_TEST(json_says_it_all)
{
    CLEANUP_FREE char *text = output(batch_json_line, false, 0);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    json_t *host, *storage, *place, *guests, *busy, *hostile, *idle, *source;

    ck_assert_ptr_nonnull(root);
    ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
    assert_tame(text);
    ck_assert_str_eq(json_string_value(json_object_get(root, "time")), "2023-11-14T22:13:20.250Z");
    ck_assert_double_eq(json_number_value(json_object_get(root, "interval_s")), 0.5);
    host = json_object_get(root, "host");
    ck_assert_str_eq(json_string_value(json_object_get(host, "name")), "box");
    ck_assert_double_eq_tol(json_number_value(json_object_get(host, "cpu_percent")), 100, 0.01);
    ck_assert_int_eq(json_integer_value(json_object_get(host, "mem_used_bytes")), 600);
    ck_assert(json_is_null(json_object_get(host, "psi_cpu")));
    ck_assert(json_is_null(json_object_get(host, "load1")));
    ck_assert(json_is_array(json_object_get(host, "per_cpu_percent")));

    storage = json_object_get(host, "storage");
    ck_assert_uint_eq(json_array_size(storage), 2);
    place = json_array_get(storage, 0);
    ck_assert_str_eq(json_string_value(json_object_get(place, "name")), "/c");
    ck_assert_str_eq(json_string_value(json_object_get(place, "kind")), "fs");
    ck_assert_str_eq(json_string_value(json_object_get(place, "trouble")), "full");
    ck_assert_int_eq(json_integer_value(json_object_get(place, "total_bytes")), 1000);
    ck_assert_int_eq(json_integer_value(json_object_get(place, "avail_bytes")), 0);
    ck_assert(json_is_null(json_object_get(place, "inodes_total")));
    ck_assert(json_is_false(json_object_get(place, "read_only")));
    ck_assert_double_eq(json_number_value(json_object_get(place, "age_s")), 1);
    ck_assert_double_eq(json_number_value(json_object_get(place, "seconds_to_full")), 0);
    ck_assert_uint_eq(json_array_size(json_object_get(place, "guests")), 3);
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(place, "guests"), 0)),
                     "lxc:/x#busy");
    place = json_array_get(storage, 1); /* of which nothing is known yet */
    ck_assert(json_is_null(json_object_get(place, "total_bytes")));
    ck_assert(json_is_null(json_object_get(place, "avail_bytes")));
    ck_assert(json_is_null(json_object_get(place, "read_only")));
    ck_assert(json_is_null(json_object_get(place, "seconds_to_full")));
    ck_assert(json_is_null(json_object_get(place, "trouble")));
    ck_assert(json_is_null(json_object_get(place, "age_s")));

    source = json_array_get(json_object_get(root, "sources"), 1);
    ck_assert_str_eq(json_string_value(json_object_get(source, "id")), SOURCE);
    ck_assert_str_eq(json_string_value(json_object_get(source, "state")), "up");
    ck_assert(json_is_null(json_object_get(source, "error")));

    guests = json_object_get(root, "guests");
    ck_assert_uint_eq(json_array_size(guests), 3);
    busy = json_array_get(guests, 0);
    ck_assert_str_eq(json_string_value(json_object_get(busy, "name")), "busy");
    ck_assert_str_eq(json_string_value(json_object_get(busy, "kind")), "container");
    ck_assert_str_eq(json_string_value(json_object_get(busy, "state")), "running");
    ck_assert_double_eq_tol(json_real_value(json_object_get(busy, "cpu_percent")), 50, 0.01);
    ck_assert_int_eq(json_integer_value(json_object_get(busy, "mem_used_bytes")),
                     (INT64_C(1) << 40) + 1);
    ck_assert_double_eq(json_number_value(json_object_get(busy, "net_rx_bps")), 0);
    ck_assert(json_is_true(json_object_get(busy, "autostart")));
    ck_assert(json_is_null(json_object_get(busy, "persistent")));
    ck_assert(json_is_null(json_object_get(busy, "vcpus")));
    ck_assert_uint_eq(json_array_size(json_object_get(busy, "addresses")), 2);

    hostile = json_array_get(guests, 1);
    ck_assert_str_eq(json_string_value(json_object_get(hostile, "id")),
                     "lxc:/x#a%1B%5B31m,%22b%22%0Ac");
    idle = json_array_get(guests, 2);
    ck_assert_str_eq(json_string_value(json_object_get(idle, "state")), "off");
    for (int i = 0; i < METRIC_COUNT; i++) { /* every key is there, what is unknown is null */
        const char *key = metric_info((enum metric)i)->json;
        ck_assert_ptr_nonnull(json_object_get(busy, key));
        ck_assert_msg(json_is_null(json_object_get(idle, key)), "%s", key);
    }
    /* What cannot be compared is null, and each count is there. */
    const char *const sides[] = {"kvm", "emulated", "lxc"};
    for (size_t i = 0; i < ARRAY_SIZE(sides); i++) {
        json_t *side = json_object_get(json_object_get(root, "compare"), sides[i]);
        ck_assert(json_is_integer(json_object_get(side, "guests")));
        for (int f = 0; f < COMPARE_COUNT; f++) {
            json_t *value = json_object_get(side, compare_info((enum compare_figure)f)->json);
            ck_assert(json_is_integer(json_object_get(value, "count")));
            ck_assert_int_eq(json_integer_value(json_object_get(value, "count")) == 0,
                             json_is_null(json_object_get(value, "median")));
        }
    }
    json_t *sum = json_object_get(json_object_get(root, "compare"), "sum");
    json_t *cpu = json_object_get(sum, "cpu_percent");
    if (json_is_number(json_object_get(cpu, "machine")))
        ck_assert_double_eq_tol(json_number_value(json_object_get(cpu, "guests")) +
                                    json_number_value(json_object_get(cpu, "other")),
                                json_number_value(json_object_get(cpu, "machine")), 1e-9);
    ck_assert_ptr_nonnull(json_object_get(json_object_get(sum, "mem_bytes"), "other"));
    json_decref(root);
}
END_TEST

START_TEST(json_is_ascii_on_demand)
{
    CLEANUP_FREE char *text = output(batch_json_line, true, 0);

    for (const char *at = text; *at; at++)
        ck_assert(!((unsigned char)*at & 0x80));
    ck_assert_ptr_nonnull(strstr(text, "\\uFFFD"));
}
END_TEST

/* Fields of one line of RFC 4180 text without line ends in fields. */
static size_t count_fields(const char *line)
{
    size_t fields = 1;
    bool quoted = false;

    for (; *line && (quoted || *line != '\n'); line++) {
        if (*line == '"')
            quoted = !quoted;
        else if (*line == ',' && !quoted)
            fields++;
    }
    ck_assert(!quoted);
    return fields;
}

START_TEST(csv_has_a_line_a_guest)
{
    CLEANUP_FREE char *text = output(batch_csv_lines, false, 0);
    CLEANUP_FREE char *header = NULL;
    size_t len, lines = 0;
    FILE *out = open_memstream(&header, &len);

    batch_csv_header(out);
    fclose(out);
    ck_assert_int_eq(
        strncmp(header, "time,name,kind,state,state_reason,source,id,cpu_percent,", 56), 0);
    for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
        ck_assert_uint_eq(count_fields(line), count_fields(header));
        lines++;
    }
    ck_assert_uint_eq(lines, 3);
    assert_tame(text);
    ck_assert_ptr_nonnull(
        strstr(text, "2023-11-14T22:13:20.250Z,busy,container,running,,lxc:/x,lxc:/x#busy,50,"));
    ck_assert_ptr_nonnull(strstr(text, ",\"\"b\"\"")); /* quotes are doubled */
    ck_assert_ptr_nonnull(strstr(text, ",idle,container,off,,lxc:/x,lxc:/x#idle,,,"));
    ck_assert_ptr_nonnull(strstr(text, ",10.0.0.1 fe80::1,"));
}
END_TEST

START_TEST(text_is_an_aligned_table)
{
    CLEANUP_FREE char *text = output(batch_text, false, 0);
    const char *title = strstr(text, "K  NAME");
    const char *busy = strstr(text, "ct busy");
    const char *idle = strstr(text, "ct idle");

    ck_assert_ptr_nonnull(title);
    ck_assert_ptr_nonnull(busy);
    ck_assert_ptr_nonnull(idle);
    assert_tame(text);
    ck_assert_ptr_nonnull(strstr(text, "host lost 1s: retrying; went"));
    ck_assert_ptr_nonnull(strstr(text, "of 200 %"));
    ck_assert_ptr_nonnull(strstr(text, "PSI cpu - mem - io -"));
    /* The end of the figure stands under the end of its title. */
    ck_assert_int_eq(strstr(title, "CPU%") + 4 - title, strstr(busy, "50.0") + 4 - busy);
    ck_assert_int_eq(strstr(title, "CPU%") + 3 - title, strchr(idle + 8, '-') - idle);
    ck_assert_str_eq(text + strlen(text) - 2, "\n\n");
}
END_TEST

START_TEST(text_fits_the_terminal)
{
    static const int widths[] = {1, 10, 40, 79, 80, 120};

    for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
        CLEANUP_FREE char *text = output(batch_text, false, widths[i]);
        char *save = NULL;
        for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
            ck_assert_uint_le(text_width(line), (size_t)widths[i]);
    }
}
END_TEST

START_TEST(old_figures_say_why)
{
    struct batch_sample sample = {
        .world = world, .listing = &listing, .now_ns = 20 * S, .wall_ns = WALL};
    CLEANUP_FREE char *text = NULL;
    size_t len;
    FILE *out;

    world_source_state(world, SOURCE, SOURCE_LATE, "own worker late", NULL, NULL, 15 * S, WALL);
    out = open_memstream(&text, &len);
    batch_csv_lines(&sample, out);
    batch_json_line(&sample, out);
    batch_text(&sample, out);
    fclose(out);
    ck_assert_ptr_nonnull(strstr(text, ",own worker late,,unknown\n"));
    ck_assert_ptr_nonnull(strstr(text, "\"stale\":\"own worker late\""));
    ck_assert_ptr_nonnull(strstr(text, "  own worker late\n"));
}
END_TEST

/* The words of the screen. */
START_TEST(problems_have_causes)
{
    CLEANUP_FREE char *csv = NULL;
    CLEANUP_FREE char *json = NULL;
    CLEANUP_FREE char *text = NULL;

    world_row(world, SOURCE, 1, STATE_CRASHED, "guest panicked", NULL, NULL, 2 * S, WALL);
    csv = output(batch_csv_lines, false, 0);
    json = output(batch_json_line, false, 0);
    text = output(batch_text, false, 0);
    ck_assert_ptr_nonnull(strstr(csv, ",crashed: guest panicked,\n"));
    ck_assert_ptr_nonnull(strstr(json, "\"problem\":\"crashed: guest panicked\""));
    ck_assert_ptr_nonnull(strstr(json, "\"problem\":null"));
    ck_assert_ptr_nonnull(strstr(json, "\"problems\":[\"host lost"));
    ck_assert_ptr_nonnull(strstr(text, "  crashed: guest panicked\n"));
    ck_assert_ptr_nonnull(strstr(text, "host lost 1s: retrying; went"));
}
END_TEST

START_TEST(an_empty_world_is_honest)
{
    CLEANUP_FREE char *json = NULL;
    CLEANUP_FREE char *text = NULL;
    json_t *root;

    teardown();
    world = world_new(S);
    listing = (struct listing){0};
    json = output(batch_json_line, false, 0);
    text = output(batch_text, false, 0);
    root = json_loads(json, 0, NULL);
    ck_assert(json_is_null(json_object_get(root, "host")));
    ck_assert_uint_eq(json_array_size(json_object_get(root, "guests")), 0);
    ck_assert_ptr_nonnull(strstr(text, "0 of 0 shown"));
    json_decref(root);
}
END_TEST

START_TEST(a_decimal_comma_stays_out)
{
    static const char *const locales[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8"};
    CLEANUP_FREE char *json = NULL;
    char number[NUMBER_MAX];
    json_t *root;

    for (size_t i = 0; i < ARRAY_SIZE(locales); i++) {
        if (setlocale(LC_NUMERIC, locales[i]))
            break;
    }
    batch_number(number, 0.5);
    ck_assert_str_eq(number, "0.5");
    json = output(batch_json_line, false, 0);
    root = json_loads(json, 0, NULL);
    ck_assert_double_eq(json_number_value(json_object_get(root, "interval_s")), 0.5);
    json_decref(root);
    setlocale(LC_NUMERIC, "C");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("batch/output");
    TCase *tc = tcase_create("all");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, numbers);
    tcase_add_test(tc, json_has_the_parts_of_one_guest);
    tcase_add_test(tc, json_says_it_all);
    tcase_add_test(tc, json_is_ascii_on_demand);
    tcase_add_test(tc, problems_have_causes);
    tcase_add_test(tc, csv_has_a_line_a_guest);
    tcase_add_test(tc, text_is_an_aligned_table);
    tcase_add_test(tc, text_fits_the_terminal);
    tcase_add_test(tc, old_figures_say_why);
    tcase_add_test(tc, an_empty_world_is_honest);
    tcase_add_test(tc, a_decimal_comma_stays_out);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
