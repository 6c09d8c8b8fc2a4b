/* A guest's identity: what rows, marks, dialogs, history and jobs hold; never an index or a display
 * name. */
#ifndef VCTOP_MODEL_ID_H
#define VCTOP_MODEL_ID_H

#include <stdbool.h>

/* SOURCE: "libvirt:URI", "lxc:PATH", "proc", "sim".  KEY, within the source: the UUID of a libvirt
 * domain, the raw name of a container (any bytes but NUL).  Both owned. */
struct guest_id {
    char *source;
    char *key;
};

void guest_id_init(struct guest_id *id, const char *source, const char *key);
void guest_id_copy(struct guest_id *dst, const struct guest_id *src); /* dst is overwritten */
void guest_id_clear(struct guest_id *id);
bool guest_id_equal(const struct guest_id *a, const struct guest_id *b);
bool guest_id_is_set(const struct guest_id *id);

/* One lossless printable text: percent-encoded source, '#', percent-encoded key.  The caller
 * frees. */
char *guest_id_text(const struct guest_id *id);

/* The inverse; false when TEXT is malformed (RET untouched). */
bool guest_id_parse(const char *text, struct guest_id *ret);

#endif
