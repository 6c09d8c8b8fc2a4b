#include "ui/app.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/confine.h"
#include "base/io.h"
#include "base/text.h"
#include "ui/app_internal.h"
#include "ui/screen.h"
#include "ui/term/term.h"
#include "ui/view/errand.h"
#include "ui/view/frozen.h"
#include "ui/view/graphs.h"
#include "ui/view/narrow.h"
#include "ui/view/palette.h"
#include "ui/view/preferences.h"
#include "ui/view/tabs.h"

#define ESCDELAY_MS 100 /* unless a file says otherwise */
#define ENGINE_FDS_MAX 256
#define KEYS_A_TURN 64
#define TYPED_A_TURN 4096
#define OWN_FDS 4 /* the terminal in and out, signals, an errand */

/* A view is added by a line here and its name in app_internal.h. */
static struct view *(*const view_makers[VIEW_COUNT])(void) = {
    [VIEW_GUESTS] = guests_view_new,    [VIEW_COMPARE] = compare_view_new,
    [VIEW_EVENTS] = events_view_new,    [VIEW_JOBS] = jobs_view_new,
    [VIEW_CONSOLES] = console_view_new, [VIEW_GRAPHS] = graphs_view_new,
    [VIEW_HELP] = help_view_new,
};

/* Lists hold pointers into the model: no view may look at them before they are built anew. */
void app_refresh_lists(struct app *app, bool resort)
{
    if (!app->rows_old && !resort)
        return;
    for (int i = 0; i < VIEW_COUNT; i++)
        app->views[i]->ops->arrange(app->views[i], &app->ui, resort);
    app->rows_old = false;
}

void app_read_clocks(struct app *app)
{
    app->ui.clock_ns = clock_mono_ns();
    if (app->ui.frozen)
        return;
    app->ui.now_ns = app->ui.clock_ns;
    app->ui.wall_ns = clock_wall_ns();
}

static void draw_if_due(struct app *app)
{
    struct ui *ui = &app->ui;
    int64_t now = ui->clock_ns, period = world_period(engine_world(ui->engine));

    if (!pace_is_due(&app->pace, now) || !term_is_ready())
        return;
    app_refresh_lists(app, !ui->frozen && pace_sorts(&app->pace, now, period));
    screen_draw(ui, app_view(app), app->views[VIEW_GUESTS]);
    pace_drawn(&app->pace, now, period, ui->frozen);
}

/* ---- input ---- */

static void resized(struct app *app)
{
    term_resized();
    app_refresh_lists(app, false);
    for (int i = 0; i < VIEW_COUNT; i++)
        if (app->views[i]->ops->resized)
            app->views[i]->ops->resized(app->views[i], &app->ui);
    app->pace.wanted = true;
}

static void resumed(struct app *app)
{
    app_read_clocks(app);
    engine_resumed(app->ui.engine, app->ui.clock_ns);
    resized(app);
}

void app_suspend(struct app *app)
{
    term_suspend();
    resumed(app);
}

static void react(struct app *app, unsigned reaction)
{
    if (reaction & REACT_QUIT)
        app->quit = true;
    if (reaction & REACT_REDRAW)
        app->pace.wanted = true;
    if (reaction & REACT_REARRANGE) {
        /* At once: the next key may come before the next drawing.  An action may have ended a
         * freeze, and with it the moment that was shown. */
        app_read_clocks(app);
        app_refresh_lists(app, true);
    }
    if (reaction & REACT_SHOW_GUEST)
        app_show_guest(app);
    if (reaction & REACT_CONSOLES)
        app_go_to(app, VIEW_CONSOLES);
    if (reaction & REACT_LEAVE)
        app_go_to(app, VIEW_GUESTS);
}

static void end_by(struct app *app, int signal)
{
    app->quit = true;
    app->status = 128 + signal;
}

static void read_keys(struct app *app)
{
    app_refresh_lists(app, false);
    for (int i = 0; i < KEYS_A_TURN && !app->quit; i++) {
        struct key key = key_read();

        if (key.kind == KEY_NONE) {
            app->keys_left = false;
            return;
        }
        if (key.kind == KEY_HANGUP) {
            end_by(app, SIGHUP);
            return;
        }
        /* An answer stands until the next key. */
        if (app->ui.message.at_ns) {
            app->ui.message.at_ns = 0;
            app->pace.wanted = true;
        }
        react(app, app_key(app, key));
    }
    app->keys_left = true;
}

