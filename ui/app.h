/* The screen: one thread, one poll() loop: input -> command -> redraw. */
#ifndef VCTOP_UI_APP_H
#define VCTOP_UI_APP_H

#include "config/options.h"
#include "engine/engine.h"

/* SIMULATED: why the simulated host is shown, or NULL when the host is real.  Returns the exit
 * status. */
int app_run(struct engine *engine, const struct options *options, const char *simulated);

#endif
