#include <stdlib.h>

#include "frame/decode.h"

static void decode_open(struct reader *reader, struct frame_open *open)
{
    open->kind = (enum console_kind)reader_uint(reader, CONSOLE_KIND_COUNT - 1);
    open->key = reader_string(reader);
    open->life = reader_text(reader);
    open->name = reader_text(reader);
    open->device = reader_text(reader);
    decode_list(reader, open->argv, CONSOLE_ARGS_MAX);
    open->force = reader_bool(reader);
    open->rows = (int)reader_int(reader, 1, CONSOLE_SIZE_MAX);
    open->columns = (int)reader_int(reader, 1, CONSOLE_SIZE_MAX);
}

static void decode_state(struct reader *reader, struct frame_console *console)
{
    console->state = (enum console_state)reader_uint(reader, CONSOLE_ENDED);
    console->why = reader_text(reader);
    console->remedy = reader_text(reader);
    console->exit_status = (int)reader_int(reader, -1, 255);
    console->resizable = reader_bool(reader);
    console->device = reader_text(reader);
    decode_list(reader, console->devices, CONSOLE_DEVICES_MAX);
}

void decode_console(struct reader *reader, struct frame *frame)
{
    switch (frame->type) {
    case FRAME_OPEN:
        decode_open(reader, &frame->u.open);
        break;
    case FRAME_CONSOLE:
        decode_state(reader, &frame->u.console);
        break;
    case FRAME_BYTES:
        frame->u.bytes.data = reader_bytes(reader, CONSOLE_WINDOW, &frame->u.bytes.len);
        break;
    case FRAME_SIZE:
        frame->u.size.rows = (int)reader_int(reader, 1, CONSOLE_SIZE_MAX);
        frame->u.size.columns = (int)reader_int(reader, 1, CONSOLE_SIZE_MAX);
        break;
    case FRAME_CREDIT:
        frame->u.credit = (uint32_t)reader_uint(reader, CONSOLE_WINDOW);
        break;
    default:
        break;
    }
}

void clear_console(struct frame *frame)
{
    if (frame->type == FRAME_OPEN) {
        free(frame->u.open.key);
        free(frame->u.open.life);
        free(frame->u.open.name);
        free(frame->u.open.device);
        clear_list(frame->u.open.argv, CONSOLE_ARGS_MAX);
    } else if (frame->type == FRAME_CONSOLE) {
        free(frame->u.console.why);
        free(frame->u.console.remedy);
        free(frame->u.console.device);
        clear_list(frame->u.console.devices, CONSOLE_DEVICES_MAX);
    } else if (frame->type == FRAME_BYTES) {
        free(frame->u.bytes.data);
    }
}
