#include "frame/frame.h"

#include "frame/pack.h"

static void put_list(msgpack_packer *pk, char *const *list, size_t max)
{
    size_t count = 0;

    while (count < max && list[count])
        count++;
    msgpack_pack_array(pk, count);
    for (size_t i = 0; i < count; i++)
        pack_text(pk, list[i]);
}

static void put_bool(msgpack_packer *pk, bool value)
{
    (value ? msgpack_pack_true : msgpack_pack_false)(pk);
}

static void put_facts(msgpack_packer *pk, const struct facts *facts)
{
    msgpack_pack_array(pk, 19);
    msgpack_pack_uint8(pk, FRAME_FACTS);
    msgpack_pack_uint32(pk, facts->handle);
    pack_text(pk, facts->key ? facts->key : "");
    pack_text(pk, facts->life ? facts->life : "");
    pack_text(pk, facts->name);
    pack_text(pk, facts->title);
    pack_text(pk, facts->type);
    pack_text(pk, facts->manager);
    pack_text(pk, facts->domain);
    msgpack_pack_int(pk, (int)facts->kind);
    msgpack_pack_uint32(pk, facts->can);
    msgpack_pack_int(pk, facts->autostart);
    msgpack_pack_int(pk, facts->persistent);
    msgpack_pack_uint32(pk, facts->vcpus);
    msgpack_pack_uint64(pk, facts->memory);
    put_list(pk, facts->addresses, FACTS_ADDRESSES_MAX);
    pack_text(pk, facts->io_error_disk);
    put_bool(pk, facts->io_error_no_space);
    pack_disks(pk, facts->disks);
}

static void put_want(msgpack_packer *pk, const struct frame_want *want)
{
    size_t count = want->visible_count < FRAME_MAX_ROWS ? want->visible_count : FRAME_MAX_ROWS;

    msgpack_pack_array(pk, 8);
    msgpack_pack_uint8(pk, FRAME_WANT);
    msgpack_pack_int64(pk, want->period_ns);
    msgpack_pack_array(pk, count);
    for (size_t i = 0; i < count; i++)
        msgpack_pack_uint32(pk, want->visible[i]);
    msgpack_pack_uint32(pk, want->selected);
    msgpack_pack_int(pk, want->stuck);
    count = want->path_count < STORAGE_PATHS_MAX ? want->path_count : STORAGE_PATHS_MAX;
    msgpack_pack_array(pk, count);
    for (size_t i = 0; i < count; i++)
        pack_text(pk, want->paths[i]);
    msgpack_pack_unsigned_int(pk, want->parts);
    put_bool(pk, want->cost);
}

static void put_answer(msgpack_packer *pk, const struct frame_answer *answer)
{
    msgpack_pack_array(pk, 4);
    msgpack_pack_uint8(pk, FRAME_ANSWER);
    pack_text(pk, answer->error);
    put_list(pk, answer->values, FACTS_ADDRESSES_MAX);
    pack_text_max(pk, answer->text, FRAME_MAX_TEXT);
}

static void put_do(msgpack_packer *pk, const struct frame_do *request)
{
    msgpack_pack_array(pk, 6);
    msgpack_pack_uint8(pk, FRAME_DO);
    pack_text(pk, action_word(request->action));
    pack_text(pk, request->key);
    pack_text(pk, request->life);
    pack_text(pk, request->name);
    msgpack_pack_int(pk, request->timeout_s);
}

static void put_ask(msgpack_packer *pk, const struct frame_ask *ask)
{
    msgpack_pack_array(pk, 6);
    msgpack_pack_uint8(pk, FRAME_ASK);
    pack_text(pk, ask->question);
    pack_text(pk, ask->key);
    pack_text(pk, ask->life);
    msgpack_pack_int(pk, ask->timeout_s);
    put_bool(pk, ask->agent);
}

static void put_progress(msgpack_packer *pk, const struct frame_progress *progress)
{
    msgpack_pack_array(pk, 9);
    msgpack_pack_uint8(pk, FRAME_PROGRESS);
    pack_text(pk, progress->text);
    pack_text(pk, progress->remedy);
    msgpack_pack_int(pk, progress->percent);
    put_bool(pk, progress->done);
    put_bool(pk, progress->failed);
    put_bool(pk, progress->timed_out);
    put_bool(pk, progress->denied);
    put_bool(pk, progress->barred);
}

