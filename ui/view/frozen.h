/* The display frozen with Z: a copy of the world as it was, so that one can go on moving, sorting
 * and filtering in a moment that stands still while the engine goes on sampling.
 *
 * The one place where a view's guests and jobs are copies; graphs still read the live histories,
 * and events the live log, up to the frozen moment, and actions go by identity to the live world.
 */
#ifndef VCTOP_UI_VIEW_FROZEN_H
#define VCTOP_UI_VIEW_FROZEN_H

#include "ui/view/view.h"

/* Freezes what UI shows at CLOCK_NS and WALL_NS. */
void frozen_begin(struct ui *ui);

/* Back to the live world.  Harmless when not frozen. */
void frozen_end(struct ui *ui);

/* GUEST's history, which has grown since when the display is frozen; NULL when the guest is gone.
 */
const struct history *frozen_history(const struct ui *ui, const struct guest *guest);

/* history_read() of GUEST's COUNT slices of SLICE_NS that end at TO_NS, in the slice at hand or at
 * its end, without what came after the moment shown. */
void frozen_read(const struct ui *ui, const struct guest *guest, enum metric metric,
                 int64_t slice_ns, int64_t to_ns, float *ret, int count);

/* The number of the newest event of the moment shown. */
uint64_t frozen_newest_event(const struct ui *ui);

/* engine_job_count() and engine_job_at() of the moment shown. */
size_t frozen_job_count(const struct ui *ui);
const struct job *frozen_job_at(const struct ui *ui, size_t index);

/* host_cpu_tail() of the moment shown. */
int frozen_host_cpu(const struct ui *ui, float *ret, int count);

#endif
