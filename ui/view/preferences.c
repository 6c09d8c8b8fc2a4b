#include "ui/view/preferences.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/apart.h"
#include "base/cleanup.h"
#include "config/theme.h"
#include "ui/term/term.h"
#include "ui/view/errand.h"
#include "ui/view/keymap.h"
#include "ui/view/preferences_internal.h"

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

/* ---- the theme ---- */

struct theme_task {
    int colours;
    char name[120]; /* "": that of the start */
};

struct theme_answer {
    struct look looks[STYLE_COUNT];
    struct error err;
};

_Static_assert(sizeof(struct theme_answer) <= APART_ANSWER_MAX, "an answer is never torn");

static void read_theme(const char *task, size_t size, void *answer)
{
    const struct theme_task *theme = (const void *)task;
    struct theme_answer *ret = answer;
    CLEANUP_FREE char *path = NULL;
    struct error none = {0};

    if (size != sizeof(*theme) || !memchr(theme->name, '\0', sizeof(theme->name)))
        return;
    const char *name = theme->name[0] ? theme->name : NULL;
    if (!theme_is_builtin(name))
        path = theme_path(name, &none);
    /* Without colours none is used, but a name that means nothing is told all the same. */
    if (style_read(ret->looks, theme->colours ? path : NULL, theme->colours, &ret->err) == 0)
        ret->err = none;
}

const struct apart_work preferences_theme_work = {sizeof(struct theme_answer), read_theme};

static struct theme_task theme_task(const char *name)
{
    struct theme_task theme = {.colours = style_colours()};

    snprintf(theme.name, sizeof(theme.name), "%s", name ? name : "");
    return theme;
}

static void take_theme(struct ui *ui, void *task, const void *answer)
{
    struct preferences *p = ui->preferences;
    const struct theme_answer *theirs = answer;
    struct theme_task *theme = task;

    if (theirs && theirs->err.code) {
        ui_say_error(ui, &theirs->err);
    } else if (theirs) {
        style_use(theirs->looks);
        xreplace(&p->theme, theme->name);
        if (!theme->colours)
            ui_say(ui, STYLE_DIM, "no colours here: a theme shows in a terminal that has them");
    }
    /* Another one may have been asked for meanwhile. */
    CLEANUP_FREE char *next = move_ptr(&p->wanted_theme);
    if (theirs && next && strcmp(next, theme->name) != 0)
        preferences_set_theme(ui, next);
    free(theme);
}

void preferences_set_theme(struct ui *ui, const char *name)
{
    static const struct errand_ops ops = {&preferences_theme_work, take_theme};
    struct preferences *p = ui->preferences;
    char what[100];

    if (p->wanted_theme && !errand_hangs(ui)) {
        xreplace(&p->wanted_theme, name);
        return;
    }
    CLEANUP_FREE struct theme_task *theme = xcalloc(1, sizeof(*theme));
    *theme = theme_task(name);
    snprintf(what, sizeof(what), "reading the theme %.40s", name);
    if (errand_run(ui, what, &ops, theme, sizeof(*theme), -1, theme)) {
        theme = NULL;
        xreplace(&p->wanted_theme, name);
    }
}

/* At the start there is no screen yet to keep alive. */
static void first_theme(struct ui *ui, const char *name)
{
    struct theme_task theme = theme_task(name);
    struct theme_answer answer = {.err = {0}};

    read_theme((const char *)&theme, sizeof(theme), &answer);
    style_use(answer.looks);
    if (answer.err.code)
        ui_say_error(ui, &answer.err);
    ui->preferences->theme = xstrdup(answer.err.code || !name ? "default" : name);
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
    p->save_path = xstrdup(options->save_path);
    p->save_refusal = xstrdup(options->save_refusal);
    p->mouse = !options->no_mouse;
    p->ascii = options->ascii;
    ui->advice = !options->no_advice;
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
        p->saved[i] = preferences_text(ui, i);
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
