#include "ui/emulator/redraw.h"

#include <stdio.h>

#include "base/text.h"

static void put_colour(FILE *out, int32_t colour, int base)
{
    if (colour >= COLOUR_RGB)
        fprintf(out, ";%d;2;%d;%d;%d", base + 8, colour >> 16 & 255, colour >> 8 & 255,
                colour & 255);
    else if (colour >= 8)
        fprintf(out, ";%d;5;%d", base + 8, colour);
    else if (colour != COLOUR_OWN)
        fprintf(out, ";%d", base + colour);
}

static void put_look(FILE *out, const struct cell *cell)
{
    static const struct {
        uint8_t flag;
        char code;
    } codes[] = {{CELL_BOLD, '1'},  {CELL_ITALIC, '3'},  {CELL_UNDERLINE, '4'},
                 {CELL_BLINK, '5'}, {CELL_REVERSE, '7'}, {CELL_STRIKE, '9'}};

    fputs("\033[0", out);
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (cell->flags & codes[i].flag)
            fprintf(out, ";%c", codes[i].code);
    put_colour(out, cell->foreground, 30);
    put_colour(out, cell->background, 40);
    fputc('m', out);
}

static void put_characters(FILE *out, const struct cell *cell)
{
    char bytes[4];

    if (!cell->chars[0])
        fputc(' ', out);
    for (int i = 0; i < CELL_CHARS && cell->chars[i]; i++)
        fwrite(bytes, 1, text_encode(cell->chars[i], bytes), out);
}

/* LOOK: how the terminal writes at present. */
static void put_row(FILE *out, const struct cell *cells, int count, struct cell *look)
{
    while (count > 0 && cell_is_blank(&cells[count - 1]))
        count--;
    for (int i = 0; i < count; i++) {
        if (cells[i].width == 0)
            continue;
        if (!cell_looks_like(look, &cells[i])) {
            put_look(out, &cells[i]);
            *look = cells[i];
        }
        put_characters(out, &cells[i]);
    }
}

char *emulator_redraw(const struct emulator *emulator, size_t *ret_len)
{
    struct cell cells[EMULATOR_SIZE_MAX], look;
    int rows = emulator_rows(emulator), columns = emulator_columns(emulator), row, column;
    long first = emulator_lines(emulator) - rows;
    char *text = NULL;
    FILE *out = open_memstream(&text, ret_len);

    look = (struct cell){.foreground = COLOUR_OWN, .background = COLOUR_OWN};
    fputs(emulator_is_alternate(emulator) ? "\033[?1049h\033[m\033[2J" : "\033[m\033[2J", out);
    for (int i = 0; i < rows; i++) {
        emulator_line(emulator, first + i, cells, (size_t)columns);
        fprintf(out, "\033[%d;1H", i + 1);
        put_row(out, cells, columns, &look);
    }
    look = emulator_pen(emulator);
    put_look(out, &look);
    bool shown = emulator_cursor(emulator, &row, &column);
    fprintf(out, "\033[%d;%dH\033[?25%c", row + 1, column + 1, shown ? 'h' : 'l');
    fclose(out);
    return text;
}
