#include "ui/view/palette.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "config/value.h"
#include "model/action.h"
#include "ui/view/complete.h"
#include "ui/view/console_command.h"
#include "ui/view/narrow.h"
#include "ui/view/preferences.h"
#include "ui/widget/dialog.h"

#define HISTORY_MAX 50
#define LIST_MAX 10
#define LABEL ":"

struct palette {
    struct prompt prompt;
    enum context context;
    struct completion completion;
    struct text_list history; /* oldest first */
    size_t at;                /* the line of the history shown; history.count: one's own */
    char own[256];            /* which stands here meanwhile */
};

/* ---- commands with a value ---- */

static unsigned set_delay(struct ui *ui, const char *text)
{
    struct error err;
    int64_t period_ns;

    if (value_parse_delay(text, &period_ns, &err))
        ui_say(ui, STYLE_BAD, "%s", err.message);
    else
        preferences_set_delay(ui, period_ns);
    return REACT_HANDLED | REACT_REDRAW;
}

static unsigned set_theme(struct ui *ui, const char *text)
{
    preferences_set_theme(ui, text);
    return REACT_HANDLED | REACT_REDRAW;
}

static unsigned set_sort(struct ui *ui, const char *text)
{
    int key = sort_key_from_name(text);

    if (key == SORT_KEY_COUNT) {
        ui_say(ui, STYLE_BAD, "'%.40s' is no column to sort by: Tab shows them", text);
        return REACT_HANDLED | REACT_REDRAW;
    }
    ui->order = (struct listing_order){.key = key};
    return REACT_HANDLED | REACT_REDRAW | REACT_REARRANGE;
}

static unsigned set_filter(struct ui *ui, const char *text)
{
    struct query_error err;

    if (!narrow_set(ui, text, &err))
        narrow_say(ui, text, &err);
    return REACT_HANDLED | REACT_REDRAW | REACT_REARRANGE;
}

static unsigned set_columns(struct ui *ui, const char *text)
{
    struct text_list names = {0};
    struct error err;

    while (*text) {
        size_t len = strcspn(text, " ,");
        CLEANUP_FREE char *name = xstrndup(text, len);

        if (len)
            text_list_add(&names, name);
        text += len + (text[len] != '\0');
    }
    if (column_order_parse(&ui->columns, &names, &err))
        ui_say_error(ui, &err);
    text_list_clear(&names);
    return REACT_HANDLED | REACT_REDRAW;
}

static unsigned save(struct ui *ui, const char *text)
{
    (void)text;
    preferences_save(ui);
    return REACT_HANDLED | REACT_REDRAW;
}

static unsigned open_device(struct ui *ui, const char *text)
{
    return console_command_open(ui, CONSOLE_SERIAL, text);
}

static unsigned attach(struct ui *ui, const char *text)
{
    return console_command_open(ui, CONSOLE_ATTACH, text);
}

static const struct valued {
    const char *name, *value; /* NULL: it takes none */
    const char *help;
    unsigned (*run)(struct ui *ui, const char *value);
} valued[] = {
    {"delay", "SECS", "time between two samples, 0.2 to 3600", set_delay},
    {"theme", "NAME", "colours; Tab shows the names", set_theme},
    {"sort", "COLUMN", "sort by any column; Tab shows them", set_sort},
    {"filter", "FILTER", "show only guests that match: web, cpu>80 & kind=ct", set_filter},
    {"columns", "NAMES", "the columns of the tables, in this order", set_columns},
    {"open", "DEVICE", "that console of the guest: serial1, tty2, console", open_device},
    {"run", "COMMAND", "a command in the selected container, on a terminal of its own", attach},
    {"send", "KEYS", "type KEYS into the console: ^] is Ctrl-], ^M is Enter", console_command_send},
    {"fit", NULL, "tell a serial line its size by stty, after a question", console_command_fit},
    {"record", "FILE", "write what the console says to FILE; NAME.cast: asciicast",
     console_command_record},
    {"stop", NULL, "stop writing what the console says", console_command_stop},
    {"save", NULL, "write what was set up into the configuration file", save},
};

static const struct valued *valued_by_name(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(valued); i++)
        if (strcmp(valued[i].name, name) == 0)
            return &valued[i];
    return NULL;
}

bool palette_entry(size_t index, char *usage, size_t size, const char **ret_help)
{
    if (index >= ARRAY_SIZE(valued))
        return false;
    snprintf(usage, size, ":%s%s%s", valued[index].name, valued[index].value ? " " : "",
             valued[index].value ? valued[index].value : "");
    *ret_help = valued[index].help;
    return true;
}

/* ---- what a line could become ---- */

