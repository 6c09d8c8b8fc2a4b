#include "ui/view/console_say.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "model/problem.h"
#include "ui/view/vscreen.h"

#define SILENT_NS (3 * NS_PER_S)

static const char *key_of(char dst[16], enum command command)
{
    return command_key_text(dst, command);
}

/* ---- of one that is over ---- */

static void say_ended(const struct ui *ui, const struct tab *tab, const struct console *console,
                      char *dst, size_t size)
{
    const struct guest *guest = tab_guest(ui, tab);
    const char *why = console->why ? console->why : "it ended";
    char status[40] = "", open[16], close[16];

    key_of(open, console->request.kind == CONSOLE_SCREEN ? COMMAND_OPEN : COMMAND_CONSOLE);
    key_of(close, COMMAND_BACK_OR_QUIT);
    if (console->exit_status >= 0)
        snprintf(status, sizeof(status), " with status %d", console->exit_status);
    if (!guest)
        snprintf(dst, size, "ended%s: %.200s; the guest is not there any more: %s closes this",
                 status, why, close);
    else if (tab->waits)
        snprintf(dst, size, "will be opened as soon as %.60s runs again; %s: not", tab->name, open);
    else if (console->request.kind == CONSOLE_LOG)
        snprintf(dst, size, "ended: %.200s%s%.100s", why, console->remedy ? "; " : "",
                 console->remedy ? console->remedy : "");
    else if (guest->state == STATE_OFF || guest->state == STATE_CRASHED)
        snprintf(dst, size, "ended%s: %.200s; %s: open it when the guest runs again, %s: close",
                 status, why, open, close);
    else
        snprintf(dst, size, "ended%s: %.200s%s%.100s; %s: open it anew, %s: close", status, why,
                 console->remedy ? "; " : "", console->remedy ? console->remedy : "", open, close);
}

/* ---- of one that is open ---- */

static int64_t silent_since(const struct tab *tab, const struct console *console)
{
    if (!console->last_output_ns)
        return console->opened_ns;
    return tab->typed_ns > console->last_output_ns ? tab->typed_ns : 0;
}

static const char *silent_hint(const struct tab *tab, const struct console *console)
{
    if (console->request.kind == CONSOLE_ATTACH)
        return "the command says nothing";
    if (tab->kind == KIND_CONTAINER)
        return "try Enter, or attach; no getty, lxc.tty.max?";
    return "try Enter; no getty? no console=ttyS0?";
}

static bool say_silent(const struct ui *ui, const struct tab *tab, const struct console *console,
                       char *dst, size_t size)
{
    int64_t since = silent_since(tab, console);
    char age[UNITS_MAX];

    if (!since || ui->clock_ns - since < SILENT_NS || console->request.kind == CONSOLE_LOG)
        return false;
    units_duration(age, (double)(ui->clock_ns - since) / NS_PER_S);
    snprintf(dst, size, "no output for %s: %s", age, silent_hint(tab, console));
    return true;
}

static bool say_open(const struct ui *ui, const struct tab *tab, const struct console *console,
                     char *dst, size_t size, enum style *ret_style)
{
    const struct world *world = engine_world(ui->engine);
    const struct guest *guest = tab_guest(ui, tab);
    bool screen = console->request.kind == CONSOLE_SCREEN;
    struct problem problem;
    char key[16];

    if (console->request.kind == CONSOLE_LOG)
        return false;
    if (!screen && guest && guest->state == STATE_PAUSED) {
        snprintf(dst, size, "%s: it reads and says nothing until it is resumed (%s)",
                 tab->kind == KIND_CONTAINER ? "frozen" : "paused", key_of(key, COMMAND_ACTIONS));
        return true;
    }
    if (guest && problem_of(world, guest, ui->clock_ns, &problem) && problem.kind == PROBLEM_HUNG) {
        snprintf(dst, size, "%s: %.200s", problem.word, problem.cause);
        return true;
    }
    if (screen)
        return vscreen_say(ui, tab, dst, size, ret_style);
    if (console->bytes_dropped) {
        snprintf(dst, size, "the guest does not read: %" PRIu64 " bytes that were typed are lost",
                 console->bytes_dropped);
        return true;
    }
    return say_silent(ui, tab, console, dst, size);
}

bool console_say(const struct ui *ui, const struct tab *tab, char *dst, size_t size,
                 enum style *ret_style)
{
    const struct console *console = tab_console(ui, tab);
    const struct guest *guest = tab_guest(ui, tab);
    char key[16];

    *ret_style = STYLE_WARN;
    if (!console)
        return false;
    switch (console->state) {
    case CONSOLE_OPENING:
        *ret_style = STYLE_DIM;
        snprintf(dst, size, "%s",
                 guest && guest->state == STATE_OFF ? "opens as soon as it runs ..."
                                                    : "opening ...");
        return true;
    case CONSOLE_BUSY:
        snprintf(dst, size, "busy: %.200s; %s: take it over, after a question",
                 console->why ? console->why : "somebody else has it",
                 key_of(key, COMMAND_CONSOLE));
        return true;
    case CONSOLE_ENDED:
        say_ended(ui, tab, console, dst, size);
        return true;
    case CONSOLE_OPEN:
        break;
    }
    return say_open(ui, tab, console, dst, size, ret_style);
}
