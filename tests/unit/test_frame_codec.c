#include "frame/frame.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"

static msgpack_sbuffer encode(const struct frame *frame)
{
    msgpack_sbuffer buf = {0};

    frame_put(&buf, frame);
    return buf;
}

static size_t length_of(const msgpack_sbuffer *buf)
{
    const unsigned char *head = (const unsigned char *)buf->data;

    return head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
}

static int decode(const msgpack_sbuffer *buf, struct frame *ret)
{
    ck_assert_uint_eq(length_of(buf), buf->size - 4);
    return frame_parse(ret, buf->data + 4, buf->size - 4, NULL);
}

static void make_rows(msgpack_sbuffer *buf)
{
    struct frame_rows_writer writer;
    struct sample sample = {.at_ns = 5000};
    struct sample old = {.at_ns = 4000};

    sample_set(&sample, FIELD_CPU, UINT64_MAX);
    sample_set(&sample, FIELD_PIDS, 0);
    sample_set(&sample, FIELD_NET_RX, 12345678901);
    sample_set(&old, FIELD_CPU, 7);
    frame_rows_begin(&writer, 5000,
                     UINT64_C(1) << FIELD_CPU | UINT64_C(1) << FIELD_PIDS |
                         UINT64_C(1) << FIELD_NET_RX);
    frame_rows_add(&writer, 1, STATE_RUNNING, NULL, NULL, &sample);
    frame_rows_add(&writer, 2, STATE_PAUSED, "frozen", "QEMU \x1b[2J stopped", &old);
    frame_rows_add(&writer, 3, STATE_OFF, NULL, NULL, NULL);
    frame_rows_end(&writer, buf);
}

enum {
    A_HELLO,
    A_BEAT,
    A_SOURCE,
    SOME_FACTS,
    SOME_ROWS,
    A_GONE,
    AN_ANSWERED,
    A_HOST,
    AN_EVENT,
    A_PROGRESS,
    AN_ANSWER,
    A_LOG,
    A_STUCK,
    A_WANT,
    A_DO,
    AN_ASK,
    A_STORAGE,
    A_FAILURE,
    AN_OPEN,
    A_CONSOLE,
    SOME_BYTES,
    A_SIZE,
    A_CREDIT,
    A_CLOSE,
    SOME_CELLS,
    A_VIEW,
    A_PRESS,
    SOME_PARTS,
    SOME_ISOLATION,
    A_COST,
    A_COST_UNKNOWN,
    FRAMES_COUNT
};

static struct host_sample sampled_host = {
    .at_ns = 77,
    .name = "h",
    .has_cpu = true,
    .has_psi = true,
    .cpus = 3,
    .total = {.user_ns = 1},
    .cpu = {[2] = {.idle_ns = UINT64_MAX}},
    .load = {[2] = 0.25},
    .psi_io = NAN,
    .disks = 1,
    .disk = {[0] = {.name = "sda", .out_bytes = 99}},
    .links = HOST_DEVICES_MAX,
    .link = {[HOST_DEVICES_MAX - 1] = {.drops = 3}},
};

static uint32_t visible[] = {1, 70000, UINT32_MAX};
static char *paths[] = {(char *)"/i/a", (char *)"/i/\n"};

static struct storage_place places[] = {
    {.kind = PLACE_THIN,
     .name = (char *)"vg/pool",
     .below = -1,
     .has_inodes = true,
     .inodes_total = UINT64_MAX,
     .at_ns = 5,
     .silent_since_ns = 6},
    {.kind = PLACE_FS,
     .name = (char *)"/srv\n",
     .detail = (char *)"ext4",
     .path = (char *)"/p",
     .has_bytes = true,
     .read_only = true,
     .read_only_fault = true,
     .total = 9,
     .avail = 8},
};
static struct storage_path lying[] = {
    {(char *)"/i/a", 1, true, UINT64_MAX, 7},
    {(char *)"/i/b", -1, false, 0, 0},
};

static struct part parts[] = {
    {.kind = PART_DISK,
     .name = (char *)"vda\n",
     .words = {(char *)"/i/a \xff", NULL, (char *)"pool"},
     .at_ns = 6,
     .valid = UINT64_C(1) << PART_FIELD_READ | UINT64_C(1) << PART_FIELD_KERNEL,
     .value = {[PART_FIELD_READ] = UINT64_MAX, [PART_FIELD_KERNEL] = 7}},
    {.kind = PART_MEMORY, .number = UINT32_MAX},
};

