#include "frame/decode.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"

#define PERIOD_MIN_NS NS_PER_MS
#define PERIOD_MAX_NS (24 * 3600 * NS_PER_S)

static uint32_t decode_handle(struct reader *reader)
{
    uint32_t handle = (uint32_t)reader_uint(reader, UINT32_MAX);

    if (handle == 0) /* means "none" wherever a handle may be absent */
        reader->bad = true;
    return handle;
}

void decode_list(struct reader *reader, char **list, size_t max)
{
    size_t count = reader_array(reader, 0, SIZE_MAX);
    size_t kept = count < max ? count : max;

    for (size_t i = 0; i < kept && !reader->bad; i++)
        list[i] = reader_string(reader);
    reader_skip(reader, count - kept);
}

static void decode_facts(struct reader *reader, struct facts *facts)
{
    facts->handle = decode_handle(reader);
    facts->key = reader_string(reader);
    facts->life = reader_string(reader);
    facts->name = reader_text(reader);
    facts->title = reader_text(reader);
    facts->type = reader_text(reader);
    facts->manager = reader_text(reader);
    facts->domain = reader_text(reader);
    facts->kind = (enum guest_kind)reader_uint(reader, KIND_CONTAINER);
    facts->can = (uint32_t)reader_uint(reader, UINT32_MAX);
    facts->autostart = (int)reader_int(reader, -1, 1);
    facts->persistent = (int)reader_int(reader, -1, 1);
    facts->vcpus = (uint32_t)reader_uint(reader, UINT32_MAX);
    facts->memory = reader_uint(reader, UINT64_MAX);
    decode_list(reader, facts->addresses, FACTS_ADDRESSES_MAX);
    facts->io_error_disk = reader_text(reader);
    facts->io_error_no_space = reader_bool(reader);
    decode_disks(reader, facts->disks);
}

static void decode_want(struct reader *reader, struct frame_want *want)
{
    size_t count;

    want->period_ns = reader_int(reader, PERIOD_MIN_NS, PERIOD_MAX_NS);
    count = reader_array(reader, 0, FRAME_MAX_ROWS);
    if (reader->bad)
        return;
    want->visible = xcalloc(count ? count : 1, sizeof(*want->visible));
    want->visible_count = count;
    for (size_t i = 0; i < count; i++)
        want->visible[i] = (uint32_t)reader_uint(reader, UINT32_MAX);
    want->selected = (uint32_t)reader_uint(reader, UINT32_MAX);
    want->stuck = (int)reader_int(reader, 0, INT_MAX);
    count = reader_array(reader, 0, STORAGE_PATHS_MAX);
    if (reader->bad)
        return;
    want->paths = xcalloc(count + 1, sizeof(*want->paths));
    want->path_count = count;
    for (size_t i = 0; i < count; i++)
        want->paths[i] = reader_string(reader);
    want->parts = (unsigned)reader_uint(reader, UINT32_MAX);
    want->cost = reader_bool(reader);
}

static void decode_do(struct reader *reader, struct frame_do *request)
{
    char word[32] = "";

    reader_string_into(reader, word, sizeof(word));
    request->action = action_from_word(word);
    if (request->action == ACTION_COUNT)
        reader->bad = true;
    request->key = reader_string(reader);
    request->life = reader_string(reader);
    request->name = reader_text(reader);
    request->timeout_s = (int)reader_int(reader, 0, INT_MAX);
}

static void decode_progress(struct reader *reader, struct frame_progress *progress)
{
    progress->text = reader_text(reader);
    progress->remedy = reader_text(reader);
    progress->percent = (int)reader_int(reader, -1, 100);
    progress->done = reader_bool(reader);
    progress->failed = reader_bool(reader);
    progress->timed_out = reader_bool(reader);
    progress->denied = reader_bool(reader);
    progress->barred = reader_bool(reader);
}

