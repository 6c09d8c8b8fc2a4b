/* Every command by name: the one table that dispatches keys and writes help and footer, so that all
 * three tell the same truth. */
#ifndef VCTOP_UI_VIEW_COMMAND_H
#define VCTOP_UI_VIEW_COMMAND_H

#include <stddef.h>

#include "ui/term/key.h"

enum command {
    COMMAND_NONE,
    COMMAND_UP,
    COMMAND_DOWN,
    COMMAND_PAGE_UP,
    COMMAND_PAGE_DOWN,
    COMMAND_FIRST,
    COMMAND_LAST,
    COMMAND_OPEN,
    COMMAND_BACK,
    COMMAND_BACK_OR_QUIT,
    COMMAND_NEXT_PANE,
    COMMAND_PREVIOUS_PANE,
    COMMAND_ZOOM,
    COMMAND_FREEZE,
    COMMAND_FILTER,
    COMMAND_NEXT_PROBLEM,
    COMMAND_ACKNOWLEDGE,
    COMMAND_MARK,
    COMMAND_INVERT_MARKS,
    COMMAND_UNMARK,
    COMMAND_SORT_CPU,
    COMMAND_SORT_MEMORY,
    COMMAND_SORT_TIME,
    COMMAND_SORT_LEFT,
    COMMAND_SORT_RIGHT,
    COMMAND_SORT_MENU,
    COMMAND_SORT_INVERT,
    COMMAND_FOLLOW,
    COMMAND_LAYOUT,
    COMMAND_VIEW_GUESTS,
    COMMAND_VIEW_COMPARE,
    COMMAND_VIEW_EVENTS,
    COMMAND_VIEW_JOBS,
    COMMAND_VIEW_CONSOLES,
    COMMAND_NEXT_HIT,
    COMMAND_PREVIOUS_HIT,
    COMMAND_SAVE_EVENTS,
    COMMAND_CONSOLE,
    COMMAND_ATTACH,
    COMMAND_LOG,
    COMMAND_GRAPHS,
    COMMAND_SCREEN,
    COMMAND_CULPRITS,
    COMMAND_ZOOM_IN,
    COMMAND_ZOOM_OUT,
    COMMAND_PAN_LEFT,
    COMMAND_PAN_RIGHT,
    COMMAND_NEXT_TAB,
    COMMAND_PREVIOUS_TAB,
    COMMAND_ACTIONS,
    COMMAND_HELP,
    COMMAND_REDRAW,
    COMMAND_SUSPEND,
    COMMAND_HOW_TO_QUIT,
    COMMAND_QUIT,
    COMMAND_PALETTE,
    COMMAND_SETUP,
    COMMAND_COUNT
};

/* Where a command exists.  A key means the same wherever it exists. */
enum context {
    CONTEXT_GUESTS = 1 << 0,  /* a list of guests */
    CONTEXT_TEXT = 1 << 1,    /* a text to read */
    CONTEXT_LINES = 1 << 2,   /* a list of events or jobs */
    CONTEXT_CONSOLE = 1 << 3, /* consoles, while the keyboard is not a guest's */
    CONTEXT_DETAIL = 1 << 4,  /* the tabs of one guest, while they have the keyboard */
    CONTEXT_GRAPHS = 1 << 5,  /* graphs over time */
    CONTEXT_FIGURES = 1 << 6, /* a page that is looked at only */
    CONTEXT_LAST = CONTEXT_FIGURES,
    CONTEXT_ALL = CONTEXT_GUESTS | CONTEXT_TEXT | CONTEXT_LINES | CONTEXT_CONSOLE | CONTEXT_DETAIL |
                  CONTEXT_GRAPHS | CONTEXT_FIGURES
};

#define COMMAND_KEYS_MAX 4

struct chord {
    enum key_kind kind; /* KEY_NONE ends the list */
    uint32_t code;
};

struct command_info {
    enum command command;
    unsigned contexts; /* bits of enum context */
    const char *group; /* heading in the help; commands of a group stand together */
    const char *name;
    const char *help;   /* one line */
    const char *footer; /* short label, NULL: not in the footer */
    int rank;           /* in the footer the highest rank goes first when room is short */
    struct chord keys[COMMAND_KEYS_MAX]; /* by default: keymap_keys() has those that hold */
};

size_t command_count(void);
const struct command_info *command_at(size_t index); /* in the order of the help */

/* The command of KEY in CONTEXT, COMMAND_NONE when there is none. */
enum command command_for_key(enum context context, struct key key);

const struct command_info *command_by_name(const char *name); /* NULL: there is none */
const struct command_info *command_info_of(enum command command);

/* "F5", "^L", "Space": as in help and footer. */
void command_chord_text(char dst[16], struct chord chord);
/* The first key of COMMAND, for sentences that name it. */
const char *command_key_text(char dst[16], enum command command);
/* All its keys, with spaces between them. */
void command_keys_text(char *dst, size_t size, enum command command);

#endif