static struct screen_cell cells[6] = {[1] = {0x2580, 0xffffff, -1}};

static char *profile[] = {(char *)"p\xff"};

/* One valid frame of each type; rows are made apart. */
static const struct frame frames[FRAMES_COUNT] = {
    [A_HELLO] = {.type = FRAME_HELLO,
                 .u.hello = {FRAME_PROTOCOL, (char *)"worker", (char *)"lxc:/a b"}},
    [A_BEAT] = {.type = FRAME_BEAT},
    [A_SOURCE] = {.type = FRAME_SOURCE,
                  .u.source = {.state = SOURCE_DENIED,
                               .error = (char *)"no",
                               .note = (char *)"",
                               .restarted_ns = 5}},
    [SOME_FACTS] = {.type = FRAME_FACTS,
                    .u.facts = {.handle = 9,
                                .key = (char *)"k\xff\x01",
                                .life = (char *)"",
                                .name = (char *)"n\x1b]0;x\a",
                                .kind = KIND_CONTAINER,
                                .can = 0x1ff,
                                .autostart = -1,
                                .persistent = 1,
                                .vcpus = 4,
                                .memory = UINT64_C(1) << 40,
                                .addresses = {(char *)"::1", (char *)"10.0.0.1"},
                                .io_error_disk = (char *)"vda",
                                .io_error_no_space = true,
                                .disks = {{(char *)"vda", (char *)"/i/a \xff", NULL},
                                          {(char *)"vdb", NULL, (char *)"pool"}}}},
    [A_GONE] = {.type = FRAME_GONE, .u.gone = 70000},
    [AN_ANSWERED] = {.type = FRAME_ANSWERED},
    [A_HOST] = {.type = FRAME_HOST, .u.host = &sampled_host},
    [AN_EVENT] = {.type = FRAME_EVENT,
                  .u.event = {0, 1234567890123456789, (char *)"defined", (char *)"disk vda",
                              EVENT_WARN, 40}},
    [A_PROGRESS] = {.type = FRAME_PROGRESS,
                    .u.progress = {.text = (char *)"t",
                                   .percent = -1,
                                   .done = true,
                                   .timed_out = true,
                                   .denied = true}},
    [AN_ANSWER] = {.type = FRAME_ANSWER,
                   .u.answer = {.values = {(char *)"fe80::1", (char *)""},
                                .text = (char *)"a = \xff\n"}},
    [A_LOG] = {.type = FRAME_LOG, .u.log = (char *)"line"},
    [A_STUCK] = {.type = FRAME_STUCK, .u.stuck = 4},
    [A_WANT] = {.type = FRAME_WANT,
                .u.want = {NS_PER_S / 5, visible, 3, 70000, 0x7f, true, 2, paths, 2}},
    [A_DO] = {.type = FRAME_DO,
              .u.action = {.action = ACTION_FORCE_OFF,
                           .key = (char *)"k",
                           .life = (char *)"12:34",
                           .name = (char *)"n",
                           .timeout_s = 90}},
    [AN_ASK] = {.type = FRAME_ASK,
                .u.ask = {(char *)"addresses", (char *)"k", (char *)"", 5, true}},
    [A_STORAGE] = {.type = FRAME_STORAGE, .u.storage = {places, 2, lying, 2}},
    [A_FAILURE] = {.type = FRAME_ANSWER, .u.answer.error = (char *)"timed out"},
    [AN_OPEN] = {.type = FRAME_OPEN,
                 .u.open = {.kind = CONSOLE_ATTACH,
                            .key = (char *)"k\xff",
                            .life = (char *)"12:34",
                            .argv = {(char *)"sh", (char *)"-c", (char *)""},
                            .force = true,
                            .rows = 1,
                            .columns = CONSOLE_SIZE_MAX}},
    [A_CONSOLE] = {.type = FRAME_CONSOLE,
                   .u.console = {.state = CONSOLE_ENDED,
                                 .why = (char *)"\x1b[2J",
                                 .exit_status = 255,
                                 .resizable = true,
                                 .device = (char *)"tty1",
                                 .devices = {(char *)"tty1", (char *)"console"}}},
    [SOME_BYTES] = {.type = FRAME_BYTES, .u.bytes = {(char *)"\0\x1b[0m\xff\0", 7}},
    [A_SIZE] = {.type = FRAME_SIZE, .u.size = {24, 80}},
    [A_CREDIT] = {.type = FRAME_CREDIT, .u.credit = CONSOLE_WINDOW},
    [A_CLOSE] = {.type = FRAME_CLOSE},
    [SOME_CELLS] = {.type = FRAME_CELLS,
                    .u.cells = {.width = 720,
                                .height = SCREEN_PIXELS_MAX,
                                .text_rows = 25,
                                .text_columns = 80,
                                .zoom = 1,
                                .x = 1000,
                                .rows = 2,
                                .columns = 3,
                                .cells = cells,
                                .no_viewer = (char *)"\x1b[2J"}},
    [A_VIEW] = {.type = FRAME_VIEW,
                .u.view = {24, 80, SCREEN_ZOOM_MAX, -1, 1000, true, false, true}},
    [A_PRESS] = {.type = FRAME_PRESS, .u.press = {PRESS_TEXT, 12, (char *)"ls \xff"}},
    [SOME_PARTS] = {.type = FRAME_PARTS,
                    .u.parts = {.handle = 9, .parts = {parts, 2, .left_out = 3, .none = 6}}},
    [SOME_ISOLATION] = {.type = FRAME_ISOLATION,
                        .u.isolation = {9,
                                        {{[ISOLATION_FACT_UID] = {true, 0, NULL, 0},
                                          [ISOLATION_FACT_CAP_BND] = {true, UINT64_MAX, NULL, 0},
                                          [ISOLATION_FACT_PROFILE] = {true, 1, profile, 1},
                                          [ISOLATION_FACT_VFIO] = {true, 0, NULL, 0},
                                          [ISOLATION_FACT_WRITABLE] = {true, 40, paths, 2}}}}},
    [A_COST] = {.type = FRAME_COST,
                .u.cost = {.at_ns = 5,
                           .self = {6, true, 7, UINT64_MAX, true, 8},
                           .calls = 9,
                           .slowest = {"virDomainGetInfo", "\xff\x1b[2J", 10, true}}},
    [A_COST_UNKNOWN] = {.type = FRAME_COST, .u.cost.at_ns = 1},
};

