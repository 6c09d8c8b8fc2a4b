#include "ui/view/command.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "ui/view/keymap.h"

#define CHAR(c) \
    { \
        KEY_CHAR, (c) \
    }
#define CTRL(c) \
    { \
        KEY_CONTROL, (c) \
    }
#define SPECIAL(s) \
    { \
        KEY_SPECIAL, SPECIAL_##s \
    }
#define FUNCTION(n) \
    { \
        KEY_SPECIAL, SPECIAL_F1 + (n)-1 \
    }

/* The last ones are its keys. */
#define COMMAND(command, contexts, group, name, help, footer, rank, ...) \
    { \
        command, contexts, group, name, help, footer, rank, \
        { \
            __VA_ARGS__ \
        } \
    }

/* Where a guest is selected. */
#define OF_A_GUEST \
    (CONTEXT_GUESTS | CONTEXT_DETAIL | CONTEXT_LINES | CONTEXT_CONSOLE | CONTEXT_GRAPHS)

static const struct command_info commands[] = {
    COMMAND(COMMAND_UP, CONTEXT_ALL & ~CONTEXT_FIGURES, "Moving", "up", "one line up", NULL, 0,
            SPECIAL(UP), CHAR('k')),
    COMMAND(COMMAND_DOWN, CONTEXT_ALL & ~CONTEXT_FIGURES, "Moving", "down", "one line down", NULL,
            3, SPECIAL(DOWN), CHAR('j')),
    COMMAND(COMMAND_PAGE_UP, CONTEXT_ALL & ~CONTEXT_FIGURES, "Moving", "page-up", "one page up",
            NULL, 0, SPECIAL(PAGE_UP), CTRL('B')),
    COMMAND(COMMAND_PAGE_DOWN, CONTEXT_ALL & ~CONTEXT_FIGURES, "Moving", "page-down",
            "one page down", NULL, 0, SPECIAL(PAGE_DOWN), CTRL('F')),
    COMMAND(COMMAND_FIRST, CONTEXT_ALL & ~CONTEXT_FIGURES, "Moving", "first", "to the first line",
            NULL, 0, SPECIAL(HOME), CHAR('g')),
    COMMAND(COMMAND_LAST, CONTEXT_ALL & ~CONTEXT_FIGURES, "Moving", "last", "to the last line",
            NULL, 0, SPECIAL(END), CHAR('G')),
    COMMAND(COMMAND_NEXT_PANE, CONTEXT_GUESTS | CONTEXT_DETAIL | CONTEXT_CONSOLE, "Moving",
            "next-pane", "to the next pane: table, other table, detail", "Pane", 7, SPECIAL(TAB)),
    COMMAND(COMMAND_PREVIOUS_PANE, CONTEXT_GUESTS | CONTEXT_DETAIL | CONTEXT_CONSOLE, "Moving",
            "previous-pane", "to the one before", NULL, 0, SPECIAL(BACK_TAB)),

    COMMAND(COMMAND_CONSOLE, OF_A_GUEST, "Guests", "console",
            "console of the selected guest; the detach key leaves it", "Console", 1, CHAR('c')),
    COMMAND(COMMAND_ATTACH, OF_A_GUEST, "Guests", "attach", "a shell in the selected container",
            "Shell", 4, CHAR('a')),
    COMMAND(COMMAND_LOG, OF_A_GUEST, "Guests", "log",
            "the log of what runs the selected guest, followed", NULL, 0, CHAR('l')),
    COMMAND(COMMAND_SCREEN, OF_A_GUEST, "Guests", "screen",
            "what the screen of the selected machine shows", "Screen", 6, CHAR('v')),
    COMMAND(COMMAND_CULPRITS, OF_A_GUEST, "Guests", "culprits",
            "who hurts the selected guest: whose use rose", NULL, 0, CHAR('x')),
    COMMAND(COMMAND_ZOOM_IN, CONTEXT_CONSOLE | CONTEXT_GRAPHS, "Guests", "zoom-in",
            "a machine's screen: a part of it; graphs: less time", NULL, 1, CHAR('+')),
    COMMAND(COMMAND_ZOOM_OUT, CONTEXT_CONSOLE | CONTEXT_GRAPHS, "Guests", "zoom-out",
            "a machine's screen: more of it; graphs: more time", NULL, 2, CHAR('-')),
    COMMAND(COMMAND_PAN_LEFT, CONTEXT_CONSOLE | CONTEXT_GRAPHS, "Guests", "pan-left",
            "a machine's screen: what is left of it; graphs: earlier", NULL, 1, SPECIAL(LEFT)),
    COMMAND(COMMAND_PAN_RIGHT, CONTEXT_CONSOLE | CONTEXT_GRAPHS, "Guests", "pan-right",
            "a machine's screen: what is right of it; graphs: later", NULL, 2, SPECIAL(RIGHT)),
    COMMAND(COMMAND_NEXT_TAB, CONTEXT_GUESTS | CONTEXT_DETAIL | CONTEXT_CONSOLE, "Guests",
            "next-tab", "the next tab of the guest's detail, the next console", "Next", 5,
            CHAR(']')),
    COMMAND(COMMAND_PREVIOUS_TAB, CONTEXT_GUESTS | CONTEXT_DETAIL | CONTEXT_CONSOLE, "Guests",
            "previous-tab", "to the one before", NULL, 0, CHAR('[')),
    COMMAND(COMMAND_ACTIONS, OF_A_GUEST, "Guests", "actions",
            "start, shut down, pause ...: this guest, or all marked", "Actions", 1, CHAR('m'),
            FUNCTION(9)),
    COMMAND(COMMAND_GRAPHS, OF_A_GUEST & ~CONTEXT_GRAPHS, "Guests", "graphs",
            "graphs of the last hour: this guest and all marked", "Graphs", 11, CHAR('H')),
    COMMAND(COMMAND_OPEN, OF_A_GUEST, "Guests", "open",
            "open the selected guest, or that of an event or a job", "Open", 5, SPECIAL(ENTER)),
    COMMAND(COMMAND_NEXT_PROBLEM, CONTEXT_GUESTS | CONTEXT_DETAIL, "Guests", "next-problem",
            "to the next guest with a problem, in either pane", "Problem", 3, CHAR('!')),
    COMMAND(COMMAND_ACKNOWLEDGE, CONTEXT_GUESTS | CONTEXT_DETAIL, "Guests", "acknowledge",
            "acknowledge its problem or event: off the top until anew", NULL, 0, CHAR('e')),
    COMMAND(COMMAND_MARK, CONTEXT_GUESTS | CONTEXT_CONSOLE, "Guests", "mark",
            "mark the guest and move down; begin a part of a console", "Mark", 7, CHAR(' ')),
    COMMAND(COMMAND_INVERT_MARKS, CONTEXT_GUESTS, "Guests", "invert-marks",
            "mark what is shown and not marked, unmark the rest of it", NULL, 0, CHAR('*')),
    COMMAND(COMMAND_UNMARK, CONTEXT_GUESTS, "Guests", "unmark", "unmark all guests", NULL, 0,
            CHAR('U')),

    COMMAND(COMMAND_FILTER, CONTEXT_ALL & ~(CONTEXT_GRAPHS | CONTEXT_FIGURES),
            "Finding and sorting", "filter",
            "guests by a filter (cpu>80), lines by a text; search texts", "Filter", 2, CHAR('/'),
            FUNCTION(3), FUNCTION(4)),
    COMMAND(COMMAND_NEXT_HIT,
            CONTEXT_TEXT | CONTEXT_LINES | CONTEXT_CONSOLE | CONTEXT_DETAIL | CONTEXT_GRAPHS,
            "Finding and sorting", "next-hit",
            "next line with that text; in graphs the event before", NULL, 3, CHAR('n')),
    COMMAND(COMMAND_PREVIOUS_HIT,
            CONTEXT_TEXT | CONTEXT_LINES | CONTEXT_CONSOLE | CONTEXT_DETAIL | CONTEXT_GRAPHS,
            "Finding and sorting", "previous-hit", "to the one before; in graphs the event after",
            NULL, 0, CHAR('N')),
    COMMAND(COMMAND_SORT_MENU, CONTEXT_GUESTS, "Finding and sorting", "sort",
            "choose what to sort by", "Sort", 3, FUNCTION(6)),
    COMMAND(COMMAND_SORT_CPU, CONTEXT_GUESTS, "Finding and sorting", "sort-cpu", "sort by CPU",
            NULL, 0, CHAR('P')),
    COMMAND(COMMAND_SORT_MEMORY, CONTEXT_GUESTS, "Finding and sorting", "sort-memory",
            "sort by memory", NULL, 0, CHAR('M')),
    COMMAND(COMMAND_SORT_TIME, CONTEXT_GUESTS, "Finding and sorting", "sort-time", "sort by uptime",
            NULL, 0, CHAR('T')),
    COMMAND(COMMAND_SORT_LEFT, CONTEXT_GUESTS, "Finding and sorting", "sort-left",
            "sort by the column to the left", NULL, 0, CHAR('<')),
    COMMAND(COMMAND_SORT_RIGHT, CONTEXT_GUESTS, "Finding and sorting", "sort-right",
            "sort by the column to the right", NULL, 0, CHAR('>')),
    COMMAND(COMMAND_SORT_INVERT, CONTEXT_GUESTS, "Finding and sorting", "invert",
            "invert the order", NULL, 0, CHAR('I')),
    COMMAND(COMMAND_FOLLOW, CONTEXT_GUESTS, "Finding and sorting", "follow",
            "keep the selected guest on its line while others move", NULL, 0, CHAR('F')),

    COMMAND(COMMAND_VIEW_GUESTS, CONTEXT_ALL, "Display", "guests", "the guests", NULL, 0,
            CHAR('1')),
    COMMAND(COMMAND_VIEW_COMPARE, CONTEXT_ALL, "Display", "compare",
            "what machines and containers cost here, side by side", NULL, 0, CHAR('2')),
    COMMAND(COMMAND_VIEW_EVENTS, CONTEXT_ALL, "Display", "events",
            "what happened: states, sources, your actions, messages", "Events", 8, CHAR('3')),
    COMMAND(COMMAND_VIEW_JOBS, CONTEXT_ALL, "Display", "jobs",
            "your actions and what became of them", "Jobs", 9, CHAR('4')),
    COMMAND(COMMAND_VIEW_CONSOLES, CONTEXT_ALL, "Display", "consoles", "the consoles that are open",
            NULL, 0, CHAR('5')),
    COMMAND(COMMAND_SAVE_EVENTS, CONTEXT_LINES | CONTEXT_CONSOLE, "Display", "save-events",
            "write events, jobs or what a console said to a new file", "Write", 5, CHAR('w')),
    COMMAND(COMMAND_LAYOUT, CONTEXT_GUESTS, "Display", "layout",
            "side by side, one table, machines, containers", "Layout", 4, FUNCTION(5)),
    COMMAND(COMMAND_ZOOM, CONTEXT_GUESTS | CONTEXT_DETAIL | CONTEXT_CONSOLE | CONTEXT_GRAPHS,
            "Display", "zoom", "the pane or graph alone, and back", "Zoom", 11, CHAR('z')),
    COMMAND(COMMAND_FREEZE, CONTEXT_ALL, "Display", "freeze", "freeze the display, and go on",
            "Freeze", 10, CHAR('Z')),
    COMMAND(COMMAND_REDRAW, CONTEXT_ALL, "Display", "redraw", "draw the screen anew", NULL, 0,
            CTRL('L')),

    COMMAND(COMMAND_PALETTE, CONTEXT_ALL, "vctop", "palette",
            "any command by its name, with Tab to complete it", NULL, 0, CHAR(':')),
    COMMAND(COMMAND_SETUP, CONTEXT_ALL, "vctop", "setup",
            "columns, meters, theme, delay, keys; save them", NULL, 0, FUNCTION(2)),
    COMMAND(COMMAND_HELP, CONTEXT_ALL, "vctop", "help", "this help", "Help", 0, CHAR('?'),
            FUNCTION(1)),
    COMMAND(COMMAND_BACK, CONTEXT_ALL, "vctop", "back", "go back; at the top take the filter off",
            NULL, 0, SPECIAL(ESCAPE)),
    COMMAND(COMMAND_BACK_OR_QUIT, CONTEXT_ALL, "vctop", "back-or-quit", "go back; at the top quit",
            "Quit", 0, CHAR('q')),
    COMMAND(COMMAND_SUSPEND, CONTEXT_ALL, "vctop", "suspend", "suspend; the shell's fg comes back",
            NULL, 0, CTRL('Z')),
    COMMAND(COMMAND_HOW_TO_QUIT, CONTEXT_ALL, "vctop", "how-to-quit", "say how to quit", NULL, 0,
            CTRL('C')),
    COMMAND(COMMAND_QUIT, CONTEXT_ALL, "vctop", "quit", "quit from anywhere but setup", NULL, 0,
            FUNCTION(10)),
};

