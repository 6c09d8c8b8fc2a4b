#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "config/edit.h"
#include "ui/view/errand.h"
#include "ui/view/keymap.h"
#include "ui/view/preferences_internal.h"

static const char *const saved_names[SAVED_KEYS] = {
    [SAVED_DELAY] = "delay", [SAVED_SORT] = "sort",       [SAVED_INVERTED] = "inverted",
    [SAVED_THEME] = "theme", [SAVED_MOUSE] = "mouse",     [SAVED_ADVICE] = "advice",
    [SAVED_ASCII] = "ascii", [SAVED_COLUMNS] = "columns", [SAVED_METERS] = "meters",
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

char *preferences_text(const struct ui *ui, int what)
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
    case SAVED_ADVICE:
        return xstrdup(ui->advice ? "true" : "false");
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
    CLEANUP_FREE char *now = preferences_text(ui, what);

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

/* ---- saving ---- */

struct save {
    char *path;
    struct setting_change changes[SAVED_COUNT];
    int what[SAVED_COUNT];
    size_t count;
};

static char *file; /* before the clerk was forked: no task can change it there */

void preferences_file(const char *path)
{
    xreplace(&file, path);
}

/* Names and values by turns. */
static void write_changes(const char *task, size_t size, void *answer)
{
    const char *name, *value;
    struct setting_change changes[SAVED_COUNT];
    size_t count = 0;

    while (count < SAVED_COUNT && (name = apart_string(&task, &size)) &&
           (value = apart_string(&task, &size)))
        changes[count++] = (struct setting_change){.name = name, .value = (char *)value};
    if (file)
        settings_save(file, changes, count, &preferences_words, geteuid() == 0, answer);
}

const struct apart_work preferences_save_work = {sizeof(struct error), write_changes};

static void free_save(struct save *save)
{
    for (size_t i = 0; i < save->count; i++) {
        free((char *)save->changes[i].name);
        free(save->changes[i].value);
    }
    free(save->path);
    free(save);
}

/* As a task: see write_changes(). */
static char *flat(const struct save *save, size_t *ret_size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, ret_size);

    if (!out)
        return NULL;
    for (size_t i = 0; i < save->count; i++) {
        fwrite(save->changes[i].name, 1, strlen(save->changes[i].name) + 1, out);
        fwrite(save->changes[i].value, 1, strlen(save->changes[i].value) + 1, out);
    }
    fclose(out);
    return text;
}

static void say_saved(struct ui *ui, void *task, const void *answer)
{
    const struct error *err = answer;
    struct save *save = task;
    char text[600];

    if (err && err->code) {
        ui_say_error(ui, err);
    } else if (err) {
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
    static const struct errand_ops ops = {&preferences_save_work, say_saved};
    const struct preferences *p = ui->preferences;
    struct save *save;
    char what[160];

    if (p->save_refusal) {
        ui_say(ui, STYLE_BAD, "%s", p->save_refusal);
        return;
    }
    save = xcalloc(1, sizeof(*save));
    save->path = xstrdup(p->save_path);
    for (int i = 0; i < SAVED_COUNT; i++) {
        if (!is_changed(ui, i))
            continue;
        save->what[save->count] = i;
        save->changes[save->count++] =
            (struct setting_change){.name = saved_name(i), .value = preferences_text(ui, i)};
    }
    snprintf(what, sizeof(what), "saving %.140s", save->path);
    settings_shorten(what, getenv("HOME"));
    if (!save->count)
        ui_say(ui, STYLE_NORMAL,
               "nothing to save: nothing was set up since the start or last save");
    size_t size = 0;
    CLEANUP_FREE char *text = save->count ? flat(save, &size) : NULL;
    if (!text || !errand_run(ui, what, &ops, text, size, -1, save))
        free_save(save);
}
