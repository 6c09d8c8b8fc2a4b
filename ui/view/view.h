/* What all views share: the scene that they draw, the dialog over it, and their contract with the
 * loop.  A view asks the model each time it draws and keeps no copy of a guest; only the loop
 * decides when to draw. */
#ifndef VCTOP_UI_VIEW_VIEW_H
#define VCTOP_UI_VIEW_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/engine.h"
#include "model/listing.h"
#include "ui/term/key.h"
#include "ui/view/column.h"
#include "ui/view/command.h"
#include "ui/view/meter.h"
#include "ui/widget/draw.h"

/* What a handler wants of the loop. */
enum reaction {
    REACT_HANDLED = 1 << 0,
    REACT_REDRAW = 1 << 1,
    REACT_REARRANGE = 1 << 2, /* lists are to be sorted anew */
    REACT_QUIT = 1 << 3,
    REACT_SHOW_GUEST = 1 << 4, /* the guests view comes up with its cursor on ui->show */
    REACT_CONSOLES = 1 << 5,   /* the consoles view comes up */
    REACT_LEAVE = 1 << 6       /* the view has nothing left to show */
};

struct tabs;
struct errand;
struct frozen;
struct modal;
struct palette;
struct preferences;

struct ui {
    struct engine *engine;
    const char *simulated; /* why the simulated host is shown, or NULL */
    bool engine_broken;

    /* The moment that is shown: the engine's world now, or, frozen, a copy of it (frozen.h). */
    struct world *world;
    int64_t now_ns, wall_ns;
    struct frozen *frozen; /* NULL: live */
    int64_t clock_ns;      /* CLOCK_MONOTONIC of this turn of the loop, frozen or not */

    struct listing_order order;
    char filter[QUERY_TEXT_MAX + 1]; /* the text of QUERY, set by narrow_set() (narrow.h) */
    struct query *query;             /* NULL: all guests are shown */
    struct column_order columns;
    unsigned meters_off; /* bits of enum meter */
    bool follow;
    bool advice;         /* is given in the detail */
    size_t shown, total; /* guests that the filter leaves, of how many; set by the view */

    int64_t jobs_seen_ns; /* results of jobs up to then have been read: an Esc was pressed */

    struct preferences *preferences; /* what is set up and can be saved (preferences.h) */
    struct palette *palette;         /* NULL until it was opened */
    struct errand *errand;           /* what may hang (errand.h); NULL: nothing */
    enum command wanted;             /* by the palette, for the view; COMMAND_NONE: nothing */

    const struct modal *modal; /* what has the keyboard, or NULL */
    void *modal_data;

    struct tabs *tabs; /* that are open (tabs.h) */

    struct guest_id about; /* the guest that the view was about when the palette opened */
    struct guest_id show;  /* of REACT_SHOW_GUEST */

    struct {
        char text[400];
        enum style style;
        int64_t at_ns; /* 0: nothing to say */
    } message;
};

/* A dialog, menu or prompt: takes every key while it is open. */
struct modal {
    const char *hint; /* in the footer's place */
    bool takes_quit;  /* the key that quits from anywhere is its own */
    /* Returns a set of enum reaction; calls ui_modal_close() when it is done. */
    unsigned (*key)(struct ui *ui, void *data, struct key key);
    /* SCREEN is the whole terminal, STATUS the line where prompts stand. */
    void (*draw)(const struct ui *ui, const void *data, struct rect screen, struct rect status);
    void (*close)(void *data); /* optional: releases what it holds */
};

/* Opens MODAL, closing another that is open; DATA is the modal's own. */
void ui_modal_open(struct ui *ui, const struct modal *modal, void *data);
void ui_modal_close(struct ui *ui);

/* A line in the status row until the next key, or for ten seconds. */
void ui_say(struct ui *ui, enum style style, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for a command that no guest stands under. */
void ui_say_unselected(struct ui *ui);

/* The same for what went wrong, with "~" for the home directory. */
void ui_say_error(struct ui *ui, const struct error *err);

/* To the guest ID in the guests view, or a line that says that NAME is not there any more.  Returns
 * a set of enum reaction. */
unsigned ui_show_guest(struct ui *ui, const struct guest_id *id, const char *name);

/* Marks GUEST of what is shown, and the same guest of the live world when that is frozen. */
void ui_mark(struct ui *ui, struct guest *guest, bool marked);

/* The operator knows of GUEST's problems, in the live world too when what is shown is frozen. False
 * when that is no news. */
bool ui_acknowledge(struct ui *ui, struct guest *guest);

struct view;

struct view_ops {
    const char *name;
    enum context context; /* which commands exist in it */
    bool shows_costs;     /* what vctop itself costs */

    /* Required.  The model changed: builds lists anew, in the present order unless RESORT. */
    void (*arrange)(struct view *view, struct ui *ui, bool resort);
    /* Optional.  At first and whenever the terminal has another size; arranges. */
    void (*resized)(struct view *view, struct ui *ui);
    /* Required. */
    void (*draw)(struct view *view, struct ui *ui, struct rect rect);
    /* Required.  Returns a set of enum reaction; 0 leaves the command to the loop. */
    unsigned (*command)(struct view *view, struct ui *ui, enum command command);
    /* Optional.  A click or the wheel. */
    unsigned (*mouse)(struct view *view, struct ui *ui, struct key key);
    /* Optional.  The guest that the status line is about, or NULL; valid as listing rows are. */
    const struct guest *(*selected)(const struct view *view);
    /* Optional.  Tells the engine what is on the screen; after each drawing. */
    void (*want)(const struct view *view, struct ui *ui);
    /* Optional.  So many of ROOM lines at the bottom are enough for it, and the guests have the
     * rest; 0: it takes all. */
    int (*rows)(const struct view *view, const struct ui *ui, int room);
    /* Optional.  What stands in the footer's place; NULL: the footer. */
    const char *(*hint)(const struct view *view, const struct ui *ui);
    /* Optional.  The cursor to that guest of what is shown; false when it is not there. */
    bool (*select)(struct view *view, struct ui *ui, const struct guest_id *id);
    /* Required.  Takes NULL. */
    void (*free)(struct view *view);
};

/* The base of every view. */
struct view {
    const struct view_ops *ops;
    bool zoomed;          /* going back stays in this view, and the footer says so */
    enum context context; /* while other commands hold than its ops say, else 0 */
};

static inline enum context view_context(const struct view *view)
{
    return view->context ? view->context : view->ops->context;
}

struct view *guests_view_new(void);
struct view *compare_view_new(void);
struct view *events_view_new(void);
struct view *jobs_view_new(void);
struct view *console_view_new(void);
struct view *help_view_new(void);

#endif
