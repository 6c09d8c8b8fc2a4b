/* What flows through the open consoles: what is typed into the active one, and what all of them
 * say, in turns that leave the keyboard its answer. */
#include "base/clock.h"
#include "ui/term/output.h"
#include "ui/view/console_ask.h"
#include "ui/view/console_record.h"
#include "ui/view/tabs.h"
#include "ui/view/vscreen.h"

#define PACE_NS (10 * NS_PER_MS)

/* ---- what is typed ---- */

static void send(struct ui *ui, const char *bytes, size_t len)
{
    struct tab *tab = tabs_active(ui);

    if (len == 0)
        return;
    tab->typed_ns = ui->clock_ns;
    engine_console_send(ui->engine, tab->console, bytes, len);
}

static void on_bytes(void *user, const char *bytes, size_t len)
{
    send(user, bytes, len);
}

static void on_key(void *user, enum key_special key)
{
    static const enum emulator_key keys[] = {
        [SPECIAL_UP] = EMULATOR_UP,     [SPECIAL_DOWN] = EMULATOR_DOWN,
        [SPECIAL_LEFT] = EMULATOR_LEFT, [SPECIAL_RIGHT] = EMULATOR_RIGHT,
        [SPECIAL_HOME] = EMULATOR_HOME, [SPECIAL_END] = EMULATOR_END,
    };
    struct ui *ui = user;
    char bytes[16];

    send(ui, bytes,
         emulator_key_bytes(tabs_active(ui)->emulator,
                            key >= SPECIAL_F1 ? EMULATOR_F1 + (key - SPECIAL_F1) : keys[key],
                            bytes));
}

static void on_paste(void *user, bool end)
{
    struct ui *ui = user;
    char bytes[16];

    send(ui, bytes, emulator_paste_mark(tabs_active(ui)->emulator, end, bytes));
}

static void on_answer(void *user)
{
    (void)user;
    output_answered();
}

static const struct typed_ops typed_ops = {
    .bytes = on_bytes, .key = on_key, .paste = on_paste, .answer = on_answer};

bool tabs_have_keyboard(const struct ui *ui)
{
    return ui->tabs->entered && !ui->modal;
}

unsigned tabs_type(struct ui *ui, const char *bytes, size_t len)
{
    if (!typed_feed(&ui->tabs->typed, bytes, len, ui->clock_ns, &typed_ops, ui))
        return 0;
    ui->tabs->entered = false;
    key_discard();
    return REACT_HANDLED | REACT_REDRAW;
}

/* ---- what the guests say ---- */

static void feed(struct ui *ui, struct tab *tab, bool is_log, const char *bytes, size_t len)
{
    char text[FILTER_ROOM(EMULATOR_FEED_MAX)], answers[EMULATOR_ANSWERS_MAX];

    if (tab->record)
        record_output(tab->record, bytes, len, ui->clock_ns);
    if (!is_log) {
        emulator_feed(tab->emulator, bytes, len);
        len = emulator_take_answers(tab->emulator, answers);
        engine_console_send(ui->engine, tab->console, answers, len);
        return;
    }
    size_t left = filter_take(&tab->filter, bytes, len, FILTER_LOG, text);
    for (const char *at = text; left > 0;) {
        size_t fed = emulator_feed(tab->emulator, at, left);
        at += fed;
        left -= fed;
    }
    emulator_take_answers(tab->emulator, answers); /* nobody is there to hear them */
}

static bool is_shown(const struct tabs *tabs, const struct tab *tab)
{
    return tabs->visible && (tabs->tab[tabs->active] == tab ||
                             (tabs_pair(tabs) && tabs->tab[tabs->active ^ 1] == tab));
}

/* SAID: something.  True when that is to be seen. */
static bool note_news(const struct ui *ui, struct tab *tab, bool said)
{
    const struct console *console = tab_console(ui, tab);
    bool over = console && !tab_lives(console), had = tab->news;

    said |= over && !tab->over;
    tab->over = over;
    if (is_shown(ui->tabs, tab)) {
        tab->news = false;
        return said || had;
    }
    tab->news |= said;
    return tab->news && !had;
}

size_t tabs_news(const struct ui *ui, const char **ret_name)
{
    size_t count = 0;

    for (size_t i = 0; i < ui->tabs->count; i++)
        if (ui->tabs->tab[i]->news && count++ == 0)
            *ret_name = ui->tabs->tab[i]->name;
    return count;
}

/* Said once, and then no more is written. */
static bool look_at_record(struct ui *ui, struct tab *tab)
{
    struct error err = {0};
    char text[600];

    if (!tab->record || !record_failed(tab->record, &err))
        return false;
    ui_say(ui, STYLE_BAD, "what %.60s says is not written any more: %s", tab->name,
           error_text(&err, text, sizeof(text)));
    record_free(tab->record);
    tab->record = NULL;
    return true;
}

/* Once it was off and runs again, what was asked for is done. */
static bool try_again(struct ui *ui, struct tab *tab)
{
    const struct guest *guest = tab->waits ? tab_guest(ui, tab) : NULL;

    if (!guest || guest->state != STATE_RUNNING)
        return false;
    tabs_reopen(ui, tab, false);
    return true;
}

static void ask_if_busy(struct ui *ui, struct tab *tab)
{
    const struct console *console = tab_console(ui, tab);

    if (!ui->tabs->entered || !is_shown(ui->tabs, tab) || tab->asked || ui->modal || !console ||
        console->state != CONSOLE_BUSY)
        return;
    console_ask_force(ui, tab);
}

static bool output_waits(const struct ui *ui)
{
    for (size_t i = 0; i < ui->tabs->count; i++)
        if (engine_console_waiting(ui->engine, ui->tabs->tab[i]->console))
            return true;
    return false;
}

/* A flood into which nobody types has a part of a processor, and no more. */
static int64_t next_turn(const struct ui *ui)
{
    return ui->tabs->entered ? ui->clock_ns : ui->tabs->fed_ns + PACE_NS;
}

bool tabs_turn(struct ui *ui)
{
    struct tabs *tabs = ui->tabs;
    size_t budget = ui->clock_ns >= next_turn(ui) ? EMULATOR_FEED_MAX : 0;
    char bytes[EMULATOR_FEED_MAX];
    bool changed = false;

    typed_turn(&tabs->typed, ui->clock_ns, &typed_ops, ui);
    for (size_t i = 0; i < tabs->count; i++) {
        struct tab *tab = tabs->tab[(tabs->turn + i) % tabs->count];
        const struct console *console = tab_console(ui, tab);
        size_t len = budget ? engine_console_take(ui->engine, tab->console, bytes, budget) : 0;

        if (len > 0) {
            feed(ui, tab, console->request.kind == CONSOLE_LOG, bytes, len);
            tabs->fed_ns = ui->clock_ns;
        }
        budget -= len;
        changed |= note_news(ui, tab, len > 0);
        changed |= look_at_record(ui, tab);
        if (vscreen_is(ui, tab))
            vscreen_show(ui, tab, is_shown(tabs, tab));
        changed |= try_again(ui, tab);
        ask_if_busy(ui, tab);
    }
    tabs->turn = tabs->count ? (tabs->turn + 1) % tabs->count : 0;
    return changed;
}

int64_t tabs_due(const struct ui *ui)
{
    int64_t typed = ui->tabs->entered ? typed_due(&ui->tabs->typed) : INT64_MAX;
    int64_t output = output_waits(ui) ? next_turn(ui) : INT64_MAX;

    return typed < output ? typed : output;
}
