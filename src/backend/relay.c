#include "backend/relay.h"

#include <stdlib.h>

#include "base/alloc.h"

void relay_init(struct relay *relay, const struct relay_ops *ops)
{
    *relay = (struct relay){.ops = ops, .exit_status = -1};
}

void relay_add_device(struct relay *relay, const char *device)
{
    for (size_t i = 0; i < CONSOLE_DEVICES_MAX; i++) {
        if (!relay->devices[i]) {
            relay->devices[i] = xstrdup(device);
            return;
        }
    }
}

void relay_close(struct relay *relay)
{
    char *device, *devices[CONSOLE_DEVICES_MAX];

    if (!relay)
        return;
    device = relay->device;
    for (size_t i = 0; i < CONSOLE_DEVICES_MAX; i++)
        devices[i] = relay->devices[i];
    relay->ops->close(relay);
    free(device);
    for (size_t i = 0; i < CONSOLE_DEVICES_MAX; i++)
        free(devices[i]);
}
