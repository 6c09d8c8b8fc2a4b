/* A domain's XML, from a daemon that is not trusted; and a container's configuration. */
// sources: src/backend/libvirt/definition.c src/backend/libvirt/owner.c
// sources: src/backend/libvirt/isolation.c src/backend/libvirt/chardev.c
// sources: src/backend/lxc/config.c src/backend/lxc/owner.c src/backend/lxc/autostart.c
// libraries: LIBXML LIBVIRT
#include "fuzz/must.h"

#include <string.h>

#include "backend/libvirt/definition.h"
#include "backend/lxc/config.h"
#include "base/alloc.h"

/* A file that says when its container starts says so after it was changed, too. */
static void try_config(const char *text)
{
    struct lxc_config config = {0};
    size_t len;
    char *changed = lxc_config_edit_autostart(text, strlen(text), true, &len);

    lxc_config_parse(&config, text, strlen(text));
    enum lxc_config_state before = config.state;
    lxc_config_parse(&config, changed, len);
    must(before != LXC_CONFIG_OK || (config.state == LXC_CONFIG_OK && config.autostart),
         "a changed file says what it was changed to");
    free(changed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lv_definition *definition = NULL;
    struct lv_pool_definition pool = {0};
    char *text = xstrndup((const char *)data, size);
    struct error err = {0};

    if (lv_definition_parse((const char *)data, size, &definition, &err) == 0) {
        must(definition->nic_count <= LV_NICS_MAX, "links are bounded");
        must(definition->disk_count <= LV_DISKS_MAX, "disks are bounded");
        lv_definition_unref(definition);
    }
    if (lv_pool_definition_parse((const char *)data, size, &pool, &err) == 0)
        lv_pool_definition_clear(&pool);
    try_config(text);
    free(text);
    return 0;
}