static msgpack_sbuffer make(int which)
{
    msgpack_sbuffer buf = {0};

    if (which != SOME_ROWS)
        return encode(&frames[which]);
    make_rows(&buf);
    return buf;
}

/* Decoding and encoding again gives the same bytes: nothing was lost or bent on the way. */
START_TEST(round_trip_is_exact)
{
    msgpack_sbuffer buf = make(_i), again = {0};
    struct frame frame;

    ck_assert_int_eq(decode(&buf, &frame), 0);
    if (frame.type != FRAME_ROWS) {
        again = encode(&frame);
        ck_assert_uint_eq(again.size, buf.size);
        ck_assert_mem_eq(again.data, buf.data, buf.size);
    }
    frame_clear(&frame);
    free(buf.data);
    free(again.data);
}
END_TEST

START_TEST(values_arrive)
{
    msgpack_sbuffer buf = make(SOME_FACTS);
    struct frame frame;

    ck_assert_int_eq(decode(&buf, &frame), 0);
    ck_assert_int_eq(frame.type, FRAME_FACTS);
    ck_assert_uint_eq(frame.u.facts.handle, 9);
    ck_assert_str_eq(frame.u.facts.key, "k\xff\x01");
    ck_assert_str_eq(frame.u.facts.life, "");
    ck_assert_ptr_null(frame.u.facts.title);
    ck_assert_int_eq(frame.u.facts.autostart, -1);
    ck_assert_uint_eq(frame.u.facts.memory, UINT64_C(1) << 40);
    ck_assert_str_eq(frame.u.facts.addresses[1], "10.0.0.1");
    ck_assert_ptr_null(frame.u.facts.addresses[2]);
    ck_assert_str_eq(frame.u.facts.io_error_disk, "vda");
    ck_assert(frame.u.facts.io_error_no_space);
    ck_assert_str_eq(frame.u.facts.disks[0].source, "/i/a \xff");
    ck_assert_ptr_null(frame.u.facts.disks[0].pool);
    ck_assert_str_eq(frame.u.facts.disks[1].pool, "pool");
    ck_assert_ptr_null(frame.u.facts.disks[2].target);
    frame_clear(&frame);
    free(buf.data);

    buf = make(A_HOST);
    ck_assert_int_eq(decode(&buf, &frame), 0);
    ck_assert(frame.u.host->has_cpu && frame.u.host->has_psi && !frame.u.host->has_memory);
    ck_assert_int_eq(frame.u.host->cpus, 3);
    ck_assert(frame.u.host->cpu[2].idle_ns == UINT64_MAX);
    ck_assert(isnan(frame.u.host->psi_io));
    ck_assert_uint_eq(frame.u.host->link[HOST_DEVICES_MAX - 1].drops, 3);
    frame_clear(&frame);
    free(buf.data);

    buf = make(A_DO);
    ck_assert_int_eq(decode(&buf, &frame), 0);
    ck_assert_int_eq(frame.u.action.action, ACTION_FORCE_OFF);
    ck_assert_str_eq(frame.u.action.life, "12:34");
    frame_clear(&frame);
    free(buf.data);

    buf = make(A_STORAGE);
    ck_assert_int_eq(decode(&buf, &frame), 0);
    ck_assert(frame.u.storage.place[0].inodes_total == UINT64_MAX);
    ck_assert(frame.u.storage.place[1].read_only_fault && !frame.u.storage.place[1].has_inodes);
    ck_assert_int_eq(frame.u.storage.path[0].place, 1);
    ck_assert(!frame.u.storage.path[1].has_allocated);
    frame_clear(&frame);
    free(buf.data);

    buf = make(SOME_PARTS);
    ck_assert_int_eq(decode(&buf, &frame), 0);
    ck_assert_uint_eq(frame.u.parts.parts.left_out, 3);
    ck_assert_uint_eq(frame.u.parts.parts.none, 6);
    ck_assert_str_eq(frame.u.parts.parts.part[0].words[0], "/i/a \xff");
    ck_assert_ptr_null(frame.u.parts.parts.part[0].words[1]);
    ck_assert(frame.u.parts.parts.part[0].value[PART_FIELD_READ] == UINT64_MAX);
    ck_assert(frame.u.parts.parts.part[0].valid == parts[0].valid);
    ck_assert_ptr_null(frame.u.parts.parts.part[1].name);
    frame_clear(&frame);
    free(buf.data);

    buf = make(SOME_ISOLATION);
    ck_assert_int_eq(decode(&buf, &frame), 0);
    const struct isolation_facts *isolation = &frame.u.isolation.facts;
    ck_assert(isolation->at[ISOLATION_FACT_UID].known);
    ck_assert(!isolation->at[ISOLATION_FACT_SECCOMP].known);
    ck_assert(isolation->at[ISOLATION_FACT_CAP_BND].number == UINT64_MAX);
    ck_assert_str_eq(isolation_text(isolation, ISOLATION_FACT_PROFILE), "p\xff");
    ck_assert(isolation->at[ISOLATION_FACT_VFIO].known);
    ck_assert_uint_eq(isolation->at[ISOLATION_FACT_VFIO].count, 0);
    ck_assert_uint_eq(isolation->at[ISOLATION_FACT_WRITABLE].count, 2);
    ck_assert_uint_eq(isolation->at[ISOLATION_FACT_WRITABLE].number, 40);
    frame_clear(&frame);
    free(buf.data);

    buf = make(A_COST);
    ck_assert_int_eq(decode(&buf, &frame), 0);
    ck_assert(frame.u.cost.self.has_calls && frame.u.cost.self.has_memory);
    ck_assert(frame.u.cost.self.writes == UINT64_MAX);
    ck_assert_str_eq(frame.u.cost.slowest.about, "\xff\x1b[2J");
    ck_assert(frame.u.cost.slowest.running);
    free(buf.data);
    buf = make(A_COST_UNKNOWN);
    ck_assert_int_eq(decode(&buf, &frame), 0);
    ck_assert(!frame.u.cost.self.has_calls && !frame.u.cost.self.has_memory);
    free(buf.data);
}
END_TEST

