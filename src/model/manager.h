/* Who runs a guest if not the operator, and what it is run with. */
#ifndef VCTOP_MODEL_MANAGER_H
#define VCTOP_MODEL_MANAGER_H

#include "model/state.h"

/* The command to use instead of ours for a guest of KIND that MANAGER owns ("qm"); "its own tool"
 * when we do not know it. */
const char *manager_tool(const char *manager, enum guest_kind kind);

#endif