/* What is typed into a guest: all that is there at once, since the key that leads back may stand
 * behind a long paste. */
static void read_typed(struct app *app)
{
    char bytes[TYPED_A_TURN];
    bool hung_up;
    size_t len = key_read_bytes(bytes, sizeof(bytes), &hung_up);

    if (hung_up)
        end_by(app, SIGHUP);
    else
        react(app, tabs_type(&app->ui, bytes, len));
}

static void read_input(struct app *app)
{
    if (tabs_have_keyboard(&app->ui))
        read_typed(app);
    else
        read_keys(app);
}

static void read_signals(struct app *app)
{
    struct signalfd_siginfo info;

    while (read(app->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        switch (info.ssi_signo) {
        case SIGWINCH:
            resized(app);
            break;
        case SIGCONT:
            term_continued();
            resumed(app);
            break;
        case SIGTSTP:
            app_suspend(app);
            break;
        case SIGINT:
            react(app, app_say_how_to_quit(app));
            break;
        default:
            end_by(app, (int)info.ssi_signo);
            break;
        }
    }
}

/* ---- the loop ---- */

static void engine_changed(struct app *app, unsigned changes)
{
    struct ui *ui = &app->ui;
    int64_t now = ui->clock_ns;

    if (changes & ENGINE_BROKEN)
        ui->engine_broken = true;
    /* Its bytes are taken by tabs_turn(); a state may have changed too. */
    if (changes & ENGINE_CONSOLES && ui->tabs->visible)
        pace_output(&app->pace, now);
    /* It was asked for, if in a frozen moment. */
    if (changes & ENGINE_ANSWER)
        pace_answer(&app->pace, now);
    changes &= ~(unsigned)(ENGINE_CONSOLES | ENGINE_ANSWER);
    if (!changes || ui->frozen)
        return;
    app->rows_old = true;
    pace_fed(&app->pace, !(changes & ~(unsigned)(ENGINE_ROWS | ENGINE_HOST)), now,
             world_period(engine_world(ui->engine)));
}

static int64_t ms_until(int64_t at_ns, int64_t now)
{
    return at_ns <= now ? 0 : (at_ns - now + NS_PER_MS - 1) / NS_PER_MS;
}

/* WAIT, or less when something is due before. */
static int64_t at_most(int64_t wait, int64_t at_ns, int64_t now)
{
    return at_ns != INT64_MAX && ms_until(at_ns, now) < wait ? ms_until(at_ns, now) : wait;
}

static int timeout_ms(const struct app *app)
{
    int64_t now = clock_mono_ns(), wait = INT_MAX, errand = errand_due(&app->ui);
    int engine = engine_timeout_ms(app->ui.engine, now);

    if (app->keys_left)
        return 0;
    /* A terminal that is behind gets no frame: it says itself when it has caught up. */
    if (!term_is_ready())
        wait = term_timeout_ms() < 0 ? INT_MAX : term_timeout_ms();
    else if (app->pace.wanted)
        return 0;
    else
        wait = at_most(wait, pace_next(&app->pace), now);
    wait = at_most(wait, tabs_due(&app->ui), now);
    wait = at_most(wait, errand, now);
    if (engine >= 0 && engine < wait)
        wait = engine;
    return wait >= INT_MAX ? -1 : (int)wait;
}

static void turn(struct app *app)
{
    struct pollfd fds[OWN_FDS + ENGINE_FDS_MAX] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = app->signals, .events = POLLIN},
        {.fd = term_poll_fd(), .events = POLLOUT},
        {.fd = errand_fd(&app->ui), .events = POLLIN},
    };
    size_t count = engine_poll_fds(app->ui.engine, fds + OWN_FDS, ENGINE_FDS_MAX);

    int ready = poll(fds, OWN_FDS + count, timeout_ms(app));
    if (ready < 0 && io_cannot_wait()) {
        app->quit = true;
        app->status = 1;
        app->wait_errno = errno;
    }
    app_read_clocks(app);
    if (ready < 0)
        return;
    if (fds[1].revents)
        read_signals(app);
    if (fds[2].revents)
        term_send();
    engine_changed(app, engine_dispatch(app->ui.engine, fds + OWN_FDS, count, app->ui.clock_ns));
    /* Keys before output: a flood does not keep the keyboard. */
    if (fds[0].revents || app->keys_left)
        read_input(app);
    app->ui.tabs->visible = app->current == VIEW_CONSOLES;
    if (tabs_turn(&app->ui))
        pace_output(&app->pace, app->ui.clock_ns);
    if (errand_turn(&app->ui))
        app->pace.wanted = true;
    if (!app->quit)
        draw_if_due(app);
}

