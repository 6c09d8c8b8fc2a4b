/* Who runs a guest if not the operator: what it is run with there, and what its owner makes of it
 * when we act on it.  How an owner is recognised is manager_sign.h's. */
#ifndef VCTOP_MODEL_MANAGER_H
#define VCTOP_MODEL_MANAGER_H

#include "model/action.h"
#include "model/state.h"

/* The command to use instead of ours for a guest of KIND that MANAGER owns ("qm"); "its own tool"
 * when we do not know it. */
const char *manager_tool(const char *manager, enum guest_kind kind);

/* What MANAGER will do about ACTION: what goes on behind "managed by OpenStack: ", about
 * one guest; never NULL. */
const char *manager_will(const char *manager, enum action action);

#endif