START_TEST(rows_arrive)
{
    msgpack_sbuffer buf = make(SOME_ROWS);
    struct frame frame;
    const struct frame_row *row;

    ck_assert_int_eq(decode(&buf, &frame), 0);
    ck_assert_uint_eq(frame.u.rows.count, 3);
    row = frame.u.rows.row;
    ck_assert_uint_eq(row[0].handle, 1);
    ck_assert_int_eq(row[0].sample.at_ns, 5000);
    ck_assert(row[0].sample.value[FIELD_CPU] == UINT64_MAX);
    ck_assert(sample_has(&row[0].sample, FIELD_PIDS));
    ck_assert_uint_eq(row[0].sample.value[FIELD_PIDS], 0);
    ck_assert_int_eq(row[1].state, STATE_PAUSED);
    ck_assert_str_eq(row[1].reason, "frozen");
    ck_assert_str_eq(row[1].blame, "QEMU \x1b[2J stopped");
    ck_assert_int_eq(row[1].sample.at_ns, 4000);
    ck_assert(!sample_has(&row[1].sample, FIELD_PIDS));
    ck_assert_int_eq(row[2].sample.at_ns, 0);
    ck_assert_uint_eq(row[2].sample.valid, 0);
    frame_clear(&frame);
    free(buf.data);
}
END_TEST

