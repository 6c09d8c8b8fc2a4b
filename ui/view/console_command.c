#include "ui/view/console_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "ui/view/console_ask.h"
#include "ui/view/console_record.h"
#include "ui/view/saving.h"

#define DONE (REACT_HANDLED | REACT_REDRAW)

/* The next word of *TEXT, which quotes may hold together: the caller's to free; NULL at the end. */
static char *next_word(const char **text)
{
    char *word, quote = '\0';
    size_t len = 0;

    *text += strspn(*text, " ");
    if (!**text)
        return NULL;
    word = xmalloc(strlen(*text) + 1);
    for (; **text && (quote || **text != ' '); ++*text) {
        if (quote ? **text == quote : **text == '\'' || **text == '"')
            quote = quote ? '\0' : **text;
        else
            word[len++] = **text;
    }
    word[len] = '\0';
    return word;
}

unsigned console_command_open(struct ui *ui, enum console_kind kind, const char *text)
{
    char *argv[CONSOLE_ARGS_MAX + 1] = {NULL};
    const struct guest *guest =
        guest_id_is_set(&ui->about) ? world_find(engine_world(ui->engine), &ui->about) : NULL;
    unsigned reaction;

    if (kind == CONSOLE_SERIAL)
        return tabs_open(ui, guest, kind, text, NULL);
    for (size_t i = 0; i < CONSOLE_ARGS_MAX && (argv[i] = next_word(&text)); i++)
        ;
    reaction = tabs_open(ui, guest, kind, NULL, argv);
    for (size_t i = 0; argv[i]; i++)
        free(argv[i]);
    return reaction;
}

/* The console that a command is for, NULL with a word when there is none that listens. */
static struct tab *listening(struct ui *ui)
{
    struct tab *tab = tabs_active(ui);
    const struct console *console = tab ? tab_console(ui, tab) : NULL;

    if (console && console->state == CONSOLE_OPEN && console->request.kind != CONSOLE_LOG)
        return tab;
    ui_say(ui, STYLE_WARN, "no console is open that listens");
    return NULL;
}

unsigned console_command_send(struct ui *ui, const char *text)
{
    const struct tab *tab = listening(ui);
    char bytes[256];
    size_t len = 0;

    for (const char *at = text; *at && len < sizeof(bytes); at++) {
        bool control = *at == '^' && at[1] >= '@' && at[1] <= '_' && at[1] != '^';
        if (*at == '^' && at[1])
            at++;
        bytes[len++] = (char)(control ? *at & 0x1f : *at);
    }
    if (tab)
        engine_console_send(ui->engine, tab->console, bytes, len);
    return DONE;
}

unsigned console_command_fit(struct ui *ui, const char *text)
{
    struct tab *tab = listening(ui);
    const struct console *console = tab ? tab_console(ui, tab) : NULL;

    (void)text;
    if (console && console->resizable)
        ui_say(ui, STYLE_DIM, "it knows its size already");
    else if (tab)
        console_ask_size(ui, tab);
    return DONE;
}

unsigned console_command_record(struct ui *ui, const char *text)
{
    struct tab *tab = tabs_active(ui);
    struct error err = {0};

    if (!tab || tab->record) {
        ui_say(ui, STYLE_WARN,
               tab ? "it is being written already: :stop ends that" : "no console is open");
        return DONE;
    }
    CLEANUP_FREE char *path = saving_path(text);
    tab->record = record_start(path, tab->name, tab->emulator, ui->clock_ns, ui->wall_ns, &err);
    if (tab->record)
        ui_say(ui, STYLE_GOOD, "what it says is written to %.200s: :stop ends that", text);
    else
        ui_say(ui, STYLE_BAD, "%s", err.message);
    return DONE;
}

unsigned console_command_stop(struct ui *ui, const char *text)
{
    struct tab *tab = tabs_active(ui);

    (void)text;
    if (tab && tab->record)
        ui_say(ui, STYLE_GOOD, "no more is written to %.200s", record_path(tab->record));
    else
        ui_say(ui, STYLE_DIM, "nothing is being written");
    if (tab) {
        record_free(tab->record);
        tab->record = NULL;
    }
    return DONE;
}
