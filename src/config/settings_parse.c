#include <libconfig.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "config/settings_internal.h"
#include "config/value.h"

/* What is being read: a file into settings of its own. */
struct reading {
    const char *path;
    const struct settings_words *words;
    struct settings *settings;
    struct error *note, *err;
};

void settings_init(struct settings *settings)
{
    *settings = (struct settings){
        .inverted = -1, .colour = -1, .ascii = -1, .mouse = -1, .advice = -1, .agent = -1};
}

void settings_clear(struct settings *settings)
{
    free(settings->sort);
    free(settings->theme);
    free(settings->detach_key);
    text_list_clear(&settings->columns);
    text_list_clear(&settings->meters);
    key_settings_free(settings->keys, settings->key_count);
    settings_init(settings);
}

/* Other files are not pulled in: what was checked is what is read.  libconfig 1.5 cannot be told.
 */
static int refuse_includes(const char *path, const char *text, struct error *err)
{
    int line = 1;

    for (const char *at = text; at; line++) {
        at += strspn(at, " \t");
        if (strncmp(at, "@include", strlen("@include")) == 0)
            return error_set(err, ERR_SYNTAX, "copy what it says into this file",
                             "%s:%d: @include is not allowed here", path, line);
        at = strchr(at, '\n');
        if (at)
            at++;
    }
    return 0;
}

static int bad(const struct reading *reading, const config_setting_t *setting, const char *remedy)
{
    return error_set(reading->err, ERR_SYNTAX, remedy, "%s:%u: '%.60s' is wrong", reading->path,
                     config_setting_source_line(setting), config_setting_name(setting));
}

/* Puts file and line before what another room found wrong. */
static int bad_word(const struct reading *reading, unsigned line, const struct error *why)
{
    return error_set(reading->err, ERR_SYNTAX, why->remedy, "%s:%u: %s", reading->path, line,
                     why->message);
}

/* What a newer vctop may know is worth a word: the first of them. */
static int pass_over(const struct reading *reading, unsigned line, const struct error *why)
{
    if (!reading->note->message[0])
        error_set(reading->note, ERR_UNSUPPORTED, why->remedy, "%s:%u: %s", reading->path, line,
                  why->message);
    return 0;
}

static int take_bool(const struct reading *reading, const config_setting_t *setting, int *ret)
{
    if (config_setting_type(setting) != CONFIG_TYPE_BOOL)
        return bad(reading, setting, "write true or false");
    *ret = config_setting_get_bool(setting);
    return 0;
}

static int take_text(const struct reading *reading, const config_setting_t *setting, char **ret)
{
    const char *text = config_setting_get_string(setting);

    if (!text)
        return bad(reading, setting, "write a text in quotes");
    xreplace(ret, text);
    return 0;
}

static int take_delay(const struct reading *reading, const config_setting_t *setting)
{
    double seconds;

    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_INT:
        seconds = config_setting_get_int(setting);
        break;
    case CONFIG_TYPE_INT64:
        seconds = (double)config_setting_get_int64(setting);
        break;
    case CONFIG_TYPE_FLOAT:
        seconds = config_setting_get_float(setting);
        break;
    default:
        seconds = 0;
        break;
    }
    if (value_check_delay(seconds, &reading->settings->period_ns, NULL))
        return bad(reading, setting, "write a number from 0.2 to 3600");
    return 0;
}

static int take_escdelay(const struct reading *reading, const config_setting_t *setting)
{
    int ms = config_setting_type(setting) == CONFIG_TYPE_INT ? config_setting_get_int(setting) : 0;

    if (ms < ESCDELAY_MIN_MS || ms > ESCDELAY_MAX_MS)
        return bad(reading, setting, "write milliseconds from 10 to 2000");
    reading->settings->escdelay_ms = ms;
    return 0;
}

static int take_sort(const struct reading *reading, const config_setting_t *setting)
{
    struct error why;

    if (take_text(reading, setting, &reading->settings->sort))
        return ERR_SYNTAX;
    if (reading->words->sort(reading->settings->sort, &why))
        return bad_word(reading, config_setting_source_line(setting), &why);
    return 0;
}

static int take_theme(const struct reading *reading, const config_setting_t *setting)
{
    const char *text = config_setting_get_string(setting);

    if (text && !*text)
        return bad(reading, setting, "write a theme's name, or none of this line");
    return take_text(reading, setting, &reading->settings->theme);
}