START_TEST(every_truncation_is_refused)
{
    msgpack_sbuffer buf = make(_i);

    for (size_t len = 0; len < buf.size - 4; len++) {
        /* A copy of just that size, so that a sanitizer sees a read past the end. */
        char *data = xmalloc(len ? len : 1);
        struct frame frame;
        memcpy(data, buf.data + 4, len);
        ck_assert_int_eq(frame_parse(&frame, data, len, NULL), ERR_SYNTAX);
        free(data);
    }
    free(buf.data);
}
END_TEST

START_TEST(flipped_bits_do_no_harm)
{
    msgpack_sbuffer buf = make(_i);
    char *data = xmalloc(buf.size);
    unsigned seed = 1;

    for (int round = 0; round < 20000; round++) {
        struct frame frame;
        int flips = 1 + rand_r(&seed) % 4;
        memcpy(data, buf.data + 4, buf.size - 4);
        while (flips--)
            data[(size_t)rand_r(&seed) % (buf.size - 4)] = (char)rand_r(&seed);
        if (frame_parse(&frame, data, buf.size - 4, NULL) == 0)
            frame_clear(&frame);
    }
    free(data);
    free(buf.data);
}
END_TEST

START_TEST(random_bytes_do_no_harm)
{
    unsigned seed = 2;
    char data[512];

    for (int round = 0; round < 100000; round++) {
        struct frame frame;
        size_t len = (size_t)rand_r(&seed) % sizeof(data);
        for (size_t i = 0; i < len; i++)
            data[i] = (char)rand_r(&seed);
        if (len > 2) { /* past the first check */
            data[0] = (char)0x96;
            data[1] = (char)(1 + rand_r(&seed) % 34);
        }
        if (frame_parse(&frame, data, len, NULL) == 0)
            frame_clear(&frame);
    }
}
END_TEST

static void refused(const char *data, size_t len)
{
    struct frame frame = {.type = FRAME_LOG};

    ck_assert_int_eq(frame_parse(&frame, data, len, NULL), ERR_SYNTAX);
    ck_assert_int_eq(frame.type, FRAME_LOG); /* outputs are left alone */
}

#define REFUSED(literal) refused(literal, sizeof(literal) - 1)

START_TEST(what_does_not_fit_is_refused)
{
    REFUSED("");
    REFUSED("\x90");     /* no type */
    REFUSED("\x91\x00"); /* types that there are not */
    REFUSED("\x91\x0f");
    REFUSED("\x91\x63");
    REFUSED("\x91\xce\xff\xff\xff\xff");
    REFUSED("\x91\xff");
    REFUSED("\x81\x02\x02");                 /* a map */
    REFUSED("\x91\x02\x00");                 /* bytes behind the frame */
    REFUSED("\x92\x06\x00");                 /* handle 0 */
    REFUSED("\x92\x06\xff");                 /* negative handle */
    REFUSED("\x92\x06\xcf\0\0\0\1\0\0\0\0"); /* handle above 32 bits */
    REFUSED("\x92\x0c\xa3"
            "a\0b");                             /* NUL inside a string */
    REFUSED("\x92\x0c\xc1");                     /* the byte that means nothing */
    REFUSED("\x92\x0c\xc0");                     /* nil where a string must be */
    REFUSED("\x92\x0d\xcb\x3f\xf0\0\0\0\0\0\0"); /* 1.0 for an integer */
    REFUSED("\x95\x03\x07\xc0\xc0\xc0");         /* no such source state */
    REFUSED("\x97\x20\x00\x90\x00\x00\x90\x00"); /* period 0 */
    REFUSED("\x97\x20\xd2\xff\xff\xff\xff\x90\x00\x00\x90\x00");
    REFUSED("\x96\x21\xa5"
            "crash\xa0\xa0\xc0\x00");            /* no such action */
    REFUSED("\x97\x0a\xc0\xc0\x65\xc3\xc3\xc3"); /* 101 percent */
    /* Parts: of handle 0, of no kind, a field that was not named, a field without a value. */
    REFUSED("\x95\x11\x00\x00\x90\x90");
    REFUSED("\x95\x11\x01\x00\x90\x91\x96\x63\x00\xc0\x90\x05\x90");
    REFUSED("\x95\x11\x01\x00\x91\xa4read\x91\x96\x00\x00\xc0\x90\x05\x92\x01\x05");
    REFUSED("\x95\x11\x01\x00\x91\xa4read\x91\x96\x00\x00\xc0\x90\x05\x91\x00");
}
END_TEST

