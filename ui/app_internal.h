/* What the loop (app.c) and the commands (app_command.c) share. */
#ifndef VCTOP_UI_APP_INTERNAL_H
#define VCTOP_UI_APP_INTERNAL_H

#include "ui/pace.h"
#include "ui/term/key.h"
#include "ui/view/view.h"

enum {
    VIEW_GUESTS,
    VIEW_COMPARE,
    VIEW_EVENTS,
    VIEW_JOBS,
    VIEW_CONSOLES,
    VIEW_GRAPHS,
    VIEW_HELP,
    VIEW_COUNT
};

struct app {
    struct ui ui;
    struct view *views[VIEW_COUNT];
    int current;
    int before_help; /* the view that the help was asked for from */
    int before_graphs;
    int signals; /* signalfd */
    bool quit;
    int status;     /* of the exit: 128 + the signal that ended us */
    int wait_errno; /* or why it cannot wait for anything any more */
    bool keys_left; /* more may wait than were read in the last turn */
    bool rows_old;  /* the engine fed the model since lists were built */
    struct pace pace;
};

static inline struct view *app_view(struct app *app)
{
    return app->views[app->current];
}

/* ---- app.c ---- */

/* Under a freeze only the clock that timeouts are counted by. */
void app_read_clocks(struct app *app);

/* Builds lists anew that are older than the model, or all of them with RESORT: before a view is
 * asked for anything. */
void app_refresh_lists(struct app *app, bool resort);

/* Blocks until the shell lets us go on. */
void app_suspend(struct app *app);

/* ---- app_command.c: reactions (REACT_*) ---- */

unsigned app_key(struct app *app, struct key key);
unsigned app_go_to(struct app *app, int view);
unsigned app_say_how_to_quit(struct app *app);

/* Goes to the guest that ui.show names. */
void app_show_guest(struct app *app);

#endif