/* The rest of the frames that have a fixed number of elements behind their type. */
static void decode_fields(struct reader *reader, struct frame *frame)
{
    switch (frame->type) {
    case FRAME_HELLO:
        frame->u.hello.protocol = (int)reader_int(reader, 0, INT_MAX);
        frame->u.hello.role = reader_string(reader);
        frame->u.hello.source = reader_string(reader);
        break;
    case FRAME_SOURCE:
        frame->u.source.state = (enum source_state)reader_uint(reader, SOURCE_FAILED);
        frame->u.source.error = reader_text(reader);
        frame->u.source.remedy = reader_text(reader);
        frame->u.source.note = reader_text(reader);
        /* A simulated daemon may be older than the clock. */
        frame->u.source.restarted_ns = reader_int(reader, -INT64_MAX / 2, INT64_MAX / 2);
        break;
    case FRAME_FACTS:
        decode_facts(reader, &frame->u.facts);
        break;
    case FRAME_GONE:
        frame->u.gone = decode_handle(reader);
        break;
    case FRAME_EVENT:
        frame->u.event.handle = (uint32_t)reader_uint(reader, UINT32_MAX);
        frame->u.event.wall_ns = reader_int(reader, 0, INT64_MAX);
        frame->u.event.text = reader_string(reader);
        frame->u.event.topic = reader_text(reader);
        frame->u.event.grade = (enum event_grade)reader_uint(reader, EVENT_BAD);
        frame->u.event.times = (uint32_t)reader_uint(reader, UINT32_MAX);
        break;
    case FRAME_PROGRESS:
        decode_progress(reader, &frame->u.progress);
        break;
    case FRAME_ANSWER:
        frame->u.answer.error = reader_text(reader);
        decode_list(reader, frame->u.answer.values, FACTS_ADDRESSES_MAX);
        frame->u.answer.text = reader_text_max(reader, FRAME_MAX_TEXT);
        break;
    case FRAME_LOG:
        frame->u.log = reader_string(reader);
        break;
    case FRAME_STUCK:
        frame->u.stuck = (int)reader_int(reader, 0, INT_MAX);
        break;
    case FRAME_ISOLATION:
        decode_isolation(reader, &frame->u.isolation);
        break;
    case FRAME_COST:
        decode_cost(reader, &frame->u.cost);
        break;
    case FRAME_WANT:
        decode_want(reader, &frame->u.want);
        break;
    case FRAME_DO:
        decode_do(reader, &frame->u.action);
        break;
    case FRAME_ASK:
        frame->u.ask.question = reader_string(reader);
        frame->u.ask.key = reader_string(reader);
        frame->u.ask.life = reader_string(reader);
        frame->u.ask.timeout_s = (int)reader_int(reader, 0, INT_MAX);
        frame->u.ask.agent = reader_bool(reader);
        break;
    default: /* FRAME_BEAT, FRAME_ANSWERED, FRAME_CLOSE carry nothing; others have a file */
        decode_console(reader, frame);
        break;
    }
}

/* Elements behind the type that this version knows; -1: no such frame. */
static int known_elements(uint64_t type)
{
    static const signed char elements[] = {
        [FRAME_HELLO] = 3, [FRAME_BEAT] = 0,     [FRAME_SOURCE] = 5,   [FRAME_FACTS] = 18,
        [FRAME_ROWS] = 3,  [FRAME_GONE] = 1,     [FRAME_ANSWERED] = 0, [FRAME_HOST] = 14,
        [FRAME_EVENT] = 6, [FRAME_PROGRESS] = 8, [FRAME_ANSWER] = 3,   [FRAME_LOG] = 1,
        [FRAME_STUCK] = 1, [FRAME_STORAGE] = 2,  [FRAME_CONSOLE] = 7,  [FRAME_WANT] = 7,
        [FRAME_DO] = 5,    [FRAME_ASK] = 5,      [FRAME_OPEN] = 9,     [FRAME_SIZE] = 2,
        [FRAME_CLOSE] = 0, [FRAME_BYTES] = 1,    [FRAME_CREDIT] = 1,   [FRAME_CELLS] = 11,
        [FRAME_VIEW] = 8,  [FRAME_PRESS] = 3,    [FRAME_PARTS] = 4,    [FRAME_ISOLATION] = 2,
        [FRAME_COST] = 10,
    };

    if (type < FRAME_HELLO || type > FRAME_CREDIT || (type > FRAME_COST && type < FRAME_WANT) ||
        (type > FRAME_PRESS && type < FRAME_BYTES))
        return -1;
    return elements[type];
}

