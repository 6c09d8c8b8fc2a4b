#include "ui/view/preferences.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "config/edit.h"
#include "config/theme.h"
#include "ui/term/term.h"
#include "ui/view/errand.h"
#include "ui/view/keymap.h"

/* What is saved, each as its text in a file; the keys of each command follow. */
enum {
    SAVED_DELAY,
    SAVED_SORT,
    SAVED_INVERTED,
    SAVED_THEME,
    SAVED_MOUSE,
    SAVED_ASCII,
    SAVED_COLUMNS,
    SAVED_METERS,
    SAVED_KEYS,
    SAVED_COUNT = SAVED_KEYS + COMMAND_COUNT
};

static const char *const saved_names[SAVED_KEYS] = {
    [SAVED_DELAY] = "delay",     [SAVED_SORT] = "sort",     [SAVED_INVERTED] = "inverted",
    [SAVED_THEME] = "theme",     [SAVED_MOUSE] = "mouse",   [SAVED_ASCII] = "ascii",
    [SAVED_COLUMNS] = "columns", [SAVED_METERS] = "meters",
};

struct preferences {
    char *save_path, *save_refusal;
    char *theme, *wanted_theme; /* the second, while its file is being read */
    struct text_list themes;
    bool mouse, ascii;
    char *saved[SAVED_COUNT]; /* as at the start or the last save */
};

/* ---- words ---- */

static int check_sort(const char *name, struct error *err)
{
    if (sort_key_from_name(name) != SORT_KEY_COUNT)
        return 0;
    return error_set(err, ERR_USAGE, "vctop -s help lists them", "'%.60s' is no column to sort by",
                     name);
}

static int check_columns(const struct text_list *names, struct error *err)
{
    return column_order_parse(NULL, names, err);
}

static int check_meters(const struct text_list *names, struct error *err)
{
    return meters_parse(NULL, names, err);
}

static int check_keys(const struct key_setting *keys, size_t count, size_t *ret_bad,
                      struct error *err)
{
    struct keymap map;

    return keymap_build(&map, keys, count, ret_bad, err);
}

const struct settings_words preferences_words = {
    .sort = check_sort,
    .columns = check_columns,
    .meters = check_meters,
    .command = keymap_check_command,
    .keys = check_keys,
};

/* ---- as they are now, in the words of a file ---- */

static char *delay_text(int64_t period_ns)
{
    char text[32];
    int len = snprintf(text, sizeof(text), "%.3f", (double)period_ns / NS_PER_S);

    while (text[len - 1] == '0')
        text[--len] = '\0';
    if (text[len - 1] == '.')
        text[--len] = '\0';
    return xstrdup(text);
}

static char *columns_text(const struct ui *ui)
{
    struct text_list names = {0};

    for (int i = 0; i < ui->columns.count; i++)
        text_list_add(&names, column_name(ui->columns.at[i]));
    char *text = edit_list(&names);
    text_list_clear(&names);
    return text;
}

static char *meters_text(const struct ui *ui)
{
    struct text_list names = {0};

    for (int i = 0; i < METER_COUNT; i++)
        if (!(ui->meters_off & METER_BIT(i)))
            text_list_add(&names, meter_name((enum meter)i));
    char *text = edit_list(&names);
    text_list_clear(&names);
    return text;
}

static char *keys_text(enum command command)
{
    const struct chord *keys = keymap_keys(command);
    struct text_list names = {0};

    for (int k = 0; k < COMMAND_KEYS_MAX && keys[k].kind; k++) {
        char text[16];
        command_chord_text(text, keys[k]);
        text_list_add(&names, text);
    }
    char *text = names.count == 1 ? edit_quote(names.items[0]) : edit_list(&names);
    text_list_clear(&names);
    return text;
}

static char *text_now(const struct ui *ui, int what)
{
    const struct preferences *p = ui->preferences;

    switch (what) {
    case SAVED_DELAY:
        return delay_text(world_period(engine_world(ui->engine)));
    case SAVED_SORT:
        return edit_quote(sort_key_name(ui->order.key));
    case SAVED_INVERTED:
        return xstrdup(ui->order.inverted ? "true" : "false");
    case SAVED_THEME:
        return edit_quote(p->theme);
    case SAVED_MOUSE:
        return xstrdup(p->mouse ? "true" : "false");
    case SAVED_ASCII:
        return xstrdup(p->ascii ? "true" : "false");
    case SAVED_COLUMNS:
        return columns_text(ui);
    case SAVED_METERS:
        return meters_text(ui);
    default:
        return keys_text((enum command)(what - SAVED_KEYS));
    }
}

