/* Theme files: what each style looks like, for terminals of 8, 16 and 256 colours. */
#ifndef VCTOP_CONFIG_THEME_H
#define VCTOP_CONFIG_THEME_H

#include <stddef.h>

#include "base/error.h"
#include "config/options.h"

enum look_attribute {
    LOOK_BOLD = 1,
    LOOK_DIM = 2,
    LOOK_REVERSE = 4,
    LOOK_UNDERLINE = 8
};

/* Colours are terminal colour numbers, -1 the terminal's own. */
struct look {
    short foreground, background;
    unsigned attributes; /* enum look_attribute */
};

/* The most colours that LOOK needs: 0, 8, 16 or 256. */
int look_colours(const struct look *look);

/* Picks from ALTERNATIVES, separated by '|' and best first, the first that a terminal of COLOURS
 * can show (0: no colour at all: attributes only). */
int look_pick(struct look *ret, const char *alternatives, int colours, struct error *err);

/* Reads PATH (libconfig: a group "styles" of name = "look | look";).  NAMES[0..COUNT) are the known
 * styles; LOOKS keeps its entry where the file has none.  On an error LOOKS is untouched and ERR
 * names the file, the line and the remedy.  Only a regular file of at most 64 KB is read. */
int theme_load(const char *path, const char *const *names, size_t count, int colours,
               struct look *looks, struct error *err);

/* The file of the theme NAME (not the built-in one): the user's own, then what lies beside a build,
 * then what is installed. The caller frees; NULL with ERR, which says where, when there is none. */
char *theme_path(const char *name, struct error *err);

/* The theme that is built in: "default", and NULL for want of another name. */
bool theme_is_builtin(const char *name);

/* Names of all themes that there are, sorted, "default" first.  For text_list_clear(). */
void theme_list(struct text_list *ret);

#endif