static int take_detach_key(const struct reading *reading, const config_setting_t *setting)
{
    if (take_text(reading, setting, &reading->settings->detach_key))
        return ERR_SYNTAX;
    if (value_check_detach_key(reading->settings->detach_key, NULL))
        return bad(reading, setting, "for example \"^]\" or \"^a\"");
    return 0;
}

/* "text", or ["text", ...], or ("text", ...); it may be empty. */
static int take_list(const struct reading *reading, const config_setting_t *setting,
                     struct text_list *ret)
{
    const char *single = config_setting_get_string(setting);

    /* Empty is not the same as not said. */
    ret->items = xcalloc(1, sizeof(*ret->items));
    if (single) {
        text_list_add(ret, single);
        return 0;
    }
    if (!config_setting_is_array(setting) && !config_setting_is_list(setting))
        return bad(reading, setting, "write texts in quotes, as in [\"one\", \"two\"]");
    for (int i = 0; i < config_setting_length(setting); i++) {
        const char *text = config_setting_get_string_elem(setting, i);
        if (!text)
            return bad(reading, setting, "write texts in quotes, as in [\"one\", \"two\"]");
        text_list_add(ret, text);
    }
    return 0;
}

static int take_words(const struct reading *reading, const config_setting_t *setting,
                      struct text_list *ret,
                      int (*check)(const struct text_list *names, struct error *err))
{
    struct error why;

    if (take_list(reading, setting, ret))
        return ERR_SYNTAX;
    if (check(ret, &why))
        return bad_word(reading, config_setting_source_line(setting), &why);
    return 0;
}

static int take_key(const struct reading *reading, const config_setting_t *setting)
{
    struct settings *s = reading->settings;
    struct key_setting key = {.line = config_setting_source_line(setting)};
    struct error why;
    int rc = reading->words->command(config_setting_name(setting), &why);

    if (rc == ERR_UNSUPPORTED)
        return pass_over(reading, key.line, &why);
    if (rc)
        return bad_word(reading, key.line, &why);
    rc = take_list(reading, setting, &key.keys);
    key.command = xstrdup(config_setting_name(setting));
    s->keys = xrealloc(s->keys, s->key_count + 1, sizeof(*s->keys));
    s->keys[s->key_count++] = key;
    return rc;
}

static int take_keys(const struct reading *reading, const config_setting_t *setting)
{
    if (!config_setting_is_group(setting))
        return bad(reading, setting, "write keys: { command = \"key\"; };");
    for (int i = 0; i < config_setting_length(setting); i++) {
        int rc = take_key(reading, config_setting_get_elem(setting, (unsigned)i));
        if (rc)
            return rc;
    }
    return 0;
}

static int take_setting(const struct reading *reading, const config_setting_t *setting)
{
    const char *name = config_setting_name(setting);
    struct settings *s = reading->settings;
    struct error unknown;

    if (strcmp(name, "delay") == 0)
        return take_delay(reading, setting);
    if (strcmp(name, "sort") == 0)
        return take_sort(reading, setting);
    if (strcmp(name, "theme") == 0)
        return take_theme(reading, setting);
    if (strcmp(name, "inverted") == 0)
        return take_bool(reading, setting, &s->inverted);
    if (strcmp(name, "colour") == 0)
        return take_bool(reading, setting, &s->colour);
    if (strcmp(name, "ascii") == 0)
        return take_bool(reading, setting, &s->ascii);
    if (strcmp(name, "advice") == 0)
        return take_bool(reading, setting, &s->advice);
    if (strcmp(name, "agent") == 0)
        return take_bool(reading, setting, &s->agent);
    if (strcmp(name, "mouse") == 0)
        return take_bool(reading, setting, &s->mouse);
    if (strcmp(name, "detach_key") == 0)
        return take_detach_key(reading, setting);
    if (strcmp(name, "escdelay") == 0)
        return take_escdelay(reading, setting);
    if (strcmp(name, "columns") == 0)
        return take_words(reading, setting, &s->columns, reading->words->columns);
    if (strcmp(name, "meters") == 0)
        return take_words(reading, setting, &s->meters, reading->words->meters);
    if (strcmp(name, "keys") == 0)
        return take_keys(reading, setting);
    error_set(
        &unknown, ERR_UNSUPPORTED,
        "known: delay sort inverted theme colour ascii mouse advice agent detach_key escdelay "
        "columns meters keys",
        "'%.60s' is no setting and is passed over", name);
    return pass_over(reading, config_setting_source_line(setting), &unknown);
}

