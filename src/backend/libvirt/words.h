/* libvirt's codes in an operator's words. */
#ifndef VCTOP_BACKEND_LIBVIRT_WORDS_H
#define VCTOP_BACKEND_LIBVIRT_WORDS_H

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "backend/libvirt/uri.h"
#include "base/error.h"
#include "model/state.h"
#include "model/world.h"

/* The state of a domain.  *REASON is a literal or NULL when there is nothing to add. */
enum guest_state lv_state(int state, int reason, const char **ret_reason);

/* FROM is the last error of a call on a connection (NULL: none is known). */
bool lv_is_lost(const virError *from);        /* the connection itself is gone */
bool lv_is_gone(const virError *from);        /* the domain is not there any more */
bool lv_is_unsupported(const virError *from); /* asking again is no use */

/* Why URI cannot be opened or was lost: fills ERR, returns what becomes of the source.  WAS_UP: it
 * has worked before, so that its absence is a loss. */
enum source_state lv_trouble(const virError *from, const struct lv_uri *uri, bool was_up,
                             struct error *err);

/* The failure of one call as an error: "DOING: libvirt's own message", the code by kind.  Returns
 * the code. */
int lv_error(struct error *err, const virError *from, const char *doing);

#endif