static void offer_commands(struct palette *palette, const char *typed)
{
    struct completion *completion = &palette->completion;

    /* Those without a key first. */
    for (size_t i = 0; i < ARRAY_SIZE(valued); i++)
        completion_offer(completion, typed, "", valued[i].name, valued[i].help);
    for (size_t i = 0; i < command_count(); i++) {
        const struct command_info *info = command_at(i);
        if (info->contexts & palette->context && !valued_by_name(info->name))
            completion_offer(completion, typed, "", info->name, info->help);
    }
}

static void offer_values(struct palette *palette, const struct ui *ui, const char *command,
                         const char *before, const char *typed)
{
    struct completion *completion = &palette->completion;
    const struct text_list *themes = preferences_themes(ui);

    if (strcmp(command, "theme") == 0)
        for (size_t i = 0; i < themes->count; i++)
            completion_offer(completion, typed, before, themes->items[i], "");
    if (strcmp(command, "sort") == 0)
        for (int key = 0; key < SORT_KEY_COUNT; key++)
            completion_offer(completion, typed, before, sort_key_name(key),
                             key < METRIC_COUNT ? metric_info((enum metric)key)->help : "");
    if (strcmp(command, "columns") == 0)
        for (int i = 0; i < COLUMN_COUNT; i++)
            if (column_name((enum column)i))
                completion_offer(completion, typed, before, column_name((enum column)i),
                                 column_help((enum column)i));
}

static void complete(struct palette *palette, const struct ui *ui)
{
    const char *text = palette->prompt.text;
    size_t command_len = strcspn(text, " ");
    const char *last = strrchr(text, ' ');

    completion_clear(&palette->completion);
    if (!last) {
        offer_commands(palette, text);
    } else if (strncmp(text, "filter ", 7) == 0) {
        narrow_offer(&palette->completion, "filter ", text + 7 + strspn(text + 7, " "));
    } else {
        CLEANUP_FREE char *command = xstrndup(text, command_len);
        CLEANUP_FREE char *before = xstrndup(text, (size_t)(last + 1 - text));
        offer_values(palette, ui, command, before, last + 1);
    }
    completion_sort(&palette->completion);
}

/* ---- running a line ---- */

static unsigned refuse(struct ui *ui, const struct palette *palette, const char *name)
{
    char key[16];

    if (action_from_word(name) != ACTION_COUNT) {
        ui_say(ui, STYLE_BAD, "no command changes a guest: %s opens the menu that does",
               command_key_text(key, COMMAND_ACTIONS));
    } else if (palette->completion.count > 1 && completion_is_prefix(&palette->completion, 0)) {
        ui_say(ui, STYLE_BAD, "'%.40s' could be '%s' or '%s'", name,
               palette->completion.items[0].name, palette->completion.items[1].name);
    } else {
        const char *nearest = NULL;
        size_t best = SIZE_MAX;

        for (size_t i = 0; i < command_count(); i++)
            if (command_at(i)->contexts & palette->context)
                completion_nearer(name, command_at(i)->name, &nearest, &best);
        for (size_t i = 0; i < ARRAY_SIZE(valued); i++)
            completion_nearer(name, valued[i].name, &nearest, &best);
        /* With most of its letters changed, 'nearest' would help nobody. */
        if (best <= strlen(name) / 2)
            ui_say(ui, STYLE_BAD, "there is no command '%.40s': the nearest is '%s'", name,
                   nearest);
        else
            ui_say(ui, STYLE_BAD, "there is no command '%.40s': Tab shows all", name);
    }
    return REACT_HANDLED | REACT_REDRAW;
}

/* The whole name, or the beginning of just one. */
static const char *resolve(struct palette *palette, const char *name)
{
    const struct command_info *info = command_by_name(name);

    if (valued_by_name(name) || (info && info->contexts & palette->context))
        return name;
    completion_clear(&palette->completion);
    offer_commands(palette, name);
    completion_sort(&palette->completion);
    return completion_is_prefix(&palette->completion, 0) &&
                   !completion_is_prefix(&palette->completion, 1)
               ? palette->completion.items[0].name
               : NULL;
}

static unsigned run_line(struct ui *ui, struct palette *palette, const char *line)
{
    line += strspn(line, " :");
    size_t len = strcspn(line, " ");
    const char *value = line + len + strspn(line + len, " ");
    CLEANUP_FREE char *typed = xstrndup(line, len);
    CLEANUP_FREE char *found = NULL;

    if (!len)
        return REACT_HANDLED | REACT_REDRAW;
    found = xstrdup(resolve(palette, typed));
    if (!found)
        return refuse(ui, palette, typed);
    const struct valued *with = valued_by_name(found);
    const struct command_info *info = command_by_name(found);
    if (with && (*value || !with->value))
        return with->run(ui, value);
    if (info && info->contexts & palette->context && !*value) {
        ui->wanted = info->command;
        return REACT_HANDLED | REACT_REDRAW;
    }
    if (with)
        ui_say(ui, STYLE_BAD, ":%s needs a value: %s", with->name, with->value);
    else
        ui_say(ui, STYLE_BAD, ":%s takes no value", found);
    return REACT_HANDLED | REACT_REDRAW;
}

