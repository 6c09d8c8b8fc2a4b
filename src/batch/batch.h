/* Samples to standard output, without a terminal. */
#ifndef VCTOP_BATCH_BATCH_H
#define VCTOP_BATCH_BATCH_H

#include "config/options.h"
#include "engine/engine.h"

/* One unprinted baseline, then OPTIONS->iterations samples with rates.  Blocks until done; returns
 * the exit status (see vctop(1)). */
int batch_run(struct engine *engine, const struct options *options);

#endif
