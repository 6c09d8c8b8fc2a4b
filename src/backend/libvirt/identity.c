#include "backend/libvirt/identity.h"

#include <libvirt/virterror.h>
#include <stdio.h>
#include <string.h>

#include "backend/libvirt/local.h"
#include "backend/libvirt/words.h"

virDomainPtr lv_find_domain(virConnectPtr conn, const char *key, const char *name,
                            struct error *err)
{
    char uuid[VIR_UUID_STRING_BUFLEN];

    virDomainPtr dom = virDomainLookupByUUIDString(conn, key);
    if (dom)
        return dom;
    if (!lv_is_gone(virGetLastError())) {
        lv_error(err, virGetLastError(), "the guest cannot be looked up");
        return NULL;
    }
    virDomainPtr other = name[0] ? virDomainLookupByName(conn, name) : NULL;
    if (other && virDomainGetUUIDString(other, uuid) == 0)
        error_set(err, ERR_CHANGED, NULL,
                  "%.100s is another guest by now (UUID %s): nothing was done", name, uuid);
    else
        error_set(err, ERR_GONE, NULL, "the guest is not there any more");
    if (other)
        virDomainFree(other);
    return NULL;
}

int lv_check_life(virDomainPtr dom, const struct lv_uri *uri, const char *key, const char *life,
                  struct error *err)
{
    char text[LV_LIFE_MAX];
    struct proc_identity id;

    if (!life[0])
        return 0;
    unsigned number = virDomainGetID(dom);
    if (number == (unsigned)-1)
        return error_set(err, ERR_CHANGED, NULL, "it is off by now: nothing was done");
    snprintf(text, sizeof(text), "%u", number);
    if (strcmp(text, life) == 0)
        return 0;
    if (uri->local_qemu && lv_local_identify(uri, virDomainGetName(dom), key, &id) == 0) {
        proc_life(&id, text, sizeof(text));
        if (strcmp(text, life) == 0)
            return 0;
    }
    return error_set(err, ERR_CHANGED, "look at it and ask again if you still want to",
                     "it was started anew meanwhile: nothing was done");
}