/* The frames that are a few scalars and strings. */
static void put_simple(msgpack_packer *pk, const struct frame *frame)
{
    switch (frame->type) {
    case FRAME_HELLO:
        msgpack_pack_array(pk, 4);
        msgpack_pack_uint8(pk, FRAME_HELLO);
        msgpack_pack_int(pk, frame->u.hello.protocol);
        pack_text(pk, frame->u.hello.role);
        pack_text(pk, frame->u.hello.source);
        break;
    case FRAME_SOURCE:
        msgpack_pack_array(pk, 6);
        msgpack_pack_uint8(pk, FRAME_SOURCE);
        msgpack_pack_int(pk, (int)frame->u.source.state);
        pack_text(pk, frame->u.source.error);
        pack_text(pk, frame->u.source.remedy);
        pack_text(pk, frame->u.source.note);
        msgpack_pack_int64(pk, frame->u.source.restarted_ns);
        break;
    case FRAME_EVENT:
        msgpack_pack_array(pk, 7);
        msgpack_pack_uint8(pk, FRAME_EVENT);
        msgpack_pack_uint32(pk, frame->u.event.handle);
        msgpack_pack_int64(pk, frame->u.event.wall_ns);
        pack_text(pk, frame->u.event.text ? frame->u.event.text : "");
        pack_text(pk, frame->u.event.topic);
        msgpack_pack_uint8(pk, (uint8_t)frame->u.event.grade);
        msgpack_pack_uint32(pk, frame->u.event.times);
        break;
    case FRAME_PROGRESS:
        put_progress(pk, &frame->u.progress);
        break;
    case FRAME_DO:
        put_do(pk, &frame->u.action);
        break;
    case FRAME_ASK:
        put_ask(pk, &frame->u.ask);
        break;
    case FRAME_LOG:
        msgpack_pack_array(pk, 2);
        msgpack_pack_uint8(pk, FRAME_LOG);
        pack_text(pk, frame->u.log ? frame->u.log : "");
        break;
    case FRAME_GONE:
        msgpack_pack_array(pk, 2);
        msgpack_pack_uint8(pk, FRAME_GONE);
        msgpack_pack_uint32(pk, frame->u.gone);
        break;
    case FRAME_STUCK:
        msgpack_pack_array(pk, 2);
        msgpack_pack_uint8(pk, FRAME_STUCK);
        msgpack_pack_int(pk, frame->u.stuck);
        break;
    case FRAME_SIZE:
        msgpack_pack_array(pk, 3);
        msgpack_pack_uint8(pk, FRAME_SIZE);
        msgpack_pack_int(pk, frame->u.size.rows);
        msgpack_pack_int(pk, frame->u.size.columns);
        break;
    case FRAME_CREDIT:
        msgpack_pack_array(pk, 2);
        msgpack_pack_uint8(pk, FRAME_CREDIT);
        msgpack_pack_uint32(pk, frame->u.credit);
        break;
    default: /* FRAME_BEAT, FRAME_ANSWERED, FRAME_CLOSE */
        msgpack_pack_array(pk, 1);
        msgpack_pack_uint8(pk, (uint8_t)frame->type);
        break;
    }
}

static void put_open(msgpack_packer *pk, const struct frame_open *open)
{
    msgpack_pack_array(pk, 10);
    msgpack_pack_uint8(pk, FRAME_OPEN);
    msgpack_pack_int(pk, (int)open->kind);
    pack_text(pk, open->key);
    pack_text(pk, open->life);
    pack_text(pk, open->name);
    pack_text(pk, open->device);
    put_list(pk, open->argv, CONSOLE_ARGS_MAX);
    put_bool(pk, open->force);
    msgpack_pack_int(pk, open->rows);
    msgpack_pack_int(pk, open->columns);
}

static void put_console(msgpack_packer *pk, const struct frame_console *console)
{
    msgpack_pack_array(pk, 8);
    msgpack_pack_uint8(pk, FRAME_CONSOLE);
    msgpack_pack_int(pk, (int)console->state);
    pack_text(pk, console->why);
    pack_text(pk, console->remedy);
    msgpack_pack_int(pk, console->exit_status);
    put_bool(pk, console->resizable);
    pack_text(pk, console->device);
    put_list(pk, console->devices, CONSOLE_DEVICES_MAX);
}

