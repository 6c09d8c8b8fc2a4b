#include "config/settings_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/io.h"

/* The files that a start needs, in this order. */
enum {
    SYSTEM,
    IN_HOME, /* not for what is in it: ncurses looks there too, and would hang as well */
    OWN
};

/* Who can write to DIR can put another file in its place; in a sticky one only to their own. */
static int check_one_folder(const char *dir, struct error *err)
{
    struct stat st;

    if (stat(dir, &st) < 0)
        return error_errno(err, errno, "%s", dir);
    if (st.st_uid == 0 && (!(st.st_mode & (S_IWGRP | S_IWOTH)) || st.st_mode & S_ISVTX))
        return 0;
    return error_set(err, ERR_DENIED,
                     "root trusts no file there: chown root, chmod go-w, or sudo -H",
                     "%s can be written by others than root", dir);
}

/* DIR, which is changed on the way, and all above it. */
static int check_folders(char *dir, struct error *err)
{
    for (;;) {
        int rc = check_one_folder(*dir ? dir : "/", err);
        char *slash = strrchr(dir, '/');

        if (rc || !slash)
            return rc;
        *slash = '\0';
    }
}

/* Both where PATH stands and where a link there leads to. */
int settings_check_folder(const char *path, struct error *err)
{
    const char *slash = strrchr(path, '/');
    CLEANUP_FREE char *folder = slash ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup(".");
    CLEANUP_FREE char *real_folder = realpath(folder, NULL);
    CLEANUP_FREE char *real_file = realpath(path, NULL);

    if (!real_folder)
        return error_errno(err, errno, "%s", folder);
    if (check_folders(real_folder, err))
        return ERR_DENIED;
    if (!real_file)
        return 0;
    *strrchr(real_file, '/') = '\0';
    return check_folders(real_file, err);
}

int settings_read_file(int dirfd, const char *name, const char *path, int flags, bool as_root,
                       char **ret, struct error *err)
{
    /* O_NONBLOCK: a FIFO must not hold the start up. */
    CLEANUP_CLOSE int fd =
        openat(dirfd, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | flags);
    CLEANUP_FREE char *text = NULL;
    struct stat st;
    ssize_t len;

    if (fd < 0 || fstat(fd, &st) < 0)
        return error_errno(err, errno, "%s", path);
    if (!S_ISREG(st.st_mode))
        return error_set(err, ERR_IO, "name a regular file", "%s is not a regular file", path);
    if (st.st_size > SETTINGS_BYTES_MAX)
        return error_set(err, ERR_IO, "it should be a few lines", "%s is larger than 1 MB", path);
    if (as_root && (st.st_uid != 0 || (st.st_mode & (S_IWGRP | S_IWOTH))))
        return error_set(err, ERR_DENIED, "chown root, chmod go-w",
                         "%s can be written by others than root and is not read", path);
    if (as_root && settings_check_folder(path, err))
        return ERR_DENIED;
    text = xmalloc((size_t)st.st_size + 2);
    len = io_pread_all(fd, text, (size_t)st.st_size + 2);
    if (len < 0)
        return error_errno(err, (int)-len, "%s", path);
    if (strlen(text) != (size_t)len)
        return error_set(err, ERR_SYNTAX, "it is not a text file", "%s holds a zero byte", path);
    *ret = move_ptr(&text);
    return 0;
}

void settings_shorten(char *text, const char *home)
{
    size_t len = home ? strlen(home) : 0;
    char *at = len > 1 ? strstr(text, home) : NULL;

    if (!at || at[len] != '/')
        return;
    *at = '~';
    memmove(at + 1, at + len, strlen(at + len) + 1);
}

static void add_notice(struct options *options, const struct settings_place *place,
                       const struct error *err)
{
    char text[sizeof(err->message) + sizeof(err->remedy) + 8];

    error_text(err, text, sizeof(text));
    settings_shorten(text, place->home);
    char *both = options->notice ? xasprintf("%s; %s", options->notice, text) : xstrdup(text);
    free(options->notice);
    options->notice = both;
}

