#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "batch/json.h"

json_t *batch_json_text(const char *text)
{
    json_t *ret;

    if (!text)
        return json_null();
    ret = json_string(text);
    if (!ret) { /* not UTF-8: the name of a source as the command line gave it */
        CLEANUP_FREE char *safe = text_sanitise(text, strlen(text), 2000);
        ret = json_string(safe);
    }
    return ret;
}

json_t *batch_json_real(bool known, double value)
{
    return known && isfinite(value) ? json_real(round(value * 1000) / 1000) : json_null();
}
