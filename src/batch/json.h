/* What the JSON writers share.  Inside batch/ only. */
#ifndef VCTOP_BATCH_JSON_H
#define VCTOP_BATCH_JSON_H

#include <jansson.h>

#include "batch/output.h"

/* Each returns a new reference. */
json_t *batch_json_text(const char *text); /* null for NULL */
json_t *batch_json_real(bool known, double value);

/* Adds the parts of GUEST to its OBJECT when they are known; adds nothing otherwise. */
void batch_json_parts(const struct batch_sample *sample, const struct guest *guest, json_t *object);

#endif