START_TEST(claims_allocate_nothing)
{
    /* Containers and strings of four thousand million elements, with nothing behind them. */
    REFUSED("\xdd\xff\xff\xff\xff\x05");
    REFUSED("\x94\x05\x01\xdd\xff\xff\xff\xff");
    REFUSED("\x94\x05\x01\x90\xdd\xff\xff\xff\xff");
    REFUSED("\x94\x05\x01\x90\xdd\x00\x00\xff\xff");
    REFUSED("\x97\x20\xce\x3b\x9a\xca\x00\xdd\x00\x00\xff\xff");
    REFUSED("\x97\x20\xce\x3b\x9a\xca\x00\x90\x00\x00\xdd\x00\x00\x0f\xff");
    REFUSED("\x95\x11\x01\x00\x90\xdd\x00\x00\x02\x00");
    REFUSED("\x95\x11\x01\x00\xdd\x00\x00\x00\x80");
    REFUSED("\x93\x0e\xdd\x00\x00\x01\xff\x90");
    REFUSED("\x93\x0e\x90\xdd\x00\x00\xff\xff");
    REFUSED("\x92\x0c\xdb\xff\xff\xff\xff"
            "a");
    REFUSED("\x92\x0c\xc6\xff\xff\xff\xff"
            "a");
    REFUSED("\x92\x02\xdf\xff\xff\xff\xff"
            "a");
    REFUSED("\x92\x02\xc9\xff\xff\xff\xff\x01");
}
END_TEST

START_TEST(strings_are_bounded)
{
    size_t len = FRAME_MAX_STRING + 1;
    char *data = xmalloc(len + 7), *text = xmalloc(len + 1);
    struct frame frame = {.type = FRAME_LOG, .u.log = text};
    msgpack_sbuffer buf;

    memcpy(data, "\x92\x0c\xc6\x00\x01\x00\x01", 7);
    memset(data + 7, 'x', len);
    refused(data, len + 7);
    /* Our own are cut, so that what is sent is always taken. */
    memset(text, 'x', len);
    text[len] = '\0';
    buf = encode(&frame);
    ck_assert_int_eq(decode(&buf, &frame), 0);
    ck_assert_uint_eq(strlen(frame.u.log), FRAME_MAX_STRING);
    frame_clear(&frame);
    free(buf.data);
    free(text);
    free(data);
}
END_TEST

START_TEST(a_part_of_a_later_version_is_understood)
{
    /* Fields "read" and "quarks", five words, an element behind the part's and the frame's. */
    static const char data[] = "\x97\x11\x07\x00\x92\xa4read\xa6quarks\x91\x97\x00\x02\xa1"
                               "a\x95\xc0\xc0\xc0\xa1w\xa1x\x05\x94\x01\x08\x00\x09\xc0\x02\xc3";
    struct frame frame;

    ck_assert_int_eq(frame_parse(&frame, data, sizeof(data) - 1, NULL), 0);
    ck_assert_uint_eq(frame.u.parts.parts.count, 1);
    ck_assert_uint_eq(frame.u.parts.parts.none, 2);
    const struct part *part = frame.u.parts.parts.part;
    ck_assert(part->valid == UINT64_C(1) << PART_FIELD_READ);
    ck_assert_uint_eq(part->value[PART_FIELD_READ], 9);
    ck_assert_str_eq(part->words[3], "w");
    frame_clear(&frame);
}
END_TEST

