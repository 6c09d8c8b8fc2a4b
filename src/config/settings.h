/* The configuration file: defaults for what the command line leaves open. */
#ifndef VCTOP_CONFIG_SETTINGS_H
#define VCTOP_CONFIG_SETTINGS_H

#include "base/error.h"
#include "config/options.h"

/* The file to read: --config, else the user's, else the system's when it exists.  NULL: none (also
 * under --no-config).  HOME and XDG_CONFIG_HOME may be NULL.  The caller frees. */
char *settings_find(const struct options *options, const char *home, const char *xdg_config_home,
                    const char *system_file);

/* Reads PATH and fills what OPTIONS leaves open.  All or nothing: a file that is wrong anywhere
 * changes nothing, and ERR names file, line and remedy.  Only regular files of at most 1 MB; as
 * root (AS_ROOT) none that somebody else can write. */
int settings_load(struct options *options, const char *path, bool as_root, struct error *err);

#endif
