/* Which sources to open: what was named, else what this host has, else the simulated host. */
#ifndef VCTOP_ENGINE_SOURCES_H
#define VCTOP_ENGINE_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "config/options.h"
#include "engine/engine.h"

/* What is asked of the host; a test gives its own. */
struct sources_env {
    const char *root;        /* before every absolute path: "" on a real host */
    const char *home;        /* $HOME or NULL */
    const char *runtime_dir; /* $XDG_RUNTIME_DIR or NULL */
    const char *libvirt_uri; /* $LIBVIRT_DEFAULT_URI or NULL */
    const char *program_dir; /* the folder of the program: modules lie beside it or under
                                ../lib; without ROOT */
    bool is_root;
};

struct sources {
    struct engine_source *source; /* strings owned */
    size_t count;
    char *simulated; /* why the simulated host is shown though nobody asked; NULL: it is not */
};

/* Reads small files only; does not block.  ERR_UNSUPPORTED: nothing was named, nothing is here, and
 * batch mode must not make figures up.  OPTIONS come from options_parse. */
int sources_plan(struct sources *ret, const struct options *options, const struct sources_env *env,
                 struct error *err);
void sources_clear(struct sources *sources);

#endif