static bool has_key(const struct settings *settings, const char *command)
{
    for (size_t i = 0; i < settings->key_count; i++)
        if (strcmp(settings->keys[i].command, command) == 0)
            return true;
    return false;
}

/* Keys can collide with those of the file below: all of them are looked at together. */
static int check_keys(const struct reading *reading, const struct settings *below)
{
    const struct settings *own = reading->settings;
    size_t count = own->key_count, bad_one = 0;
    struct error why;

    if (!count)
        return 0;
    /* Borrowed texts, the file's own first. */
    CLEANUP_FREE struct key_setting *all = xcalloc(count + below->key_count, sizeof(*all));
    memcpy(all, own->keys, count * sizeof(*all));
    for (size_t i = 0; i < below->key_count; i++)
        if (!has_key(own, below->keys[i].command))
            all[count++] = below->keys[i];
    if (!reading->words->keys(all, count, &bad_one, &why))
        return 0;
    return bad_word(reading, all[bad_one < own->key_count ? bad_one : 0].line, &why);
}

static void take_over(char **below, char **own)
{
    if (*own) {
        free(*below);
        *below = move_ptr(own);
    }
}

static void take_over_list(struct text_list *below, struct text_list *own)
{
    if (own->items) {
        text_list_clear(below);
        *below = *own;
        *own = (struct text_list){0};
    }
}

static void take_over_keys(struct settings *below, struct settings *own)
{
    for (size_t i = 0; i < below->key_count; i++) {
        if (has_key(own, below->keys[i].command))
            continue;
        own->keys = xrealloc(own->keys, own->key_count + 1, sizeof(*own->keys));
        own->keys[own->key_count++] = (struct key_setting){
            .command = move_ptr(&below->keys[i].command), .keys = below->keys[i].keys};
        below->keys[i].keys = (struct text_list){0};
    }
    key_settings_free(below->keys, below->key_count);
    below->keys = move_ptr(&own->keys);
    below->key_count = own->key_count;
    own->key_count = 0;
}

static void overlay(struct settings *below, struct settings *own)
{
    if (own->period_ns)
        below->period_ns = own->period_ns;
    if (own->escdelay_ms)
        below->escdelay_ms = own->escdelay_ms;
    /* Column and direction belong together here too. */
    if (own->sort && own->inverted < 0)
        below->inverted = -1;
    take_over(&below->sort, &own->sort);
    take_over(&below->theme, &own->theme);
    take_over(&below->detach_key, &own->detach_key);
    below->inverted = own->inverted >= 0 ? own->inverted : below->inverted;
    below->colour = own->colour >= 0 ? own->colour : below->colour;
    below->advice = own->advice >= 0 ? own->advice : below->advice;
    below->agent = own->agent >= 0 ? own->agent : below->agent;
    below->ascii = own->ascii >= 0 ? own->ascii : below->ascii;
    below->mouse = own->mouse >= 0 ? own->mouse : below->mouse;
    take_over_list(&below->columns, &own->columns);
    take_over_list(&below->meters, &own->meters);
    take_over_keys(below, own);
}

int settings_parse(struct settings *settings, const char *path, const char *text,
                   const struct settings_words *words, struct error *note, struct error *err)
{
    struct settings own;
    const struct reading reading = {
        .path = path, .words = words, .settings = &own, .note = note, .err = err};
    config_t config;
    int rc = 0;

    if (refuse_includes(path, text, err))
        return ERR_SYNTAX;
    settings_init(&own);
    config_init(&config);
    if (!config_read_string(&config, text)) {
        rc = error_set(err, ERR_SYNTAX, "mend the line or start with --no-config", "%s:%d: %s",
                       path, config_error_line(&config), config_error_text(&config));
        goto cleanup;
    }
    const config_setting_t *root = config_root_setting(&config);
    for (int i = 0; rc == 0 && i < config_setting_length(root); i++)
        rc = take_setting(&reading, config_setting_get_elem(root, (unsigned)i));
    if (rc == 0)
        rc = check_keys(&reading, settings);
    if (rc == 0)
        overlay(settings, &own);

cleanup:
    settings_clear(&own);
    config_destroy(&config);
    return rc;
}
