/* The display frozen with Z: a copy of the world as it was, so that one can go on moving, sorting
 * and filtering in a moment that stands still while the engine goes on sampling.
 *
 * The one place where a view's guests are copies; graphs still read the live histories, up to the
 * frozen moment, and actions go by identity to the live world. */
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

/* host_cpu_tail() of the moment shown. */
int frozen_host_cpu(const struct ui *ui, float *ret, int count);

#endif
