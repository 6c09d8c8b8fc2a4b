/* The consoles that are open, as the screen has them: each a tab with a terminal of its own, which
 * goes on listening while it is hidden.  What is typed reaches one of them while the keyboard is a
 * guest's. */
#ifndef VCTOP_UI_VIEW_TABS_H
#define VCTOP_UI_VIEW_TABS_H

#include "engine/consoles.h"
#include "ui/emulator/emulator.h"
#include "ui/emulator/filter.h"
#include "ui/term/typed.h"
#include "ui/view/view.h"
#include "ui/widget/pager.h"

struct record;

struct tab {
    uint32_t console;      /* the engine's number of it */
    struct guest_id guest; /* whose it is */
    enum guest_kind kind;  /* of the guest */
    char *name;            /* the guest's, for the screen */
    struct emulator *emulator;
    struct filter filter;      /* of a log */
    struct pager pager;        /* while one looks back */
    bool looks_back;           /* lines of before are shown, not the screen */
    bool news;                 /* it has said something, or ended, while it was hidden */
    bool over;                 /* it has ended, and that was noticed */
    bool waits;                /* for the guest to run again, to be opened anew */
    bool asked;                /* whether to take it over */
    bool marked;               /* a range of lines begins at ... */
    uint64_t mark;             /* ... this one, those that are gone counted too */
    uint64_t pager_dropped;    /* lines gone when the pager was last fitted */
    struct record *record;     /* of what it says, NULL: none */
    int64_t typed_ns;          /* when something was last typed into it; 0: never */
    struct screen_view screen; /* of a screen: what is seen of it */
};

struct tabs {
    struct tab **tab;
    size_t count, active;
    bool entered; /* the keyboard is the active tab's guest's */
    bool visible; /* the view of the consoles is on the screen */
    bool whole;   /* the pane has the whole screen */
    bool pairs;   /* there is room for two side by side: first and second, third and fourth ... */
    struct typed typed;
    char detach_text[16]; /* the detach key, for people */
    size_t turn;          /* whose output is next */
    int64_t fed_ns;       /* when output was last taken */
};

struct tabs *tabs_new(const char *detach_key, int escape_ms);
void tabs_free(struct ui *ui);

/* The active one stands beside its partner. */
bool tabs_pair(const struct tabs *tabs);

struct tab *tabs_active(const struct ui *ui); /* NULL without any */
const struct console *tab_console(const struct ui *ui, const struct tab *tab);
const struct guest *tab_guest(const struct ui *ui, const struct tab *tab); /* live, or NULL */

/* It is open, or on its way. */
bool tab_lives(const struct console *console);

/* Whether tabs_open() would do something for GUEST: one is open, or may be opened.  Sets ERR if
 * not. */
bool tabs_can_open(const struct ui *ui, const struct guest_id *guest, enum console_kind kind,
                   struct error *err);
/* Opens a console of GUEST, or enters the one of that kind that is open.  DEVICE, ARGV: as in
 * struct console_request.  Returns a set of enum reaction. */
unsigned tabs_open(struct ui *ui, const struct guest *guest, enum console_kind kind,
                   const char *device, char **argv);
/* The keyboard goes to the active tab's guest; one that has ended is opened anew. */
unsigned tabs_enter(struct ui *ui);
/* Opens TAB anew, FORCE: taking it over from whoever has it. */
void tabs_reopen(struct ui *ui, struct tab *tab, bool force);
/* Releases the active one and forgets it; asks when it lives. */
unsigned tabs_close(struct ui *ui);
unsigned tabs_next(struct ui *ui, int step);

/* ---- for the loop ---- */

/* What is typed goes to a guest. */
bool tabs_have_keyboard(const struct ui *ui);
/* Bytes from the terminal; returns a set of enum reaction. */
unsigned tabs_type(struct ui *ui, const char *bytes, size_t len);
/* Takes what the guests have said, at most EMULATOR_FEED_MAX bytes of it.  True when what is to be
 * seen of it has changed. */
bool tabs_turn(struct ui *ui);
/* When to be called though nothing came, for output that waits or a key that may be a sequence's
 * beginning; INT64_MAX: never. */
int64_t tabs_due(const struct ui *ui);

/* Those that would end with vctop, logs not counted. */
size_t tabs_live(const struct ui *ui);

/* How many hidden ones have something new; *RET_NAME: whose the first of them is. */
size_t tabs_news(const struct ui *ui, const char **ret_name);

#endif
