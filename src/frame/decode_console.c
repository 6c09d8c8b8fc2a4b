#include <stdlib.h>

#include "base/alloc.h"
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

static void decode_cells(struct reader *reader, struct screen_picture *picture)
{
    size_t count;

    picture->width = (int)reader_int(reader, 1, SCREEN_PIXELS_MAX);
    picture->height = (int)reader_int(reader, 1, SCREEN_PIXELS_MAX);
    picture->text_rows = (int)reader_int(reader, 0, SCREEN_PIXELS_MAX);
    picture->text_columns = (int)reader_int(reader, 0, SCREEN_PIXELS_MAX);
    picture->zoom = (int)reader_int(reader, 1, SCREEN_ZOOM_MAX);
    picture->x = (int)reader_int(reader, 0, 1000);
    picture->y = (int)reader_int(reader, 0, 1000);
    picture->no_viewer = reader_text(reader);
    picture->rows = (int)reader_int(reader, 1, CONSOLE_SIZE_MAX);
    picture->columns = (int)reader_int(reader, 1, CONSOLE_SIZE_MAX);
    count = (size_t)picture->rows * (size_t)picture->columns;
    if (reader_array(reader, 0, 3 * SCREEN_CELLS_MAX) != 3 * count)
        reader->bad = true;
    if (reader->bad)
        return;
    picture->cells = xcalloc(count, sizeof(*picture->cells));
    for (size_t i = 0; i < count && !reader->bad; i++) {
        picture->cells[i].glyph = (uint32_t)reader_uint(reader, 0x10ffff);
        picture->cells[i].foreground = (int32_t)reader_int(reader, -1, 0xffffff);
        picture->cells[i].background = (int32_t)reader_int(reader, -1, 0xffffff);
    }
}

static void decode_view(struct reader *reader, struct screen_view *view)
{
    view->rows = (int)reader_int(reader, 1, CONSOLE_SIZE_MAX);
    view->columns = (int)reader_int(reader, 1, CONSOLE_SIZE_MAX);
    view->zoom = (int)reader_int(reader, 1, SCREEN_ZOOM_MAX);
    view->x = (int)reader_int(reader, -1, 1000);
    view->y = (int)reader_int(reader, -1, 1000);
    view->ascii = reader_bool(reader);
    view->mono = reader_bool(reader);
    view->shown = reader_bool(reader);
}

static void decode_press(struct reader *reader, struct press *press)
{
    press->kind = (enum press_kind)reader_uint(reader, PRESS_KIND_COUNT - 1);
    press->number = (int)reader_int(reader, 0, 12);
    press->text = reader_text(reader);
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
    case FRAME_CELLS:
        decode_cells(reader, &frame->u.cells);
        break;
    case FRAME_VIEW:
        decode_view(reader, &frame->u.view);
        break;
    case FRAME_PRESS:
        decode_press(reader, &frame->u.press);
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
    } else if (frame->type == FRAME_CELLS) {
        screen_picture_clear(&frame->u.cells);
    } else if (frame->type == FRAME_PRESS) {
        free(frame->u.press.text);
    }
}
