#include "ui/term/style.h"

#include <curses.h>

#include "base/cleanup.h"
#include "config/theme.h"
#include "ui/term/canvas.h"
#include "ui/term/term.h"

static const char *const NAMES[STYLE_COUNT] = {
#define STYLE_NAME(id, name) [STYLE_##id] = name,
    STYLE_LIST(STYLE_NAME)
#undef STYLE_NAME
};

/* The default theme: the terminal's own colours for all that is calm, and looks that still say the
 * same without any colour. */
static const char *const DEFAULTS[STYLE_COUNT] = {
    [STYLE_NORMAL] = "",
    [STYLE_DIM] = "245|dim",
    [STYLE_STALE] = "242|dim",
    [STYLE_TITLE] = "bold",
    [STYLE_HEADER] = "underline 248|underline",
    [STYLE_SORTED] = "bold underline",
    [STYLE_SELECTED] = "231 on 24|reverse",
    [STYLE_SELECTED_AWAY] = "255 on 238|underline",
    [STYLE_MARKED] = "bold cyan|bold",
    [STYLE_WARN] = "bold 214|bold yellow|bold",
    [STYLE_BAD] = "bold 203|bold red|bold reverse",
    [STYLE_GOOD] = "108|green|",
    [STYLE_METER] = "73|cyan|",
    [STYLE_METER_WARN] = "214|yellow|bold",
    [STYLE_METER_BAD] = "203|red|bold",
    [STYLE_METER_EMPTY] = "238|dim",
    [STYLE_GRAPH] = "73|cyan|",
    [STYLE_GRAPH_2] = "179|yellow|bold",
    [STYLE_GRAPH_3] = "139|magenta|",
    [STYLE_GRAPH_4] = "75|blue|bold",
    [STYLE_GRAPH_5] = "113|green|",
    [STYLE_GRAPH_6] = "252|white|bold",
    [STYLE_AXIS] = "240|dim",
    [STYLE_KEY] = "bold",
    [STYLE_KEY_TEXT] = "245|dim",
    [STYLE_DIALOG] = "",
    [STYLE_DIALOG_TITLE] = "bold",
    [STYLE_BUTTON] = "",
    [STYLE_BUTTON_FOCUS] = "reverse",
    [STYLE_DISABLED] = "240|dim",
    [STYLE_BADGE] = "reverse",
};

static int attributes[STYLE_COUNT];

static int pair_of(const struct look *look, int *next)
{
    if (look->foreground < 0 && look->background < 0)
        return 0;
    if (*next >= COLOR_PAIRS)
        return 0;
    init_pair((short)*next, look->foreground, look->background);
    return (*next)++;
}

void style_use(const struct look looks[STYLE_COUNT])
{
    int next = 1;
    canvas_forget();
    for (int i = 0; i < STYLE_COUNT; i++) {
        chtype value = 0;
        if (looks[i].attributes & LOOK_BOLD)
            value |= A_BOLD;
        if (looks[i].attributes & LOOK_DIM)
            value |= A_DIM;
        if (looks[i].attributes & LOOK_REVERSE)
            value |= A_REVERSE;
        if (looks[i].attributes & LOOK_UNDERLINE)
            value |= A_UNDERLINE;
        if (term_has_colour())
            value |= COLOR_PAIR(pair_of(&looks[i], &next));
        attributes[i] = (int)value;
    }
    /* Guests' colours are given pairs as they come (widget/cells.c): not one that a theme may need
     * later. */
    for (; term_has_colour() && next <= STYLE_COUNT && next < COLOR_PAIRS; next++)
        init_pair((short)next, -1, -1);
}

int style_colours(void)
{
    return term_has_colour() ? COLORS : 0;
}

int style_read(struct look looks[STYLE_COUNT], const char *path, int colours, struct error *err)
{
    for (int i = 0; i < STYLE_COUNT; i++)
        look_pick(&looks[i], DEFAULTS[i], colours, NULL);
    return path ? theme_load(path, NAMES, STYLE_COUNT, colours, looks, err) : 0;
}

int style_attributes(enum style style)
{
    return attributes[style];
}
