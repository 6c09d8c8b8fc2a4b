/* Which keys call a command: those of the command table, or what the configuration and the setup
 * screen make of them. */
#ifndef VCTOP_UI_VIEW_KEYMAP_H
#define VCTOP_UI_VIEW_KEYMAP_H

#include "base/error.h"
#include "config/options.h"
#include "ui/view/command.h"

struct keymap {
    struct chord keys[COMMAND_COUNT][COMMAND_KEYS_MAX]; /* by enum command */
};

void keymap_defaults(struct keymap *ret);

/* "F5", "^L", "Space", "x": as command_chord_text() writes it, names of keys in any case. ERR_USAGE
 * for what is no key and for what no terminal sends (^M arrives as Enter). */
int keymap_parse_chord(struct chord *ret, const char *text, struct error *err);

/* Whether a file may give COMMAND keys: ERR_UNSUPPORTED for a name not known here, ERR_USAGE for
 * one that would change a guest. */
int keymap_check_command(const char *command, struct error *err);

/* The default keys with SETTINGS over them.  A key that a setting takes is taken from the command
 * that has it by default, unless that would be left without one; two settings never share a key.
 * On an error *RET is untouched and *RET_BAD the setting. */
int keymap_build(struct keymap *ret, const struct key_setting *settings, size_t count,
                 size_t *ret_bad, struct error *err);

/* KEY alone, or MORE: beside those that there are, calls COMMAND.  ERR_USAGE when another command
 * has it. */
int keymap_rebind(struct keymap *map, enum command command, struct chord chord, bool more,
                  struct error *err);
/* COMMAND has its default keys again; ERR_USAGE when another command has one of them. */
int keymap_restore(struct keymap *map, enum command command, struct error *err);

/* Of the one screen: the keys that hold, the defaults at first. */
void keymap_use(const struct keymap *map);
const struct keymap *keymap_current(void);
const struct chord *keymap_keys(enum command command); /* COMMAND_KEYS_MAX of them */

#endif