/* What FILE says over what SETTINGS has. */
static int apply_file(struct options *options, struct settings *settings,
                      const struct settings_file *file, const struct settings_place *place,
                      const struct settings_words *words, struct error *err)
{
    struct error note = {0};

    if (!file->text) {
        *err = file->err;
        return err->code;
    }
    int rc = settings_parse(settings, file->path, file->text, words, &note, err);
    if (rc == 0 && note.message[0])
        add_notice(options, place, &note);
    return rc;
}

/* The same of one that need not be there and need not be right. */
static void try_file(struct options *options, struct settings *settings,
                     const struct settings_file *file, const struct settings_place *place,
                     const struct settings_words *words)
{
    struct error wrong;
    int rc = apply_file(options, settings, file, place, words, &wrong);

    if (rc && rc != ERR_GONE && !(rc == ERR_TIMEOUT && options->home_silent))
        add_notice(options, place, &wrong);
}

/* The command line beats the files. */
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
    options->no_advice |= s->advice == 0;
    options->no_agent |= s->agent == 0;
    options->escdelay_ms = s->escdelay_ms;
    options->columns = s->columns;
    s->columns = (struct text_list){0};
    options->meters = s->meters;
    s->meters = (struct text_list){0};
    options->keys = move_ptr(&s->keys);
    options->key_count = s->key_count;
    s->key_count = 0;
}

static char *user_file(const struct settings_place *place)
{
    if (place->xdg_config_home && place->xdg_config_home[0] == '/')
        return xasprintf("%s/vctop/vctop.conf", place->xdg_config_home);
    if (place->home && place->home[0] == '/')
        return xasprintf("%s/.config/vctop/vctop.conf", place->home);
    return NULL;
}

static void give_up_home(struct options *options, const struct settings_place *place)
{
    struct error err;

    options->home_silent = true;
    error_set(&err, ERR_TIMEOUT, "what is set there is not in use", "%s does not answer",
              place->home);
    add_notice(options, place, &err);
}

/* As far as FILES go, over what the command line says. */
static int apply_files(struct options *options, const struct settings_file *files,
                       const struct settings_place *place, const struct settings_words *words,
                       struct error *err)
{
    struct settings settings;
    int rc = 0;

    settings_init(&settings);
    if (options->config_file) {
        rc = apply_file(options, &settings, &files[OWN], place, words, err);
    } else {
        try_file(options, &settings, &files[SYSTEM], place, words);
        try_file(options, &settings, &files[OWN], place, words);
    }
    if (rc == 0)
        apply(options, &settings);
    settings_clear(&settings);
    return rc;
}

int settings_read(struct options *options, const struct settings_place *place,
                  const struct settings_words *words, struct error *err)
{
    bool has_home = place->home && place->home[0] == '/', all = !options->no_config;
    CLEANUP_FREE char *in_home = has_home ? xasprintf("%s/.terminfo", place->home) : NULL;
    struct settings_file files[] = {[IN_HOME] = {.path = in_home}, [OWN] = {0}};
    int rc = 0;

    if (all && options->config_file)
        options->save_path = xstrdup(options->config_file);
    else if (all)
        options->save_path = user_file(place);
    files[OWN].path = options->save_path;
    files[SYSTEM].path = all && !options->config_file ? place->system_file : NULL;
    settings_fetch(files, ARRAY_SIZE(files), place->as_root);
    if (files[IN_HOME].err.code == ERR_TIMEOUT)
        give_up_home(options, place);
    if (!all)
        options->save_refusal = xstrdup("started with --no-config: nothing is saved");
    else if (!options->save_path)
        options->save_refusal =
            xstrdup("HOME is not set: name a file with --config to save settings");
    if (all)
        rc = apply_files(options, files, place, words, err);
    for (size_t i = 0; i < ARRAY_SIZE(files); i++)
        free(files[i].text);
    return rc;
}