static int open_signals(sigset_t *ret_old, struct error *err)
{
    static const int wanted[] = {SIGWINCH, SIGCONT, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP};
    sigset_t set;

    sigemptyset(&set);
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
        sigaddset(&set, wanted[i]);
    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0)
        return error_errno(err, errno, "cannot receive signals");
    sigprocmask(SIG_BLOCK, &set, ret_old);
    return fd;
}

/* TEXT is good as it was given; without what no terminal can show it may not be. */
static void set_filter(struct ui *ui, const char *given)
{
    char text[sizeof(ui->filter)];
    struct query_error err;

    text_sanitise_into(text, sizeof(text), given, strlen(given));
    if (!narrow_set(ui, text, &err))
        narrow_say(ui, text, &err);
}

static void set_up(struct app *app, struct engine *engine, const struct options *options,
                   const char *simulated)
{
    struct ui *ui = &app->ui;

    *ui = (struct ui){.engine = engine,
                      .simulated = simulated,
                      .world = engine_world(engine),
                      .order = {.key = METRIC_CPU, .inverted = options->inverted}};
    app_read_clocks(app);
    pace_init(&app->pace, ui->clock_ns, world_period(ui->world));
    if (options->filter)
        set_filter(ui, options->filter);
    if (options->sort)
        ui->order.key = sort_key_from_name(options->sort);
    preferences_begin(ui, options);
    ui->tabs =
        tabs_new(options->detach_key, options->escdelay_ms ? options->escdelay_ms : ESCDELAY_MS);
    for (int i = 0; i < VIEW_COUNT; i++)
        app->views[i] = view_makers[i]();
    app->rows_old = true;
    resized(app);
}

static void tear_down(struct app *app)
{
    ui_modal_close(&app->ui);
    for (int i = 0; i < VIEW_COUNT; i++)
        app->views[i]->ops->free(app->views[i]);
    tabs_free(&app->ui);
    narrow_off(&app->ui);
    palette_free(&app->ui);
    preferences_end(&app->ui);
    frozen_end(&app->ui);
    guest_id_clear(&app->ui.show);
    guest_id_clear(&app->ui.about);
}

int app_run(struct engine *engine, const struct options *options, const char *simulated)
{
    struct term_options terminal = {.no_colour = options->no_colour,
                                    .ascii = options->ascii,
                                    .no_mouse = options->no_mouse,
                                    .escdelay_ms =
                                        options->escdelay_ms ? options->escdelay_ms : ESCDELAY_MS};
    struct app app = {.signals = -1};
    struct error err = {0};
    char text[600];
    sigset_t old;

    app.signals = open_signals(&old, &err);
    if (app.signals < 0 || term_up(&terminal, &err) < 0) {
        fprintf(stderr, "vctop: %s\n", error_text(&err, text, sizeof(text)));
        cleanup_close(&app.signals);
        return err.code == ERR_USAGE ? 2 : 1; /* as vctop(1) has them */
    }
    set_up(&app, engine, options, simulated);
    confine_front();
    draw_if_due(&app);
    while (!app.quit)
        turn(&app);
    tear_down(&app);
    term_down();
    close(app.signals);
    sigprocmask(SIG_SETMASK, &old, NULL);
    if (app.wait_errno)
        fprintf(stderr, "vctop: cannot wait for keys: %s\n", strerror(app.wait_errno));
    return app.status;
}
