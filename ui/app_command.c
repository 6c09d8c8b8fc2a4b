/* What keys and commands do that every view answers alike. */
#include "ui/app_internal.h"
#include "ui/quit.h"
#include "ui/screen.h"
#include "ui/term/term.h"
#include "ui/view/culprits.h"
#include "ui/view/frozen.h"
#include "ui/view/graphs.h"
#include "ui/view/palette.h"
#include "ui/view/setup.h"
#include "ui/view/tabs.h"

static void toggle_freeze(struct app *app)
{
    struct ui *ui = &app->ui;

    if (ui->frozen) {
        frozen_end(ui);
        app_read_clocks(app);
    } else {
        frozen_begin(ui);
    }
    app->rows_old = true;
    app_refresh_lists(app, !ui->frozen);
}

unsigned app_say_how_to_quit(struct app *app)
{
    char key[16];

    ui_say(&app->ui, STYLE_NORMAL, "press %s to quit", command_key_text(key, COMMAND_BACK_OR_QUIT));
    return REACT_HANDLED | REACT_REDRAW;
}

unsigned app_go_to(struct app *app, int view)
{
    if (view == VIEW_HELP && app->current != VIEW_HELP)
        app->before_help = app->current;
    app->current = view;
    return REACT_HANDLED | REACT_REDRAW;
}

void app_show_guest(struct app *app)
{
    struct view *guests = app->views[VIEW_GUESTS];

    app_go_to(app, VIEW_GUESTS);
    guests->ops->select(guests, &app->ui, &app->ui.show);
}

static const struct guest *selected(struct app *app)
{
    return screen_guest(&app->ui, app_view(app));
}

static unsigned open_graphs(struct app *app)
{
    if (!graphs_view_about(app->views[VIEW_GRAPHS], &app->ui, selected(app)))
        return REACT_HANDLED | REACT_REDRAW;
    app->before_graphs = app->current;
    return app_go_to(app, VIEW_GRAPHS);
}

static unsigned go_back(struct app *app)
{
    return app_go_to(app, app->current == VIEW_HELP     ? app->before_help
                          : app->current == VIEW_GRAPHS ? app->before_graphs
                                                        : VIEW_GUESTS);
}

static unsigned open_palette(struct app *app)
{
    const struct guest *guest = selected(app);

    guest_id_clear(&app->ui.about);
    if (guest)
        guest_id_copy(&app->ui.about, &guest->id);
    palette_open(&app->ui, view_context(app_view(app)));
    return REACT_HANDLED | REACT_REDRAW;
}

/* What every view answers alike. */
static unsigned common_command(struct app *app, enum command which)
{
    switch (which) {
    case COMMAND_HELP:
        return app_go_to(app, app->current == VIEW_HELP ? app->before_help : VIEW_HELP);
    case COMMAND_VIEW_GUESTS:
        return app_go_to(app, VIEW_GUESTS);
    case COMMAND_VIEW_COMPARE:
        return app_go_to(app, VIEW_COMPARE);
    case COMMAND_VIEW_EVENTS:
        return app_go_to(app, VIEW_EVENTS);
    case COMMAND_VIEW_JOBS:
        return app_go_to(app, VIEW_JOBS);
    case COMMAND_VIEW_CONSOLES:
        return app_go_to(app, VIEW_CONSOLES);
    case COMMAND_CONSOLE:
        return tabs_open(&app->ui, selected(app), CONSOLE_SERIAL, NULL, NULL);
    case COMMAND_ATTACH:
        return tabs_open(&app->ui, selected(app), CONSOLE_ATTACH, NULL, NULL);
    case COMMAND_LOG:
        return tabs_open(&app->ui, selected(app), CONSOLE_LOG, NULL, NULL);
    case COMMAND_SCREEN:
        return tabs_open(&app->ui, selected(app), CONSOLE_SCREEN, NULL, NULL);
    case COMMAND_CULPRITS:
        return culprits_open(&app->ui, selected(app));
    case COMMAND_GRAPHS:
        return open_graphs(app);
    case COMMAND_BACK:
    case COMMAND_BACK_OR_QUIT:
        if (app->current == VIEW_GUESTS)
            return which == COMMAND_BACK ? 0 : quit_ask(&app->ui);
        return go_back(app);
    case COMMAND_QUIT:
        return quit_ask(&app->ui);
    case COMMAND_FREEZE:
        toggle_freeze(app);
        return REACT_HANDLED | REACT_REDRAW;
    case COMMAND_REDRAW:
        term_redraw_all();
        return REACT_HANDLED | REACT_REDRAW;
    case COMMAND_SUSPEND:
        app_suspend(app);
        return REACT_HANDLED | REACT_REDRAW;
    case COMMAND_HOW_TO_QUIT:
        return app_say_how_to_quit(app);
    case COMMAND_PALETTE:
        return open_palette(app);
    case COMMAND_SETUP:
        setup_open(&app->ui);
        return REACT_HANDLED | REACT_REDRAW;
    default:
        return 0;
    }
}

/* These are not for a dialog to swallow, unless they lie on keys that one types. */
static bool is_for_the_loop(enum command which, struct key key)
{
    return key.kind == KEY_CONTROL &&
           (which == COMMAND_REDRAW || which == COMMAND_SUSPEND || which == COMMAND_HOW_TO_QUIT);
}

/* The key that quits from anywhere does so from a dialog too, unless it lies on what one types, or
 * the dialog has a meaning of its own for it. */
static bool leaves_dialog(const struct modal *modal, enum command which, struct key key)
{
    return which == COMMAND_QUIT && !modal->takes_quit &&
           (key.kind == KEY_CONTROL || (key.kind == KEY_SPECIAL && key.code >= SPECIAL_F1));
}

static unsigned run_command(struct app *app, enum command which)
{
    struct view *view = app_view(app);
    unsigned reaction = view->ops->command(view, &app->ui, which);

    return reaction ? reaction : common_command(app, which);
}

static unsigned modal_key(struct app *app, struct key key)
{
    struct ui *ui = &app->ui;
    unsigned reaction = ui->modal->key(ui, ui->modal_data, key);
    enum command wanted = ui->wanted;

    ui->wanted = COMMAND_NONE;
    return wanted == COMMAND_NONE ? reaction : reaction | run_command(app, wanted);
}

/* Nobody shall answer a question that is not on the screen, nor open the menu of actions there. */
static bool works_unseen(const struct ui *ui, enum command which)
{
    if (ui->modal)
        return which == COMMAND_QUIT || which == COMMAND_SUSPEND || which == COMMAND_REDRAW;
    return which != COMMAND_ACTIONS;
}

unsigned app_key(struct app *app, struct key key)
{
    struct view *view = app_view(app);
    struct ui *ui = &app->ui;
    enum command which = command_for_key(view_context(view), key);

    if (screen_is_too_small())
        return works_unseen(ui, which) ? run_command(app, which) : 0;
    if (ui->modal && !is_for_the_loop(which, key) && !leaves_dialog(ui->modal, which, key))
        return key.kind == KEY_POINTER ? 0 : modal_key(app, key);
    if (key.kind == KEY_POINTER)
        return view->ops->mouse ? view->ops->mouse(view, ui, key) : 0;
    if (which == COMMAND_NONE) {
        char help[16];

        ui_say(ui, STYLE_DIM, "no command has this key here: %s shows those that do",
               command_key_text(help, COMMAND_HELP));
        return REACT_HANDLED | REACT_REDRAW;
    }
    return run_command(app, which);
}