/* ---- the line ---- */

static void remember(struct palette *palette, const char *line)
{
    struct text_list *history = &palette->history;

    if (!*line || (history->count && strcmp(history->items[history->count - 1], line) == 0))
        return;
    if (history->count == HISTORY_MAX) {
        free(history->items[0]);
        memmove(history->items, history->items + 1, (HISTORY_MAX - 1) * sizeof(*history->items));
        history->count--;
    }
    text_list_add(history, line);
}

static void show(struct palette *palette, const char *text)
{
    prompt_init(&palette->prompt, LABEL, text);
}

static void recall(struct palette *palette, const struct ui *ui, int step)
{
    struct text_list *history = &palette->history;

    if ((step < 0 && palette->at == 0) || (step > 0 && palette->at == history->count))
        return;
    if (palette->at == history->count)
        snprintf(palette->own, sizeof(palette->own), "%s", palette->prompt.text);
    palette->at = step < 0 ? palette->at - 1 : palette->at + 1;
    show(palette, palette->at == history->count ? palette->own : history->items[palette->at]);
    complete(palette, ui);
}

/* Tab: what all matches begin with, then one after the other. */
static void tab(struct palette *palette, const struct ui *ui, int step)
{
    char text[256];
    bool single = palette->completion.count == 1;

    if (!completion_next(&palette->completion, step, text, sizeof(text)))
        return;
    const struct valued *with = valued_by_name(text);
    size_t len = strlen(text);
    /* With one match it is done: what follows comes next. */
    if (single && with && with->value && len + 2 < sizeof(text))
        memcpy(text + len, " ", 2);
    show(palette, text);
    if (single)
        complete(palette, ui);
}

static unsigned palette_key(struct ui *ui, void *data, struct key key)
{
    struct palette *palette = data;
    bool changed = false;

    if (key_is(key, SPECIAL_TAB) || key_is(key, SPECIAL_BACK_TAB)) {
        tab(palette, ui, key_is(key, SPECIAL_TAB) ? 1 : -1);
        return REACT_HANDLED | REACT_REDRAW;
    }
    if (key_is(key, SPECIAL_UP) || key_is(key, SPECIAL_DOWN)) {
        recall(palette, ui, key_is(key, SPECIAL_UP) ? -1 : 1);
        return REACT_HANDLED | REACT_REDRAW;
    }
    /* As in an editor: nothing left to erase, nothing left to do. */
    bool leaves = key_is(key, SPECIAL_BACKSPACE) && !palette->prompt.text[0];
    enum dialog_result result =
        leaves ? DIALOG_CANCELLED : prompt_key(&palette->prompt, key, &changed);
    if (result == DIALOG_OPEN) {
        if (changed)
            complete(palette, ui);
        return REACT_HANDLED | REACT_REDRAW;
    }
    ui_modal_close(ui);
    if (result == DIALOG_CANCELLED)
        return REACT_HANDLED | REACT_REDRAW;
    remember(palette, palette->prompt.text);
    return run_line(ui, palette, palette->prompt.text);
}

static void palette_draw(const struct ui *ui, const void *data, struct rect screen,
                         struct rect status)
{
    const struct palette *palette = data;
    int room = status.y - screen.y - 1;

    (void)ui;
    prompt_draw(&palette->prompt, status, 0);
    completion_draw(&palette->completion, screen, status.y, room < LIST_MAX ? room : LIST_MAX);
}

/* It is kept, with its history. */
static void palette_close(void *data)
{
    (void)data;
    key_accept_paste(false);
}

static const struct modal palette_modal = {
    .hint = "Tab completes, Enter runs, Up and Down show earlier lines, Esc cancels",
    .key = palette_key,
    .draw = palette_draw,
    .close = palette_close,
};

void palette_open(struct ui *ui, enum context context)
{
    if (!ui->palette)
        ui->palette = xcalloc(1, sizeof(*ui->palette));
    ui->palette->context = context;
    ui->palette->at = ui->palette->history.count;
    prompt_init(&ui->palette->prompt, LABEL, "");
    complete(ui->palette, ui);
    ui_modal_open(ui, &palette_modal, ui->palette);
    key_accept_paste(true);
}

void palette_free(struct ui *ui)
{
    if (!ui->palette)
        return;
    completion_clear(&ui->palette->completion);
    text_list_clear(&ui->palette->history);
    free(ui->palette);
    ui->palette = NULL;
}
