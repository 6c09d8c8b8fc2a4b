/* Between the parts of settings: reading, what a file says, saving. */
#ifndef VCTOP_CONFIG_SETTINGS_INTERNAL_H
#define VCTOP_CONFIG_SETTINGS_INTERNAL_H

#include <stdint.h>

#include "config/settings.h"

#define SETTINGS_BYTES_MAX (1 << 20)

/* What files say. */
struct settings {
    int64_t period_ns; /* 0: not said */
    char *sort, *theme, *detach_key;
    int inverted, colour, ascii, mouse, advice, agent; /* -1: not said */
    int escdelay_ms;                                   /* 0: not said */
    struct text_list columns, meters;
    struct key_setting *keys;
    size_t key_count;
};

void settings_init(struct settings *settings);
void settings_clear(struct settings *settings);

/* Reads TEXT, named PATH in errors, over what SETTINGS has: all of it or nothing.  NOTE is filled
 * when something in it is not known here and was passed over. */
int settings_parse(struct settings *settings, const char *path, const char *text,
                   const struct settings_words *words, struct error *note, struct error *err);

/* The text of NAME in DIRFD, PATH in errors.  FLAGS are added to those of open().  ERR_GONE:
 * there is none.  The caller frees *RET. */
int settings_read_file(int dirfd, const char *name, const char *path, int flags, bool as_root,
                       char **ret, struct error *err);

struct settings_file {
    const char *path; /* NULL: none */
    char *text;       /* the caller's to free; NULL: ERR tells why */
    struct error err; /* ERR_GONE: there is none, ERR_TIMEOUT: it did not answer in time */
};

/* Reads them in order, by a process apart: they may lie on a file system whose server is dead,
 * which holds up that one and those behind it.  Waits 2 s at most.  For a caller without threads.
 */
#define SETTINGS_FILES_MAX 3
void settings_fetch(struct settings_file *files, size_t count, bool as_root);

/* As root: nobody else can write or replace what lies in the folder of PATH. */
int settings_check_folder(const char *path, struct error *err);

#endif