static bool differs(const struct ui *ui, int what)
{
    CLEANUP_FREE char *now = text_now(ui, what);

    return strcmp(now, ui->preferences->saved[what]) != 0;
}

static bool is_changed(const struct ui *ui, int what)
{
    /* A direction means nothing without its column. */
    if (what == SAVED_SORT || what == SAVED_INVERTED)
        return differs(ui, SAVED_SORT) || differs(ui, SAVED_INVERTED);
    return differs(ui, what);
}

bool preferences_changed(const struct ui *ui)
{
    for (int i = 0; i < SAVED_COUNT; i++)
        if (is_changed(ui, i))
            return true;
    return false;
}

static void say_error(struct ui *ui, const struct error *err)
{
    char text[600];

    error_text(err, text, sizeof(text));
    settings_shorten(text, getenv("HOME"));
    ui_say(ui, STYLE_BAD, "%s", text);
}

/* ---- saving ---- */

struct save {
    char *path;
    struct setting_change changes[SAVED_COUNT];
    int what[SAVED_COUNT];
    size_t count;
    bool as_root;
    int rc;
    struct error err;
};

static void save_work(void *data)
{
    struct save *save = data;

    save->rc = settings_save(save->path, save->changes, save->count, &preferences_words,
                             save->as_root, &save->err);
}

static void free_save(struct save *save)
{
    for (size_t i = 0; i < save->count; i++) {
        free((char *)save->changes[i].name);
        free(save->changes[i].value);
    }
    free(save->path);
    free(save);
}

static void save_done(struct ui *ui, void *data)
{
    struct save *save = data;
    char text[600];

    if (save->rc) {
        say_error(ui, &save->err);
    } else {
        for (size_t i = 0; i < save->count; i++)
            xreplace(&ui->preferences->saved[save->what[i]], save->changes[i].value);
        snprintf(text, sizeof(text), "saved to %s", save->path);
        settings_shorten(text, getenv("HOME"));
        ui_say(ui, STYLE_GOOD, "%s", text);
    }
    free_save(save);
}

static char *saved_name(int what)
{
    return what < SAVED_KEYS
               ? xstrdup(saved_names[what])
               : xasprintf("keys.%s", command_info_of((enum command)(what - SAVED_KEYS))->name);
}

void preferences_save(struct ui *ui)
{
    const struct preferences *p = ui->preferences;
    struct save *save;
    char what[160];

    if (p->save_refusal) {
        ui_say(ui, STYLE_BAD, "%s", p->save_refusal);
        return;
    }
    save = xcalloc(1, sizeof(*save));
    save->path = xstrdup(p->save_path);
    save->as_root = geteuid() == 0;
    for (int i = 0; i < SAVED_COUNT; i++) {
        if (!is_changed(ui, i))
            continue;
        save->what[save->count] = i;
        save->changes[save->count++] =
            (struct setting_change){.name = saved_name(i), .value = text_now(ui, i)};
    }
    snprintf(what, sizeof(what), "saving %.140s", save->path);
    if (!save->count)
        ui_say(ui, STYLE_NORMAL,
               "nothing to save: nothing was set up since the start or last save");
    if (!save->count || !errand_run(ui, what, save_work, save_done, save))
        free_save(save);
}

/* ---- the theme ---- */

struct theme_reading {
    char *name;
    int colours;
    struct look looks[STYLE_COUNT];
    int rc;
    struct error err;
};

static void theme_work(void *data)
{
    struct theme_reading *theme = data;
    CLEANUP_FREE char *path = NULL;

    theme->rc = 0;
    if (!theme_is_builtin(theme->name) && theme->colours) {
        path = theme_path(theme->name, &theme->err);
        theme->rc = path ? 0 : ERR_USAGE;
    }
    int rc = style_read(theme->looks, path, theme->colours, &theme->err);
    theme->rc = theme->rc ? theme->rc : rc;
}