int frame_parse(struct frame *ret, const char *data, size_t len, struct error *err)
{
    struct frame frame = {0};
    struct reader reader;
    size_t count;
    uint64_t type;
    int known;

    reader_init(&reader, data, len);
    count = reader_array(&reader, 1, SIZE_MAX);
    type = reader_uint(&reader, UINT32_MAX);
    if (reader.bad)
        return error_set(err, ERR_SYNTAX, NULL, "the frame does not begin with its type");
    known = known_elements(type);
    if (known < 0)
        return error_set(err, ERR_SYNTAX, NULL, "there is no frame type %u", (unsigned)type);
    if (count - 1 < (size_t)known)
        return error_set(err, ERR_SYNTAX, NULL, "a frame of type %u is short", (unsigned)type);

    frame.type = (enum frame_type)type;
    if (type == FRAME_ROWS) {
        decode_rows(&reader, count - 1, &frame);
    } else if (type == FRAME_HOST) {
        decode_host(&reader, count - 1, &frame);
    } else if (type == FRAME_STORAGE) {
        decode_storage(&reader, count - 1, &frame);
    } else if (type == FRAME_PARTS) {
        decode_parts(&reader, count - 1, &frame);
    } else {
        decode_fields(&reader, &frame);
        reader_skip(&reader, count - 1 - (size_t)known);
    }
    if (reader.bad || reader.at != reader.end) {
        frame_clear(&frame);
        return error_set(err, ERR_SYNTAX, NULL, "a frame of type %u is malformed", (unsigned)type);
    }
    *ret = frame;
    return 0;
}

void clear_list(char **list, size_t max)
{
    for (size_t i = 0; i < max; i++)
        free(list[i]);
}

static void clear_rows(struct frame *frame)
{
    for (size_t i = 0; i < frame->u.rows.count; i++) {
        free(frame->u.rows.row[i].reason);
        free(frame->u.rows.row[i].blame);
    }
    free(frame->u.rows.row);
}

static void clear_request(struct frame *frame)
{
    if (frame->type == FRAME_DO) {
        free(frame->u.action.key);
        free(frame->u.action.life);
        free(frame->u.action.name);
    } else {
        free(frame->u.ask.question);
        free(frame->u.ask.key);
        free(frame->u.ask.life);
    }
}

void frame_clear(struct frame *frame)
{
    if (!frame)
        return;
    switch (frame->type) {
    case FRAME_HELLO:
        free(frame->u.hello.role);
        free(frame->u.hello.source);
        break;
    case FRAME_SOURCE:
        free(frame->u.source.error);
        free(frame->u.source.remedy);
        free(frame->u.source.note);
        break;
    case FRAME_FACTS:
        facts_clear(&frame->u.facts);
        break;
    case FRAME_ROWS:
        clear_rows(frame);
        break;
    case FRAME_HOST:
        free(frame->u.host);
        break;
    case FRAME_EVENT:
        free(frame->u.event.text);
        free(frame->u.event.topic);
        break;
    case FRAME_PROGRESS:
        free(frame->u.progress.text);
        free(frame->u.progress.remedy);
        break;
    case FRAME_ANSWER:
        free(frame->u.answer.error);
        free(frame->u.answer.text);
        clear_list(frame->u.answer.values, FACTS_ADDRESSES_MAX);
        break;
    case FRAME_LOG:
        free(frame->u.log);
        break;
    case FRAME_STORAGE:
        storage_report_clear(&frame->u.storage);
        break;
    case FRAME_ISOLATION:
        isolation_facts_clear(&frame->u.isolation.facts);
        break;
    case FRAME_PARTS:
        parts_clear(&frame->u.parts.parts);
        break;
    case FRAME_WANT:
        free(frame->u.want.visible);
        for (size_t i = 0; i < frame->u.want.path_count; i++)
            free(frame->u.want.paths[i]);
        free(frame->u.want.paths);
        break;
    case FRAME_DO:
    case FRAME_ASK:
        clear_request(frame);
        break;
    default:
        clear_console(frame);
        break;
    }
    memset(frame, 0, sizeof(*frame));
}
