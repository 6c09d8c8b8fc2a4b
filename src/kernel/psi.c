#include "kernel/psi.h"

#include <string.h>

#include "kernel/parse.h"

bool psi_parse(const char *text, uint32_t *ret)
{
    const char *some = parse_find(text, "some");
    const char *word;
    if (!some || parse_word(&some, &word) == 0 || strncmp(word, "avg10=", 6) != 0)
        return false;
    word += 6;
    uint64_t value;
    if (!parse_decimal(&word, 2, &value) || value > 10000)
        return false;
    *ret = (uint32_t)value;
    return true;
}
