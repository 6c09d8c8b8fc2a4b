/* Configuration files: defaults for what the command line leaves open. */
#ifndef VCTOP_CONFIG_SETTINGS_H
#define VCTOP_CONFIG_SETTINGS_H

#include <stdbool.h>

#include "base/error.h"
#include "config/options.h"

/* Names that only the model and the screen know.  Each returns 0, or a code with words in ERR that
 * name neither file nor line. */
struct settings_words {
    int (*sort)(const char *name, struct error *err);
    int (*columns)(const struct text_list *names, struct error *err);
    int (*meters)(const struct text_list *names, struct error *err);
    int (*command)(const char *name, struct error *err); /* ERR_UNSUPPORTED: not known here */
    /* All of them together; *RET_BAD is the entry that ERR is about. */
    int (*keys)(const struct key_setting *keys, size_t count, size_t *ret_bad, struct error *err);
};

/* Where files are looked for; HOME and XDG_CONFIG_HOME may be NULL. */
struct settings_place {
    const char *home, *xdg_config_home;
    const char *system_file;
    bool as_root;
};

/* Reads the system's file and over it the user's, or only the one that --config names, and fills
 * what OPTIONS leaves open: the command line beats the user's file, that one the system's.
 *
 * A file is used whole or not at all: what is wrong in it is one line with file, line and remedy,
 * in options->notice; names of a newer vctop (settings, commands) are passed over with a notice.
 * A file named with --config must work: its error is returned.  Only regular files of at most 1 MB
 * without @include; as root none that somebody else can write or replace. */
int settings_read(struct options *options, const struct settings_place *place,
                  const struct settings_words *words, struct error *err);

/* Writes the home directory HOME (NULL: none) in TEXT as "~", so that what is wrong has room on a
 * line.
 */
void settings_shorten(char *text, const char *home);

/* "delay" = "2.5", "keys.freeze" = "\"Z\"": a setting and its value as the file has it. */
struct setting_change {
    const char *name;
    char *value;
};

/* Applies CHANGES to the file PATH as it is now, every other byte of it left alone: comments,
 * settings of a newer vctop, what another vctop saved meanwhile.  Atomic, mode 0600, through no
 * symbolic link; makes the last two directories of PATH.  Refused, with the file untouched, when it
 * has an error, is a link, is read-only or another user's, or when the result would not be read
 * back as meant.
 *
 * Blocks as long as the file system does: for a thread. */
int settings_save(const char *path, const struct setting_change *changes, size_t count,
                  const struct settings_words *words, bool as_root, struct error *err);

#endif