/* A container of shell scripts with endless command lines: what is said of it stays small. */
START_TEST(many_parts_with_long_words_fit)
{
    struct frame frame = {.type = FRAME_PARTS, .u.parts.handle = 1};
    struct parts *said = &frame.u.parts.parts, made = {0};
    char *text = xmalloc(FRAME_MAX_STRING + 1);
    msgpack_sbuffer buf;

    memset(text, 'x', FRAME_MAX_STRING);
    text[FRAME_MAX_STRING] = '\0';
    for (uint32_t i = 0; i < PARTS_MAX + 5; i++)
        parts_add(said, PART_PROCESS, i, text)->words[1] = xstrdup(text);
    made = *said;
    buf = encode(&frame);
    ck_assert_uint_lt(buf.size, FRAME_MAX_BYTES / 4);
    ck_assert_int_eq(decode(&buf, &frame), 0);
    ck_assert_uint_eq(said->count, PARTS_MAX);
    ck_assert_uint_eq(said->left_out, 5);
    ck_assert_uint_eq(strlen(said->part[0].name), FRAME_MAX_PART_TEXT);
    frame_clear(&frame);
    parts_clear(&made);
    free(buf.data);
    free(text);
}
END_TEST

START_TEST(a_configuration_may_be_long)
{
    struct frame frame = {.type = FRAME_ANSWER};
    char *text = xmalloc(FRAME_MAX_TEXT + 2);

    memset(text, 'x', FRAME_MAX_TEXT + 1);
    text[FRAME_MAX_TEXT + 1] = '\0';
    frame.u.answer.text = text;
    msgpack_sbuffer buf = encode(&frame);
    ck_assert_int_eq(decode(&buf, &frame), 0);
    ck_assert_uint_eq(strlen(frame.u.answer.text), FRAME_MAX_TEXT);
    frame_clear(&frame);
    free(buf.data);
    free(text);
}
END_TEST

START_TEST(deep_nesting_is_passed_over)
{
    size_t depth = 1 << 20;
    char *data = xmalloc(depth + 2);
    struct frame frame;

    data[0] = (char)0x92;
    data[1] = FRAME_BEAT;
    memset(data + 2, 0x91, depth - 1);
    data[depth + 1] = (char)0xc0;
    ck_assert_int_eq(frame_parse(&frame, data, depth + 2, NULL), 0);
    frame_clear(&frame);
    data[depth + 1] = (char)0x91; /* the innermost one lacks its element */
    ck_assert_int_eq(frame_parse(&frame, data, depth + 2, NULL), ERR_SYNTAX);
    free(data);
}
END_TEST

START_TEST(later_versions_are_understood)
{
    /* BEAT with a map, an ext and a float behind it; STUCK with a string. */
    static const char beat[] = "\x94\x02\x81\xa1"
                               "a\x93\x01\xc2\xc0\xd4\x05\x00\xca\x7f\x80\0\0";
    static const char stuck[] = "\x93\x0d\x04\xd9\x01z";
    /* ROWS: columns "cpu", "quarks", "pids"; an element behind the row's values and the frame's. */
    static const char rows[] = "\x95\x05\x64\x93\xa3"
                               "cpu\xa6quarks\xa4pids"
                               "\x91\x99\x07\x01\xc0\xc0\x00\x05\x92\x01\x02\x06\xa1!\xc3";
    struct frame frame;

    ck_assert_int_eq(frame_parse(&frame, beat, sizeof(beat) - 1, NULL), 0);
    ck_assert_int_eq(frame.type, FRAME_BEAT);
    ck_assert_int_eq(frame_parse(&frame, stuck, sizeof(stuck) - 1, NULL), 0);
    ck_assert_int_eq(frame.u.stuck, 4);
    ck_assert_int_eq(frame_parse(&frame, rows, sizeof(rows) - 1, NULL), 0);
    ck_assert_uint_eq(frame.u.rows.count, 1);
    ck_assert_uint_eq(frame.u.rows.row[0].handle, 7);
    ck_assert_int_eq(frame.u.rows.row[0].sample.at_ns, 100);
    ck_assert_uint_eq(frame.u.rows.row[0].sample.value[FIELD_CPU], 5);
    ck_assert_uint_eq(frame.u.rows.row[0].sample.value[FIELD_PIDS], 6);
    ck_assert(frame.u.rows.row[0].sample.valid ==
              (UINT64_C(1) << FIELD_CPU | UINT64_C(1) << FIELD_PIDS));
    frame_clear(&frame);
}
END_TEST

