/* The pages of the setup screen: lists of lines with a cursor. */
#ifndef VCTOP_UI_VIEW_SETUP_PAGE_H
#define VCTOP_UI_VIEW_SETUP_PAGE_H

#include "ui/view/view.h"

struct setup {
    int page, cursor;
    bool wants_key, more; /* the next key is one for the command under the cursor */
    char message[320];    /* what stood in the way of the last key, or "" */
};

/* A line of a page. */
struct setup_row {
    char mark[8]; /* "[x]", "(*)" */
    char label[32];
    char value[120]; /* what it is or does */
};

struct setup_page {
    const char *title;
    const char *hint; /* its keys */
    int (*count)(const struct ui *ui);
    void (*row)(const struct ui *ui, int row, struct setup_row *ret);
    /* A key that moves neither cursor nor page.  Returns false when it means nothing here. */
    bool (*key)(struct ui *ui, struct setup *setup, struct key key);
    /* Optional: the cursor came to another line. */
    void (*moved)(struct ui *ui, struct setup *setup);
    /* Optional: where the cursor stands at first. */
    int (*first)(const struct ui *ui);
};

#define SETUP_PAGES 5
extern const struct setup_page *const setup_pages[SETUP_PAGES];

/* The page that gives commands their keys. */
extern const struct setup_page setup_keys_page;

#endif
