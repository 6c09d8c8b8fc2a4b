/* The selected guest at length, in tabs: who it is, what it does, and what it is made of. */
#ifndef VCTOP_UI_VIEW_DETAIL_H
#define VCTOP_UI_VIEW_DETAIL_H

#include "ui/view/view.h"
#include "ui/widget/pager.h"

#define DETAIL_TABS_MAX 12

struct detail {
    int tab;            /* that is open */
    bool keys;          /* keys go to it */
    struct rect rect;   /* as last drawn; no height: it is not on the screen */
    struct pager pager; /* the lines of the open tab */
    uint64_t *rows;     /* what they are: the open tab's own numbers */
    size_t row_count, row_room;
    int64_t opened_ns;  /* CLOCK_MONOTONIC: the tab, or the guest in it; 0: is to be set */
    struct guest_id of; /* the guest that the pager's place is about */
    struct rect title[DETAIL_TABS_MAX]; /* of the tabs, as last drawn; no width: none */
    bool asked;                         /* for the configuration, since it was opened */
    int64_t text_ns; /* the rows are of the text that was read then; 0: of none */
    int text_width;  /* and made for so many columns */
    long text_lines;
    long top_before; /* of the search whose prompt is open */
};

void detail_init(struct detail *detail);
void detail_clear(struct detail *detail);

/* Rows it wants below the tables of a screen of HEIGHT; 0: none. */
int detail_height(int height);

/* Else it is the overview, in short. */
bool detail_has_tabs(struct rect rect);

/* GUEST may be NULL.  With the tabs when there is room for them. */
void detail_draw(struct detail *detail, struct ui *ui, const struct guest *guest, struct rect rect);

/* Tells the engine what the open tab is made of; after each drawing. */
void detail_want(const struct detail *detail, struct ui *ui);

/* The next tab (STEP 1), or the one before (-1), round the ends. */
void detail_turn(struct detail *detail, int step);

/* What the keys mean while it has them; GUEST may be NULL.  Returns a set of enum reaction, 0 for
 * what it leaves to the list: of a tab that stands still that is moving, too. */
unsigned detail_command(struct detail *detail, struct ui *ui, const struct guest *guest,
                        enum command which);

/* A click on a tab or the wheel over it; 0 when it was elsewhere. */
unsigned detail_mouse(struct detail *detail, struct key key);

#endif