size_t command_count(void)
{
    return ARRAY_SIZE(commands);
}

const struct command_info *command_at(size_t index)
{
    return &commands[index];
}

enum command command_for_key(enum context context, struct key key)
{
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        const struct chord *keys = keymap_keys(commands[i].command);

        if (!(commands[i].contexts & context))
            continue;
        for (size_t k = 0; k < COMMAND_KEYS_MAX && keys[k].kind; k++)
            if (keys[k].kind == key.kind && keys[k].code == key.code)
                return commands[i].command;
    }
    return COMMAND_NONE;
}

const struct command_info *command_by_name(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

const struct command_info *command_info_of(enum command command)
{
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
        if (commands[i].command == command)
            return &commands[i];
    return NULL;
}

const char *command_key_text(char dst[16], enum command command)
{
    command_chord_text(dst, keymap_keys(command)[0]);
    return dst;
}

void command_keys_text(char *dst, size_t size, enum command command)
{
    const struct chord *keys = keymap_keys(command);

    dst[0] = '\0';
    for (size_t k = 0; k < COMMAND_KEYS_MAX && keys[k].kind; k++) {
        char chord[16];
        size_t len = strlen(dst);

        command_chord_text(chord, keys[k]);
        snprintf(dst + len, size - len, "%s%s", k ? " " : "", chord);
    }
}

void command_chord_text(char dst[16], struct chord chord)
{
    static const char *const specials[] = {
        [SPECIAL_UP] = "Up",        [SPECIAL_DOWN] = "Down",      [SPECIAL_LEFT] = "Left",
        [SPECIAL_RIGHT] = "Right",  [SPECIAL_HOME] = "Home",      [SPECIAL_END] = "End",
        [SPECIAL_PAGE_UP] = "PgUp", [SPECIAL_PAGE_DOWN] = "PgDn", [SPECIAL_ENTER] = "Enter",
        [SPECIAL_ESCAPE] = "Esc",   [SPECIAL_TAB] = "Tab",        [SPECIAL_BACK_TAB] = "S-Tab",
        [SPECIAL_BACKSPACE] = "BS", [SPECIAL_DELETE] = "Del",     [SPECIAL_INSERT] = "Insert",
    };

    dst[0] = '\0';
    if (chord.kind == KEY_CHAR && chord.code == ' ')
        snprintf(dst, 16, "Space");
    else if (chord.kind == KEY_CHAR)
        dst[text_encode(chord.code, dst)] = '\0';
    else if (chord.kind == KEY_CONTROL)
        snprintf(dst, 16, "^%c", (int)(chord.code & 0x7f));
    else if (chord.kind == KEY_SPECIAL && chord.code >= SPECIAL_F1)
        snprintf(dst, 16, "F%u", (unsigned)(chord.code - SPECIAL_F1 + 1) & 0xff);
    else if (chord.kind == KEY_SPECIAL && chord.code < ARRAY_SIZE(specials) && specials[chord.code])
        snprintf(dst, 16, "%s", specials[chord.code]);
}
