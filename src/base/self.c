#include "base/self.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/io.h"

#define KIB 1024

/* The number behind NAME, which begins a line of TEXT. */
static bool number_of(const char *text, const char *name, uint64_t *ret)
{
    const char *at = strstr(text, name);

    return at && sscanf(at + strlen(name), "%" SCNu64, ret) == 1;
}

void self_measure(struct self *ret)
{
    struct timespec cpu;
    char text[2048];

    *ret = (struct self){0};
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu) == 0)
        ret->cpu_ns = cpu.tv_sec * NS_PER_S + cpu.tv_nsec;
    if (io_read_file(AT_FDCWD, "/proc/self/io", text, sizeof(text)) > 0)
        ret->has_calls =
            number_of(text, "\nsyscr:", &ret->reads) && number_of(text, "\nsyscw:", &ret->writes);
    if (io_read_file(AT_FDCWD, "/proc/self/smaps_rollup", text, sizeof(text)) > 0)
        ret->has_memory = number_of(text, "\nPss:", &ret->memory);
    ret->memory *= KIB;
}
