/* A machine's graphical screen as cells of a terminal, and what can be pressed on its keyboard. */
#ifndef VCTOP_MODEL_SCREEN_H
#define VCTOP_MODEL_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCREEN_CELLS_MAX ((size_t)64 << 10)
#define SCREEN_PIXELS_MAX 4096 /* a side */
#define SCREEN_ZOOM_MAX 16

/* What the pane wants to see. */
struct screen_view {
    int rows, columns; /* of the pane, 1 to CONSOLE_SIZE_MAX */
    int zoom;          /* 1: all of the screen, or its text; else a part, 1/zoom of each side */
    int x, y;          /* the middle of that part in thousandths of the screen; -1: choose */
    bool ascii;        /* nothing but ASCII */
    bool mono;         /* no colours */
    bool shown;        /* false: nobody looks, nothing is to be refreshed */
};

bool screen_view_equal(const struct screen_view *a, const struct screen_view *b);

struct screen_cell {
    uint32_t glyph;                 /* takes one column */
    int32_t foreground, background; /* 0xRRGGBB; -1: the terminal's own */
};

/* What it looked like. */
struct screen_picture {
    int width, height;           /* of the screen, pixels */
    int text_rows, text_columns; /* of its text, when it shows text that was read; else 0 */
    int zoom, x, y;              /* what is seen: as asked for, or as chosen */
    int rows, columns;           /* of the cells, at most those of the pane */
    struct screen_cell *cells;   /* row by row, owned */
    char *no_viewer;             /* why virt-viewer cannot be started, owned; NULL: it can */
};

void screen_picture_clear(struct screen_picture *picture);

/* ---- its keyboard ---- */

enum press_kind {
    PRESS_CTRL_ALT_DEL,
    PRESS_CTRL_ALT_F, /* NUMBER: 1 to 12 */
    PRESS_TEXT,       /* a line of TEXT, then Enter */
    PRESS_NMI,        /* not a key, but it is asked for in the same way */
    PRESS_VIEWER,     /* starts virt-viewer: nothing is pressed */
    PRESS_KIND_COUNT
};

#define PRESS_TEXT_MAX 120 /* characters of a line: some seconds */
#define PRESS_KEYS_MAX 4   /* down at once */

struct press {
    enum press_kind kind;
    int number;
    char *text; /* else NULL */
};

/* Keys that go down together, as Linux numbers them (KEY_A is 30). */
struct press_chord {
    unsigned keys[PRESS_KEYS_MAX];
    size_t count;
};

/* The chords of PRESS, one after the other, on a keyboard of US layout; returns how many, at most
 * PRESS_TEXT_MAX + 1; 0 when it is not of keys, or its text holds what such a keyboard has not. */
size_t press_chords(const struct press *press, struct press_chord *chords);

/* The first byte of TEXT that cannot be typed, or that is one too many; NULL: all of it can. */
const char *press_cannot_type(const char *text);

#endif
