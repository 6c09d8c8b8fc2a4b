/* Values that the command line and the configuration file share, checked the same way. */
#ifndef VCTOP_CONFIG_VALUE_H
#define VCTOP_CONFIG_VALUE_H

#include <stdint.h>

#include "base/error.h"

/* "2", "0.5": seconds from 0.2 to 3600 with a decimal point whatever the locale; ERR_USAGE. */
int value_parse_delay(const char *text, int64_t *ret_ns, struct error *err);
int value_check_delay(double seconds, int64_t *ret_ns, struct error *err);

/* Of "escdelay": a torn sequence on a slow line, and the patience of a hand. */
#define ESCDELAY_MIN_MS 10
#define ESCDELAY_MAX_MS 2000

/* "^]", "^a": a control character that is not Escape, Tab, Enter or line feed; ERR_USAGE. */
int value_check_detach_key(const char *text, struct error *err);

#endif
