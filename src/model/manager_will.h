/* What the owner of a guest makes of it when we act on the guest. */
#ifndef VCTOP_MODEL_MANAGER_WILL_H
#define VCTOP_MODEL_MANAGER_WILL_H

#include "model/action.h"

/* What MANAGER will do about ACTION: what goes on behind "managed by OpenStack: ", about
 * one guest; never NULL.
 */
const char *manager_will(const char *manager, enum action action);

#endif
