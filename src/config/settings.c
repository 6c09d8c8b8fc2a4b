#include "config/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <libconfig.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "config/value.h"

#define SETTINGS_BYTES_MAX (1 << 20)

/* What a file can say; a pointer or `set` tells whether it does. */
struct settings {
    int64_t period_ns; /* 0: not said */
    char *sort, *theme, *detach_key;
    int inverted, colour, ascii, mouse; /* -1: not said */
};

static char *find_existing(char *path)
{
    if (access(path, F_OK) == 0)
        return path;
    free(path);
    return NULL;
}

char *settings_find(const struct options *options, const char *home, const char *xdg_config_home,
                    const char *system_file)
{
    char *path = NULL;

    if (options->no_config)
        return NULL;
    if (options->config_file)
        return xstrdup(options->config_file);
    if (xdg_config_home && xdg_config_home[0] == '/')
        path = find_existing(xasprintf("%s/vctop/vctop.conf", xdg_config_home));
    else if (home && home[0] == '/')
        path = find_existing(xasprintf("%s/.config/vctop/vctop.conf", home));
    return path ? path : find_existing(xstrdup(system_file));
}

static int read_file(const char *path, bool as_root, char **ret, struct error *err)
{
    /* O_NONBLOCK: a FIFO must not hold the start up. */
    CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    CLEANUP_FREE char *text = NULL;
    struct stat st;
    ssize_t len;

    if (fd < 0 || fstat(fd, &st) < 0)
        return error_errno(err, errno, "%s", path);
    if (!S_ISREG(st.st_mode))
        return error_set(err, ERR_IO, "name a regular file", "%s is not a regular file", path);
    if (st.st_size > SETTINGS_BYTES_MAX)
        return error_set(err, ERR_IO, NULL, "%s is larger than 1 MB", path);
    if (as_root && (st.st_uid != 0 || (st.st_mode & (S_IWGRP | S_IWOTH))))
        return error_set(err, ERR_DENIED, "chown root, chmod go-w",
                         "%s can be written by others than root and is not read", path);
    text = xmalloc((size_t)st.st_size + 2);
    len = io_pread_all(fd, text, (size_t)st.st_size + 2);
    if (len < 0)
        return error_errno(err, (int)-len, "%s", path);
    if (strlen(text) != (size_t)len)
        return error_set(err, ERR_SYNTAX, NULL, "%s holds a zero byte", path);
    *ret = move_ptr(&text);
    return 0;
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

static int bad_setting(const char *path, const config_setting_t *setting, const char *remedy,
                       struct error *err)
{
    return error_set(err, ERR_SYNTAX, remedy, "%s:%u: '%.60s' is wrong", path,
                     config_setting_source_line(setting), config_setting_name(setting));
}

static int take_bool(const char *path, const config_setting_t *setting, int *ret, struct error *err)
{
    if (config_setting_type(setting) != CONFIG_TYPE_BOOL)
        return bad_setting(path, setting, "write true or false", err);
    *ret = config_setting_get_bool(setting);
    return 0;
}

static int take_text(const char *path, const config_setting_t *setting, char **ret,
                     struct error *err)
{
    const char *text = config_setting_get_string(setting);

    if (!text)
        return bad_setting(path, setting, "write a text in quotes", err);
    xreplace(ret, text);
    return 0;
}

static int take_delay(const char *path, const config_setting_t *setting, int64_t *ret,
                      struct error *err)
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
    if (value_check_delay(seconds, ret, NULL))
        return bad_setting(path, setting, "write a number from 0.2 to 3600", err);
    return 0;
}

static int take_setting(const char *path, const config_setting_t *setting, struct settings *s,
                        struct error *err)
{
    const char *name = config_setting_name(setting);

    if (strcmp(name, "delay") == 0)
        return take_delay(path, setting, &s->period_ns, err);
    if (strcmp(name, "sort") == 0)
        return take_text(path, setting, &s->sort, err);
    if (strcmp(name, "theme") == 0)
        return take_text(path, setting, &s->theme, err);
    if (strcmp(name, "inverted") == 0)
        return take_bool(path, setting, &s->inverted, err);
    if (strcmp(name, "colour") == 0)
        return take_bool(path, setting, &s->colour, err);
    if (strcmp(name, "ascii") == 0)
        return take_bool(path, setting, &s->ascii, err);
    if (strcmp(name, "mouse") == 0)
        return take_bool(path, setting, &s->mouse, err);
    if (strcmp(name, "detach_key") == 0) {
        if (take_text(path, setting, &s->detach_key, err))
            return ERR_SYNTAX;
        return value_check_detach_key(s->detach_key, NULL)
                   ? bad_setting(path, setting, "for example \"^]\" or \"^a\"", err)
                   : 0;
    }
    return error_set(
        err, ERR_SYNTAX, "known: delay sort inverted theme colour ascii mouse detach_key",
        "%s:%u: '%.60s' is no setting", path, config_setting_source_line(setting), name);
}

static int parse(const char *path, const char *text, struct settings *s, struct error *err)
{
    config_t config;
    const config_setting_t *root;
    int ret = 0;

    if (refuse_includes(path, text, err))
        return ERR_SYNTAX;
    config_init(&config);
    if (!config_read_string(&config, text)) {
        ret = error_set(err, ERR_SYNTAX, "mend the line or start with --no-config", "%s:%d: %s",
                        path, config_error_line(&config), config_error_text(&config));
        goto cleanup;
    }
    root = config_root_setting(&config);
    for (int i = 0; ret == 0 && i < config_setting_length(root); i++)
        ret = take_setting(path, config_setting_get_elem(root, (unsigned)i), s, err);

cleanup:
    config_destroy(&config);
    return ret;
}

/* The command line beats the file. */
static void apply(struct options *options, struct settings *s)
{
    if (s->period_ns && !options->period_given)
        options->period_ns = s->period_ns;
    /* Sort column and direction belong together: -s alone means that column's natural order. */
    if (!options->sort && !options->inverted) {
        options->sort = move_ptr(&s->sort);
        options->inverted = s->inverted == 1;
    }
    if (!options->theme)
        options->theme = move_ptr(&s->theme);
    if (!options->detach_key)
        options->detach_key = move_ptr(&s->detach_key);
    options->no_colour |= s->colour == 0;
    options->ascii |= s->ascii == 1;
    options->no_mouse |= s->mouse == 0;
}

int settings_load(struct options *options, const char *path, bool as_root, struct error *err)
{
    struct settings settings = {.inverted = -1, .colour = -1, .ascii = -1, .mouse = -1};
    CLEANUP_FREE char *text = NULL;
    int ret = read_file(path, as_root, &text, err);

    if (ret == 0)
        ret = parse(path, text, &settings, err);
    if (ret == 0)
        apply(options, &settings);
    free(settings.sort);
    free(settings.theme);
    free(settings.detach_key);
    return ret;
}
