#include "ui/view/tabs.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/view/console_ask.h"
#include "ui/view/console_record.h"
#include "ui/view/vscreen.h"

#define SCROLLBACK_LINES 10000
#define SCROLLBACK_BYTES ((size_t)16 << 20)
/* Until the pane is drawn for the first time. */
#define FIRST_ROWS 24
#define FIRST_COLUMNS 80

struct tabs *tabs_new(const char *detach_key, int escape_ms)
{
    const char *key = detach_key ? detach_key : "^]";
    struct tabs *tabs = xcalloc(1, sizeof(*tabs));

    typed_init(&tabs->typed, (char)(key[1] & 0x1f), escape_ms);
    snprintf(tabs->detach_text, sizeof(tabs->detach_text), "Ctrl-%c",
             key[1] >= 'a' && key[1] <= 'z' ? key[1] - 'a' + 'A' : key[1]);
    return tabs;
}

static void tab_free(struct tab *tab)
{
    emulator_free(tab->emulator);
    record_free(tab->record);
    guest_id_clear(&tab->guest);
    free(tab->name);
    free(tab);
}

void tabs_free(struct ui *ui)
{
    struct tabs *tabs = ui->tabs;

    if (!tabs)
        return;
    for (size_t i = 0; i < tabs->count; i++) {
        engine_console_close(ui->engine, tabs->tab[i]->console);
        tab_free(tabs->tab[i]);
    }
    free(tabs->tab);
    free(tabs);
    ui->tabs = NULL;
}

struct tab *tabs_active(const struct ui *ui)
{
    const struct tabs *tabs = ui->tabs;

    return tabs->count ? tabs->tab[tabs->active] : NULL;
}

const struct console *tab_console(const struct ui *ui, const struct tab *tab)
{
    return engine_console(ui->engine, tab->console);
}

const struct guest *tab_guest(const struct ui *ui, const struct tab *tab)
{
    return world_find(engine_world(ui->engine), &tab->guest);
}

bool tab_lives(const struct console *console)
{
    return console && (console->state == CONSOLE_OPEN || console->state == CONSOLE_OPENING);
}

/* Logs only speak; what goes to a screen is asked about first. */
static bool has_keyboard(const struct console *console)
{
    return console->request.kind != CONSOLE_LOG && console->request.kind != CONSOLE_SCREEN;
}

static unsigned show(struct ui *ui, size_t index, bool enter)
{
    struct tabs *tabs = ui->tabs;
    struct tab *tab = tabs->tab[index];
    const struct console *console = tab_console(ui, tab);

    tabs->active = index;
    tab->news = false;
    tabs->entered = enter && console && has_keyboard(console);
    if (tabs->entered)
        tab->looks_back = false;
    return REACT_HANDLED | REACT_REDRAW | REACT_CONSOLES;
}

/* The tab of what is asked for, when there is one; a command always begins anew. */
static size_t find_tab(const struct ui *ui, const struct guest_id *guest, enum console_kind kind,
                       const char *device, char **argv)
{
    const struct tabs *tabs = ui->tabs;

    for (size_t i = 0; i < tabs->count && !argv; i++) {
        const struct console *console = tab_console(ui, tabs->tab[i]);
        const char *has = console ? console->request.device : NULL;
        if (console && console->request.kind == kind && !console->request.argv &&
            guest_id_equal(&tabs->tab[i]->guest, guest) &&
            (!device || (has && strcmp(has, device) == 0) ||
             (console->device && strcmp(console->device, device) == 0)))
            return i;
    }
    return tabs->count;
}

bool tabs_can_open(const struct ui *ui, const struct guest_id *guest, enum console_kind kind,
                   struct error *err)
{
    size_t open = find_tab(ui, guest, kind, NULL, NULL);

    return (open < ui->tabs->count && tab_lives(tab_console(ui, ui->tabs->tab[open]))) ||
           engine_console_check(ui->engine, guest, kind, err) == 0;
}

static struct tab *tab_new(struct ui *ui, const struct guest *guest, uint32_t console)
{
    struct tabs *tabs = ui->tabs;
    struct tab *tab = xcalloc(1, sizeof(*tab));

    tab->console = console;
    guest_id_copy(&tab->guest, &guest->id);
    tab->kind = guest->facts.kind;
    tab->name = xstrdup(guest->facts.name ? guest->facts.name : "?");
    tab->emulator = emulator_new(FIRST_ROWS, FIRST_COLUMNS, SCROLLBACK_LINES, SCROLLBACK_BYTES);
    tab->pager.list = true;
    tabs->tab = xrealloc(tabs->tab, tabs->count + 1, sizeof(struct tab *));
    tabs->tab[tabs->count++] = tab;
    return tab;
}