static void theme_done(struct ui *ui, void *data)
{
    struct preferences *p = ui->preferences;
    struct theme_reading *theme = data;

    if (theme->rc) {
        say_error(ui, &theme->err);
    } else {
        style_use(theme->looks);
        xreplace(&p->theme, theme->name);
        if (!theme->colours)
            ui_say(ui, STYLE_DIM, "no colours here: a theme shows in a terminal that has them");
    }
    /* Another one may have been asked for meanwhile. */
    CLEANUP_FREE char *next = move_ptr(&p->wanted_theme);
    if (next && strcmp(next, theme->name) != 0 && ui->errand)
        preferences_set_theme(ui, next);
    free(theme->name);
    free(theme);
}

void preferences_set_theme(struct ui *ui, const char *name)
{
    struct preferences *p = ui->preferences;
    struct theme_reading *theme;
    char what[100];

    if (p->wanted_theme) {
        xreplace(&p->wanted_theme, name);
        return;
    }
    theme = xcalloc(1, sizeof(*theme));
    theme->name = xstrdup(name);
    theme->colours = style_colours();
    snprintf(what, sizeof(what), "reading the theme %.40s", name);
    if (errand_run(ui, what, theme_work, theme_done, theme)) {
        xreplace(&p->wanted_theme, name);
        return;
    }
    free(theme->name);
    free(theme);
}

/* At the start there is no screen yet to keep alive. */
static void first_theme(struct ui *ui, const char *name)
{
    struct theme_reading theme = {.name = (char *)name, .colours = style_colours()};

    theme_work(&theme);
    style_use(theme.looks);
    if (theme.rc)
        say_error(ui, &theme.err);
    ui->preferences->theme = xstrdup(theme.rc || !name ? "default" : name);
}

/* ---- the others ---- */

const char *preferences_theme(const struct ui *ui)
{
    return ui->preferences->theme;
}

const struct text_list *preferences_themes(const struct ui *ui)
{
    return &ui->preferences->themes;
}

bool preferences_mouse(const struct ui *ui)
{
    return ui->preferences->mouse;
}

bool preferences_ascii(const struct ui *ui)
{
    return ui->preferences->ascii;
}

void preferences_set_delay(struct ui *ui, int64_t period_ns)
{
    engine_set_period(ui->engine, period_ns);
}

void preferences_set_mouse(struct ui *ui, bool on)
{
    ui->preferences->mouse = on;
    term_set_mouse(on);
}

void preferences_set_ascii(struct ui *ui, bool on)
{
    ui->preferences->ascii = on;
    term_set_ascii(on);
    term_redraw_all();
}

static void take_keys(const struct options *options)
{
    struct keymap map;
    size_t bad;

    /* They were checked when the files were read. */
    if (keymap_build(&map, options->keys, options->key_count, &bad, NULL) == 0)
        keymap_use(&map);
}

void preferences_begin(struct ui *ui, const struct options *options)
{
    struct preferences *p = xcalloc(1, sizeof(*p));

    ui->preferences = p;
    ui->errand = errand_new();
    p->save_path = xstrdup(options->save_path);
    p->save_refusal = xstrdup(options->save_refusal);
    p->mouse = !options->no_mouse;
    p->ascii = options->ascii;
    theme_list(&p->themes);
    column_order_default(&ui->columns);
    if (options->columns.count)
        column_order_parse(&ui->columns, &options->columns, NULL);
    if (options->meters.items)
        meters_parse(&ui->meters_off, &options->meters, NULL);
    take_keys(options);
    first_theme(ui, options->theme);
    if (options->notice)
        ui_say(ui, STYLE_BAD, "%s", options->notice);
    for (int i = 0; i < SAVED_COUNT; i++)
        p->saved[i] = text_now(ui, i);
}

void preferences_end(struct ui *ui)
{
    struct preferences *p = ui->preferences;

    errand_end(ui);
    for (int i = 0; i < SAVED_COUNT; i++)
        free(p->saved[i]);
    text_list_clear(&p->themes);
    free(p->save_path);
    free(p->save_refusal);
    free(p->theme);
    free(p->wanted_theme);
    free(p);
    ui->preferences = NULL;
}
