#include "ui/emulator/vterm_cell.h"

#include <string.h>

static int32_t colour_from(const VTermColor *colour, bool own)
{
    if (own)
        return COLOUR_OWN;
    if (VTERM_COLOR_IS_INDEXED(colour))
        return colour->indexed.idx;
    return COLOUR_RGB | colour->rgb.red << 16 | colour->rgb.green << 8 | colour->rgb.blue;
}

void cell_from_vterm(struct cell *cell, const VTermScreenCell *from)
{
    unsigned flags =
        (from->attrs.bold ? CELL_BOLD : 0u) | (from->attrs.underline ? CELL_UNDERLINE : 0u) |
        (from->attrs.italic ? CELL_ITALIC : 0u) | (from->attrs.blink ? CELL_BLINK : 0u) |
        (from->attrs.reverse ? CELL_REVERSE : 0u) | (from->attrs.strike ? CELL_STRIKE : 0u);

    *cell = (struct cell){
        .width = from->chars[0] == (uint32_t)-1 ? 0 : 1,
        .flags = (uint8_t)flags,
        .foreground = colour_from(&from->fg, VTERM_COLOR_IS_DEFAULT_FG(&from->fg)),
        .background = colour_from(&from->bg, VTERM_COLOR_IS_DEFAULT_BG(&from->bg)),
    };
    for (int i = 0; i < CELL_CHARS && from->chars[i] && cell->width; i++)
        cell->chars[i] = from->chars[i];
}

static VTermColor colour_to(const VTermState *state, int32_t colour, bool foreground)
{
    VTermColor fg, bg, ret;

    if (colour == COLOUR_OWN) {
        vterm_state_get_default_colors(state, &fg, &bg);
        return foreground ? fg : bg;
    }
    if (colour >= COLOUR_RGB)
        vterm_color_rgb(&ret, (uint8_t)(colour >> 16 & 255), (uint8_t)(colour >> 8 & 255),
                        (uint8_t)(colour & 255));
    else
        vterm_color_indexed(&ret, (uint8_t)colour);
    return ret;
}

void cell_to_vterm(const VTermState *state, const struct cell *cell, VTermScreenCell *to)
{
    memset(to, 0, sizeof(*to));
    to->width = (char)(cell->width ? cell->width : 1);
    to->attrs.bold = (cell->flags & CELL_BOLD) != 0;
    to->attrs.underline = (cell->flags & CELL_UNDERLINE) != 0;
    to->attrs.italic = (cell->flags & CELL_ITALIC) != 0;
    to->attrs.blink = (cell->flags & CELL_BLINK) != 0;
    to->attrs.reverse = (cell->flags & CELL_REVERSE) != 0;
    to->attrs.strike = (cell->flags & CELL_STRIKE) != 0;
    to->fg = colour_to(state, cell->foreground, true);
    to->bg = colour_to(state, cell->background, false);
    for (int i = 0; i < CELL_CHARS && cell->chars[i]; i++)
        to->chars[i] = cell->chars[i];
}

struct cell cell_of_pen(const VTermState *state)
{
    VTermScreenCell pen = {0};
    VTermValue value;
    struct cell ret;

    pen.attrs.bold = vterm_state_get_penattr(state, VTERM_ATTR_BOLD, &value) && value.boolean;
    pen.attrs.italic = vterm_state_get_penattr(state, VTERM_ATTR_ITALIC, &value) && value.boolean;
    pen.attrs.blink = vterm_state_get_penattr(state, VTERM_ATTR_BLINK, &value) && value.boolean;
    pen.attrs.reverse = vterm_state_get_penattr(state, VTERM_ATTR_REVERSE, &value) && value.boolean;
    pen.attrs.strike = vterm_state_get_penattr(state, VTERM_ATTR_STRIKE, &value) && value.boolean;
    pen.attrs.underline =
        vterm_state_get_penattr(state, VTERM_ATTR_UNDERLINE, &value) && value.number;
    vterm_state_get_penattr(state, VTERM_ATTR_FOREGROUND, &value);
    pen.fg = value.color;
    vterm_state_get_penattr(state, VTERM_ATTR_BACKGROUND, &value);
    pen.bg = value.color;
    cell_from_vterm(&ret, &pen);
    return ret;
}
