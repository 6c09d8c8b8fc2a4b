#include <math.h>

#include "ui/term/term.h"
#include "ui/widget/draw.h"

static void fill(struct rect rect, int y, int x, int cells, const struct segment *segment)
{
    const char ascii[2] = {segment->ascii, '\0'};

    for (int i = 0; i < cells; i++)
        draw_text(rect, y, x + i, segment->style, term_is_utf8() ? segment->utf8 : ascii);
}

void draw_segments(struct rect rect, int y, int x, int cells, const struct segment *segments,
                   int count, double total)
{
    double sum = 0;
    int at = 0;

    for (int i = 0; i < count && total > 0; i++) {
        if (isnan(segments[i].value) || segments[i].value <= 0)
            continue;
        sum += segments[i].value;
        /* Each ends where the sum ends: parts add up as the figures do. */
        int end = (int)lround(fmin(sum / total, 1) * cells);
        if (end == at && at < cells)
            end++;
        fill(rect, y, x + at, end - at, &segments[i]);
        at = end;
    }
}
