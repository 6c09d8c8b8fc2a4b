#include "ui/view/line.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

struct line line_new(struct rect rect, int y)
{
    return (struct line){.rect = rect, .y = y, .left = 0, .right = rect.width};
}

/* No gap before the first on a side. */
static int left_start(const struct line *line, int gap)
{
    return line->left ? line->left + gap : 1;
}

bool line_left(struct line *line, int gap, enum style style, const char *fmt, ...)
{
    char text[400];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);

    int start = left_start(line, gap), width = (int)text_width(text);
    if (start + width > line->right)
        return false;
    draw_text(line->rect, line->y, start, style, text);
    line->left = start + width;
    return true;
}

bool line_right(struct line *line, int gap, enum style style, const char *fmt, ...)
{
    char text[400];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);

    int width = (int)text_width(text);
    int start = (line->right == line->rect.width ? line->right - 1 : line->right - gap) - width;
    if (start < left_start(line, 1))
        return false;
    draw_text(line->rect, line->y, start, style, text);
    line->right = start;
    return true;
}

bool line_rest(struct line *line, int gap, enum style style, const char *text)
{
    int start = left_start(line, gap), width = (int)text_width(text);
    int room = line->right - 1 - start;

    if (width > room && room < 8)
        return false;
    if (width > room)
        width = room;
    draw_cell(line->rect, line->y, start, style, text, width);
    line->left = start + width;
    return true;
}

int line_reserve(struct line *line, int gap, int cells)
{
    int start = left_start(line, gap);

    if (start + cells > line->right)
        return -1;
    line->left = start + cells;
    return start;
}
