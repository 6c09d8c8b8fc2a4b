/* What events and jobs have in common: a list of things that happened, the newest first, that can
 * be narrowed, searched and written to a file.
 *
 * Each line has a key that grows with time.  The cursor is a key, not a row: on the newest line it
 * stays with whatever is the newest, anywhere else it stays where it is and what is new is
 * counted. */
#ifndef VCTOP_UI_VIEW_TIMELINE_H
#define VCTOP_UI_VIEW_TIMELINE_H

#include "ui/view/view.h"
#include "ui/widget/pager.h"

#define TIMELINE_TEXT 2048

struct timeline;

struct timeline_ops {
    const char *title, *what; /* "Events", "events" */
    const char *empty;        /* what stands there when there is nothing */
    bool constant;            /* what a line says never changes */
    /* The keys of the newest and of the oldest there is, newest before oldest when there is none.
     */
    uint64_t (*newest)(const struct ui *ui);
    uint64_t (*oldest)(const struct ui *ui);
    size_t (*total)(const struct ui *ui);
    /* When KEY happened; false when there is no such key. */
    bool (*moment)(const struct ui *ui, uint64_t key, int64_t *ret_wall_ns);
    /* All there is to say of KEY: what is searched, written to a file, and shown below the list. */
    void (*text)(const struct ui *ui, uint64_t key, char *dst, size_t size);
    /* Whose KEY is, NULL for nobody's; NAME is for the screen. */
    const struct guest_id *(*guest)(const struct ui *ui, uint64_t key, const char **ret_name);
    /* The line of columns, and KEY's row under them.  DATED: moments need their day. */
    void (*draw_header)(struct rect rect, int y, bool dated);
    void (*draw_row)(const struct timeline *timeline, const struct ui *ui, int y, uint64_t key,
                     bool dated, bool cursor);
};

struct timeline {
    struct view view; /* first */
    const struct timeline_ops *ops;
    struct pager pager;
    uint64_t *rows; /* keys, the newest first */
    size_t room;
    bool narrowed;                /* to what holds the pager's pattern */
    bool was_narrowed;            /* when the prompt opened */
    bool changed;                 /* the pattern or narrowed, since rows were built */
    uint64_t newest, oldest;      /* that rows were built from */
    uint64_t held;                /* the cursor's key; 0: the newest, whatever it is */
    uint64_t seen;                /* the newest key when the cursor was last on the newest */
    const struct guest *selected; /* as last drawn */
};

struct view *timeline_new(const struct timeline_ops *ops);

/* Asks for a name, then writes what is listed, oldest first, to a new file. */
void timeline_ask_where(struct timeline *timeline, struct ui *ui);

/* The columns that a moment takes, and the moment in them. */
int timeline_moment_cells(bool dated);
void timeline_draw_moment(const struct timeline *timeline, struct rect rect, int y, int x,
                          enum style style, int64_t wall_ns, bool dated);

/* The name of a source for the screen. */
const char *timeline_source_name(const struct ui *ui, const struct guest_id *id);

#endif
