#include "model/console.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

static char **copy_args(char *const *argv)
{
    size_t count = 0;
    char **copy;

    if (!argv || !argv[0])
        return NULL;
    while (count < CONSOLE_ARGS_MAX && argv[count])
        count++;
    copy = xcalloc(count + 1, sizeof(*copy));
    for (size_t i = 0; i < count; i++)
        copy[i] = xstrdup(argv[i]);
    return copy;
}

void console_request_copy(struct console_request *dst, const struct console_request *src)
{
    *dst = *src;
    guest_id_copy(&dst->guest, &src->guest);
    dst->life = xstrdup(src->life);
    dst->device = xstrdup(src->device);
    dst->argv = copy_args(src->argv);
}

void console_request_clear(struct console_request *request)
{
    guest_id_clear(&request->guest);
    free(request->life);
    free(request->device);
    for (size_t i = 0; request->argv && request->argv[i]; i++)
        free(request->argv[i]);
    free(request->argv);
    *request = (struct console_request){0};
}

void console_clear(struct console *console)
{
    console_request_clear(&console->request);
    free(console->name);
    free(console->why);
    free(console->remedy);
    free(console->device);
    for (size_t i = 0; i < CONSOLE_DEVICES_MAX; i++)
        free(console->devices[i]);
    *console = (struct console){0};
}

const char *console_kind_name(const struct console_request *request)
{
    static const char *const names[CONSOLE_KIND_COUNT] = {[CONSOLE_SERIAL] = "console",
                                                          [CONSOLE_ATTACH] = "shell",
                                                          [CONSOLE_LOG] = "log",
                                                          [CONSOLE_SCREEN] = "screen"};

    return request->argv ? "command" : names[request->kind];
}