static void put_bytes(msgpack_packer *pk, const struct frame_bytes *bytes)
{
    msgpack_pack_array(pk, 2);
    msgpack_pack_uint8(pk, FRAME_BYTES);
    msgpack_pack_bin(pk, bytes->len);
    msgpack_pack_bin_body(pk, bytes->data, bytes->len);
}

static void put_cells(msgpack_packer *pk, const struct screen_picture *picture)
{
    size_t count = (size_t)picture->rows * (size_t)picture->columns;

    msgpack_pack_array(pk, 12);
    msgpack_pack_uint8(pk, FRAME_CELLS);
    msgpack_pack_int(pk, picture->width);
    msgpack_pack_int(pk, picture->height);
    msgpack_pack_int(pk, picture->text_rows);
    msgpack_pack_int(pk, picture->text_columns);
    msgpack_pack_int(pk, picture->zoom);
    msgpack_pack_int(pk, picture->x);
    msgpack_pack_int(pk, picture->y);
    pack_text(pk, picture->no_viewer);
    msgpack_pack_int(pk, picture->rows);
    msgpack_pack_int(pk, picture->columns);
    /* Number by number: what a cell costs is what is in it. */
    msgpack_pack_array(pk, 3 * count);
    for (size_t i = 0; i < count; i++) {
        msgpack_pack_uint32(pk, picture->cells[i].glyph);
        msgpack_pack_int32(pk, picture->cells[i].foreground);
        msgpack_pack_int32(pk, picture->cells[i].background);
    }
}

static void put_view(msgpack_packer *pk, const struct screen_view *view)
{
    msgpack_pack_array(pk, 9);
    msgpack_pack_uint8(pk, FRAME_VIEW);
    msgpack_pack_int(pk, view->rows);
    msgpack_pack_int(pk, view->columns);
    msgpack_pack_int(pk, view->zoom);
    msgpack_pack_int(pk, view->x);
    msgpack_pack_int(pk, view->y);
    put_bool(pk, view->ascii);
    put_bool(pk, view->mono);
    put_bool(pk, view->shown);
}

static void put_press(msgpack_packer *pk, const struct press *press)
{
    msgpack_pack_array(pk, 4);
    msgpack_pack_uint8(pk, FRAME_PRESS);
    msgpack_pack_int(pk, (int)press->kind);
    msgpack_pack_int(pk, press->number);
    pack_text(pk, press->text);
}

void frame_put(msgpack_sbuffer *buf, const struct frame *frame)
{
    msgpack_packer pk;
    size_t start = pack_open(buf);

    pack_init(&pk, buf);
    switch (frame->type) {
    case FRAME_FACTS:
        put_facts(&pk, &frame->u.facts);
        break;
    case FRAME_HOST:
        pack_host(&pk, frame->u.host);
        break;
    case FRAME_STORAGE:
        pack_storage(&pk, &frame->u.storage);
        break;
    case FRAME_ISOLATION:
        pack_isolation(&pk, frame->u.isolation.handle, &frame->u.isolation.facts);
        break;
    case FRAME_COST:
        pack_cost(&pk, &frame->u.cost);
        break;
    case FRAME_PARTS:
        pack_parts(&pk, &frame->u.parts);
        break;
    case FRAME_WANT:
        put_want(&pk, &frame->u.want);
        break;
    case FRAME_ANSWER:
        put_answer(&pk, &frame->u.answer);
        break;
    case FRAME_OPEN:
        put_open(&pk, &frame->u.open);
        break;
    case FRAME_CONSOLE:
        put_console(&pk, &frame->u.console);
        break;
    case FRAME_BYTES:
        put_bytes(&pk, &frame->u.bytes);
        break;
    case FRAME_CELLS:
        put_cells(&pk, &frame->u.cells);
        break;
    case FRAME_VIEW:
        put_view(&pk, &frame->u.view);
        break;
    case FRAME_PRESS:
        put_press(&pk, &frame->u.press);
        break;
    default:
        put_simple(&pk, frame);
        break;
    }
    pack_close(buf, start);
}
