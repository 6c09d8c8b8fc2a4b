/* Changes single settings in the text of a configuration file; every other byte stays. */
#ifndef VCTOP_CONFIG_EDIT_H
#define VCTOP_CONFIG_EDIT_H

#include "base/error.h"
#include "config/options.h"

/* TEXT, which libconfig accepts, with the setting NAME ("delay", or "keys.freeze" for one within a
 * group) set to VALUE: its old value replaced, or a line added.  NULL with ERR when the old value
 * holds a comment that would be lost, or when TEXT cannot be followed.  The caller frees. */
char *edit_setting(const char *text, const char *name, const char *value, struct error *err);

/* TEXT as a libconfig string, with its quotes.  The caller frees. */
char *edit_quote(const char *text);

/* ["a", "b"].  The caller frees. */
char *edit_list(const struct text_list *list);

#endif
