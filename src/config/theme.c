#include "config/theme.h"

#include <errno.h>
#include <fcntl.h>
#include <libconfig.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/io.h"

#define THEME_MAX_BYTES (64u << 10)
#define WORD_MAX_BYTES 24

static const char *const COLOUR_NAMES[] = {"black", "red",     "green", "yellow",
                                           "blue",  "magenta", "cyan",  "white"};

static const struct {
    const char *word;
    unsigned attribute;
} ATTRIBUTES[] = {
    {"bold", LOOK_BOLD},
    {"dim", LOOK_DIM},
    {"reverse", LOOK_REVERSE},
    {"underline", LOOK_UNDERLINE},
};

/* The colour's number, or -2 when WORD is none. */
static int colour_from_word(const char *word)
{
    if (strcmp(word, "default") == 0)
        return -1;
    const char *name = word;
    int base = 0;
    if (strncmp(name, "bright-", 7) == 0) {
        name += 7;
        base = 8;
    }
    for (size_t i = 0; i < ARRAY_SIZE(COLOUR_NAMES); i++)
        if (strcmp(name, COLOUR_NAMES[i]) == 0)
            return base + (int)i;
    char *end;
    long number = strtol(word, &end, 10);
    if (end == word || *end || number < 0 || number > 255)
        return -2;
    return (int)number;
}

static unsigned attribute_from_word(const char *word)
{
    for (size_t i = 0; i < ARRAY_SIZE(ATTRIBUTES); i++)
        if (strcmp(word, ATTRIBUTES[i].word) == 0)
            return ATTRIBUTES[i].attribute;
    return 0;
}

/* Copies the next word of *TEXT into WORD; false at the end. */
static bool next_word(const char **text, char word[WORD_MAX_BYTES])
{
    *text += strspn(*text, " \t");
    size_t len = strcspn(*text, " \t");
    if (len == 0)
        return false;
    size_t kept = len < WORD_MAX_BYTES ? len : WORD_MAX_BYTES - 1;
    memcpy(word, *text, kept);
    word[kept] = '\0';
    *text += len;
    return true;
}

/* Parses "bold 214 on 236", "reverse", "red": attributes, then a colour, then "on" and a colour.
 * Colours are black red green yellow blue magenta cyan white, the same with "bright-", "default",
 * or 0 to 255.  ERR_SYNTAX names the word. */
static int look_parse(struct look *ret, const char *text, struct error *err)
{
    struct look look = {.foreground = -1, .background = -1};
    short *slot = &look.foreground;
    char word[WORD_MAX_BYTES];
    while (next_word(&text, word)) {
        unsigned attribute = attribute_from_word(word);
        if (attribute) {
            look.attributes |= attribute;
            continue;
        }
        if (strcmp(word, "on") == 0) {
            slot = &look.background;
            continue;
        }
        int colour = colour_from_word(word);
        if (colour < -1)
            return error_set(err, ERR_SYNTAX,
                             "use bold, dim, reverse, underline, a colour name or 0 to 255",
                             "'%s' is no colour and no attribute", word);
        *slot = (short)colour;
    }
    *ret = look;
    return 0;
}

int look_colours(const struct look *look)
{
    int highest = look->foreground > look->background ? look->foreground : look->background;
    return highest < 0 ? 0 : highest < 8 ? 8 : highest < 16 ? 16 : 256;
}

int look_pick(struct look *ret, const char *alternatives, int colours, struct error *err)
{
    struct look look = {.foreground = -1, .background = -1};
    while (*alternatives) {
        size_t len = strcspn(alternatives, "|");
        CLEANUP_FREE char *one = xstrndup(alternatives, len);
        int rc = look_parse(&look, one, err);
        if (rc < 0)
            return rc;
        if (look_colours(&look) <= colours)
            break;
        alternatives += len + (alternatives[len] == '|');
    }
    if (look_colours(&look) > colours)
        look.foreground = look.background = -1;
    *ret = look;
    return 0;
}

static int load_style(const config_setting_t *style, const char *path, const char *const *names,
                      size_t count, int colours, struct look *looks, struct error *err)
{
    const char *name = config_setting_name(style);
    const char *text = config_setting_get_string(style);
    unsigned line = config_setting_source_line(style);
    if (!text)
        return error_set(err, ERR_SYNTAX, "write it as name = \"look\";",
                         "%s:%u: the value of '%.40s' is not a text", path, line, name);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) != 0)
            continue;
        struct error inner;
        if (look_pick(&looks[i], text, colours, &inner) < 0)
            return error_set(err, ERR_SYNTAX, inner.remedy, "%s:%u: %s", path, line, inner.message);
        return 0;
    }
    return error_set(err, ERR_SYNTAX, "themes/default.cfg that comes with vctop names them all",
                     "%s:%u: there is no style '%.40s'", path, line, name);
}

static int load_styles(config_t *config, const char *path, const char *const *names, size_t count,
                       int colours, struct look *looks, struct error *err)
{
    const config_setting_t *styles = config_lookup(config, "styles");
    if (!styles || !config_setting_is_group(styles))
        return error_set(err, ERR_SYNTAX, "start from one of the themes that come with vctop",
                         "%s: there is no group 'styles'", path);
    for (int i = 0; i < config_setting_length(styles); i++) {
        int rc = load_style(config_setting_get_elem(styles, (unsigned)i), path, names, count,
                            colours, looks, err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

int theme_load(const char *path, const char *const *names, size_t count, int colours,
               struct look *looks, struct error *err)
{
    CLEANUP_FREE char *text = NULL;
    ssize_t len = io_read_regular(AT_FDCWD, path, THEME_MAX_BYTES, &text);
    if (len == -EFBIG || len == -EINVAL || len == -EISDIR)
        return error_set(err, ERR_IO, "name a file of at most 64 KB", "%s is no theme file", path);
    if (len < 0)
        return error_errno(err, (int)-len, "cannot read the theme %s", path);
    if (strlen(text) != (size_t)len)
        return error_set(err, ERR_SYNTAX, "it is not a text file", "%s: there is a NUL byte", path);

    config_t config;
    config_init(&config);
    int rc;
    CLEANUP_FREE struct look *fresh = xcalloc(count, sizeof *fresh);
    memcpy(fresh, looks, count * sizeof *fresh);
    /* It could read any file, or itself for ever. */
    if (strstr(text, "@include"))
        rc = error_set(err, ERR_SYNTAX, "copy its lines here", "%s: @include is not allowed", path);
    else if (config_read_string(&config, text) != CONFIG_TRUE)
        rc = error_set(err, ERR_SYNTAX, "mend the line or use another theme", "%s:%d: %s", path,
                       config_error_line(&config), config_error_text(&config));
    else
        rc = load_styles(&config, path, names, count, colours, fresh, err);
    config_destroy(&config);
    if (rc == 0)
        memcpy(looks, fresh, count * sizeof *fresh);
    return rc;
}
