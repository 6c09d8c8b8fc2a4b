/* What a piece of text means; a theme says how it looks.  Colour never carries meaning alone. */
#ifndef VCTOP_UI_TERM_STYLE_H
#define VCTOP_UI_TERM_STYLE_H

#include "base/error.h"
#include "config/theme.h"

/* X(id, name in theme files) */
#define STYLE_LIST(X) \
    X(NORMAL, "normal") \
    X(DIM, "dim")                     /* calm, secondary */ \
    X(STALE, "stale")                 /* figures that are old */ \
    X(TITLE, "title")                 /* names of panes and views */ \
    X(HEADER, "header")               /* column headers */ \
    X(SORTED, "sorted")               /* header of the column sorted by */ \
    X(SELECTED, "selected")           /* the cursor's row */ \
    X(SELECTED_AWAY, "selected_away") /* the same in a pane without the keyboard */ \
    X(MARKED, "marked") \
    X(WARN, "warn") /* amber: look */ \
    X(BAD, "bad")   /* red: act */ \
    X(GOOD, "good") \
    X(METER, "meter") /* the filled part */ \
    X(METER_WARN, "meter_warn") \
    X(METER_BAD, "meter_bad") \
    X(METER_EMPTY, "meter_empty") \
    X(GRAPH, "graph") \
    X(GRAPH_2, "graph_2") /* the second curve: writes, sent; another guest */ \
    X(GRAPH_3, "graph_3") /* of more guests */ \
    X(GRAPH_4, "graph_4") \
    X(GRAPH_5, "graph_5") \
    X(GRAPH_6, "graph_6") \
    X(AXIS, "axis") \
    X(KEY, "key") /* a key in the footer */ \
    X(KEY_TEXT, "key_text") \
    X(DIALOG, "dialog") \
    X(DIALOG_TITLE, "dialog_title") \
    X(BUTTON, "button") \
    X(BUTTON_FOCUS, "button_focus") \
    X(DISABLED, "disabled") \
    X(BADGE, "badge") /* READ-ONLY, FROZEN, SIMULATED, filter */

enum style {
#define STYLE_ENUM(id, name) STYLE_##id,
    STYLE_LIST(STYLE_ENUM)
#undef STYLE_ENUM
    STYLE_COUNT
};

/* Fills LOOKS for a terminal of COLOURS (0: none) from the theme file PATH, NULL for the built-in
 * default.  On an error in the file the default is there and ERR says file, line and remedy. */
int style_read(struct look looks[STYLE_COUNT], const char *path, int colours, struct error *err);

/* The looks that hold from now on; after term_up, once colours are known. */
void style_use(const struct look looks[STYLE_COUNT]);

/* How many colours this terminal has; 0: none, or none wanted. */
int style_colours(void);

/* ncurses attributes of STYLE (int so that callers need no curses.h). */
int style_attributes(enum style style);

#endif
