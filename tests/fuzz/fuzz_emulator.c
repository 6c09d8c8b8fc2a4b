/* A guest's bytes on their way to cells.  Built with clang's libFuzzer it looks for new ones;
 * without, it runs over the files and folders it is given, as a test does.
 *
 * The first two bytes are the size, a byte 0xfe in what follows is another size. */
#include "fuzz/must.h"

#include <string.h>

#include "base/text.h"
#include "ui/emulator/emulator.h"
#include "ui/emulator/filter.h"

#define LINES 200
#define BYTES ((size_t)1 << 16)
#define PIECE 37

/* What is drawn: nothing that could move a terminal's cursor, and each line in its columns. */
static void check_line(const struct emulator *emulator, long index)
{
    struct cell cells[EMULATOR_SIZE_MAX];
    size_t count = (size_t)emulator_columns(emulator), columns = 0;
    char text[16 * EMULATOR_SIZE_MAX];

    emulator_line(emulator, index, cells, count);
    for (size_t i = 0; i < count; i++) {
        int width = cells[i].chars[0] ? text_cp_width(cells[i].chars[0]) : cells[i].width;
        must(width == cells[i].width || cells[i].width == 0, "a cell has its width");
        must(cells[i].width != 2 || (i + 1 < count && cells[i + 1].width == 0), "wide is two");
        for (int c = 1; c < CELL_CHARS && cells[i].chars[c]; c++)
            must(text_cp_width(cells[i].chars[c]) == 0, "a mark has no width");
        columns += cells[i].width;
    }
    must(columns == count, "a line has its columns");
    emulator_line_text(emulator, index, text, sizeof(text));
    for (const char *at = text; *at; at++)
        must((unsigned char)*at >= ' ' && *at != 0x7f, "text has no controls");
}

static void check(struct emulator *emulator)
{
    char answers[EMULATOR_ANSWERS_MAX];
    int row, column;
    long lines = emulator_lines(emulator);
    size_t len = emulator_take_answers(emulator, answers);

    for (size_t i = 0; i < len; i++)
        must(memchr("\033[0123456789;?>$nRcy", answers[i], 20) != NULL, "answers are set forms");
    must(emulator_scrollback_bytes(emulator) <= BYTES, "the scrollback is bounded");
    must(lines <= LINES + emulator_rows(emulator), "lines are bounded");
    emulator_cursor(emulator, &row, &column);
    for (long i = lines > 40 ? lines - 40 : 0; i < lines; i++)
        check_line(emulator, i);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct filter log = {0}, words = {0};
    char text[FILTER_ROOM(PIECE)], key[16];

    if (size < 2)
        return 0;
    struct emulator *emulator = emulator_new(data[0] % 60, data[1] % 100, LINES, BYTES);
    for (size_t at = 2; at < size;) {
        size_t len = size - at < PIECE ? size - at : PIECE;
        const uint8_t *resize = memchr(data + at, 0xfe, len);
        if (resize && at + 2 < size && resize == data + at) {
            emulator_resize(emulator, data[at + 1] % 60, data[at + 2] % 100);
            at += 3;
            continue;
        }
        len = resize && resize > data + at ? (size_t)(resize - (data + at)) : len;
        emulator_feed(emulator, (const char *)data + at, len);
        must(filter_take(&log, (const char *)data + at, len, FILTER_LOG, text) <= sizeof(text) &&
                 filter_take(&words, (const char *)data + at, len, FILTER_TEXT, text) <=
                     sizeof(text),
             "what is left has room");
        emulator_key_bytes(emulator, EMULATOR_UP, key);
        emulator_paste_mark(emulator, false, key);
        at += len;
    }
    check(emulator);
    emulator_reset_modes(emulator);
    check(emulator);
    emulator_free(emulator);
    return 0;
}