START_TEST(too_many_cpus_or_devices_are_bounded)
{
    struct host_sample *host = xcalloc(1, sizeof(*host));
    struct frame frame = {.type = FRAME_HOST, .u.host = host};
    msgpack_sbuffer buf;

    host->at_ns = 1;
    host->cpus = HOST_CPUS_MAX + 1;
    host->disks = HOST_DEVICES_MAX + 5;
    host->links = -3;
    buf = encode(&frame);
    ck_assert_int_eq(decode(&buf, &frame), 0);
    ck_assert_int_eq(frame.u.host->cpus, HOST_CPUS_MAX);
    ck_assert_int_eq(frame.u.host->disks, HOST_DEVICES_MAX);
    ck_assert_int_eq(frame.u.host->links, 0);
    frame_clear(&frame);
    free(buf.data);
    free(host);
}
END_TEST

/* Counters of a guest that has been up for a while: what a busy host sends each tick. */
static void plausible(struct sample *sample, uint64_t i)
{
    for (int field = 0; field < FIELD_COUNT; field++) {
        uint64_t value = 40 + i % 60; /* small gauges, PSI, pids */
        if (field <= FIELD_CPU_WAIT)
            value = UINT64_C(7200000000000) + i * 12345; /* two hours of CPU */
        else if (field >= FIELD_MEM_USED && field <= FIELD_MEM_OVERHEAD)
            value = UINT64_C(900000000) + i * 4096;
        else if (field == FIELD_DISK_READ || field == FIELD_NET_RX)
            value = UINT64_C(30000000000) + i;
        else if (field >= FIELD_DISK_READ && field <= FIELD_NET_TX_PACKETS)
            value = UINT64_C(40000000) + i;
        sample_set(sample, (enum field)field, value);
    }
}

START_TEST(a_thousand_guests_are_small_and_fast)
{
    struct sample sample = {.at_ns = NS_PER_S};
    struct frame_rows_writer writer;
    msgpack_sbuffer buf = {0};
    struct frame frame;
    int64_t best_put = INT64_MAX, best_parse = INT64_MAX;

    for (int round = 0; round < 5; round++) {
        int64_t start = clock_mono_ns(), mid;
        free(buf.data);
        buf = (msgpack_sbuffer){0};
        frame_rows_begin(&writer, NS_PER_S, ~UINT64_C(0));
        for (uint32_t i = 0; i < 1000; i++) {
            plausible(&sample, i);
            frame_rows_add(&writer, i + 1, STATE_RUNNING, NULL, NULL, &sample);
        }
        frame_rows_end(&writer, &buf);
        mid = clock_mono_ns();
        ck_assert_int_eq(decode(&buf, &frame), 0);
        if (clock_mono_ns() - mid < best_parse)
            best_parse = clock_mono_ns() - mid;
        if (mid - start < best_put)
            best_put = mid - start;
        ck_assert_uint_eq(frame.u.rows.count, 1000);
        ck_assert_uint_eq(frame.u.rows.row[999].sample.value[FIELD_CPU], sample.value[FIELD_CPU]);
        frame_clear(&frame);
    }
    printf("1,000 guests x %d: %zu bytes, written in %.2f ms, read in %.2f ms\n", FIELD_COUNT,
           buf.size, (double)best_put / 1e6, (double)best_parse / 1e6);
    ck_assert_uint_lt(buf.size, 200000);
    ck_assert_int_lt(best_parse, 50 * NS_PER_MS); /* generous: sanitizers, a loaded machine */
    free(buf.data);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("frame codec");
    TCase *tc = tcase_create("frames");
    SRunner *runner;
    int failed;

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, round_trip_is_exact, 0, FRAMES_COUNT);
    tcase_add_test(tc, values_arrive);
    tcase_add_test(tc, rows_arrive);
    tcase_add_loop_test(tc, every_truncation_is_refused, 0, FRAMES_COUNT);
    tcase_add_loop_test(tc, flipped_bits_do_no_harm, 0, FRAMES_COUNT);
    tcase_add_test(tc, random_bytes_do_no_harm);
    tcase_add_test(tc, what_does_not_fit_is_refused);
    tcase_add_test(tc, claims_allocate_nothing);
    tcase_add_test(tc, strings_are_bounded);
    tcase_add_test(tc, a_part_of_a_later_version_is_understood);
    tcase_add_test(tc, many_parts_with_long_words_fit);
    tcase_add_test(tc, a_configuration_may_be_long);
    tcase_add_test(tc, deep_nesting_is_passed_over);
    tcase_add_test(tc, later_versions_are_understood);
    tcase_add_test(tc, too_many_cpus_or_devices_are_bounded);
    tcase_add_test(tc, a_thousand_guests_are_small_and_fast);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