unsigned tabs_open(struct ui *ui, const struct guest *guest, enum console_kind kind,
                   const char *device, char **argv)
{
    struct tabs *tabs = ui->tabs;
    struct error err = {0};

    if (!guest) {
        ui_say_unselected(ui);
        return REACT_HANDLED | REACT_REDRAW;
    }
    size_t index = find_tab(ui, &guest->id, kind, device, argv);
    if (index < tabs->count) {
        tabs->active = index;
        return kind == CONSOLE_LOG ||
                       (kind == CONSOLE_SCREEN && tab_lives(tab_console(ui, tabs->tab[index])))
                   ? show(ui, index, false)
                   : tabs_enter(ui);
    }
    struct console_request request = {.kind = kind,
                                      .guest = guest->id,
                                      .life = guest->facts.life,
                                      .device = (char *)device,
                                      .argv = argv,
                                      .rows = FIRST_ROWS,
                                      .columns = FIRST_COLUMNS};
    int number = engine_console_open(ui->engine, &request, &err);
    if (number < 0) {
        ui_say(ui, STYLE_BAD, "%.60s: %.200s%s%.100s%s", guest->facts.name, err.message,
               err.remedy[0] ? " (" : "", err.remedy, err.remedy[0] ? ")" : "");
        key_discard(); /* what was typed ahead was meant for the guest */
        return REACT_HANDLED | REACT_REDRAW;
    }
    tab_new(ui, guest, (uint32_t)number);
    return show(ui, tabs->count - 1, true);
}

void tabs_reopen(struct ui *ui, struct tab *tab, bool force)
{
    const struct console *old = tab_console(ui, tab);
    struct console_request request;
    struct error err = {0};

    if (!old)
        return;
    console_request_copy(&request, &old->request);
    /* The life that the guest has now: that one was asked for. */
    free(request.life);
    request.life = NULL;
    request.force = force;
    int number = engine_console_open(ui->engine, &request, &err);
    console_request_clear(&request);
    if (number < 0) {
        /* It was off, and that will pass: its pane says so. */
        tab->waits = err.code == ERR_GONE && tab_guest(ui, tab);
        if (!tab->waits)
            ui_say(ui, STYLE_BAD, "%.60s: %.200s", tab->name, err.message);
        return;
    }
    engine_console_close(ui->engine, tab->console);
    tab->console = (uint32_t)number;
    tab->waits = tab->asked = false;
    tab->typed_ns = 0;
    emulator_reset_modes(tab->emulator);
    emulator_feed(tab->emulator, "\r\n", 2);
}

unsigned tabs_enter(struct ui *ui)
{
    struct tab *tab = tabs_active(ui);
    const struct console *console = tab ? tab_console(ui, tab) : NULL;

    if (!console)
        return REACT_HANDLED;
    if (console->state == CONSOLE_OPEN && vscreen_is(ui, tab))
        return vscreen_menu(ui, tab);
    if (console->state == CONSOLE_BUSY) {
        console_ask_force(ui, tab);
        return REACT_HANDLED | REACT_REDRAW | REACT_CONSOLES;
    }
    if (console->state == CONSOLE_ENDED) {
        if (tab->waits) {
            tab->waits = false;
            return show(ui, ui->tabs->active, false);
        }
        tabs_reopen(ui, tab, false);
        if (!tab_lives(tab_console(ui, tab)))
            return show(ui, ui->tabs->active, false);
    }
    return show(ui, ui->tabs->active, true);
}

static void forget(struct ui *ui, size_t index)
{
    struct tabs *tabs = ui->tabs;

    engine_console_close(ui->engine, tabs->tab[index]->console);
    tab_free(tabs->tab[index]);
    tabs->count--;
    memmove(&tabs->tab[index], &tabs->tab[index + 1], (tabs->count - index) * sizeof(struct tab *));
    if (tabs->active > index || tabs->active >= tabs->count)
        tabs->active -= tabs->active > 0;
    tabs->entered = false;
    if (tabs->count)
        tabs->tab[tabs->active]->news = false;
}

static void forget_console(struct ui *ui, uint32_t console)
{
    for (size_t i = 0; i < ui->tabs->count; i++)
        if (ui->tabs->tab[i]->console == console) {
            forget(ui, i);
            return;
        }
}

unsigned tabs_close(struct ui *ui)
{
    struct tab *tab = tabs_active(ui);
    const struct console *console = tab ? tab_console(ui, tab) : NULL;

    if (!tab)
        return REACT_HANDLED;
    if (tab_lives(console) && has_keyboard(console)) {
        console_ask_close(ui, tab, forget_console);
        return REACT_HANDLED | REACT_REDRAW;
    }
    forget(ui, ui->tabs->active);
    return REACT_HANDLED | REACT_REDRAW | (ui->tabs->count ? 0u : REACT_LEAVE);
}

unsigned tabs_next(struct ui *ui, int step)
{
    size_t count = ui->tabs->count;

    if (!count)
        return REACT_HANDLED;
    return show(ui, (ui->tabs->active + count + (size_t)(step + (int)count)) % count, false);
}

bool tabs_pair(const struct tabs *tabs)
{
    return tabs->pairs && (tabs->active | 1) < tabs->count;
}

size_t tabs_live(const struct ui *ui)
{
    size_t live = 0;

    for (size_t i = 0; i < ui->tabs->count; i++) {
        const struct console *console = tab_console(ui, ui->tabs->tab[i]);
        live += tab_lives(console) && has_keyboard(console);
    }
    return live;
}
