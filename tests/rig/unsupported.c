/* Preloaded into a vctop on libvirt's test driver, writes down what that answered with "not
 * supported": to the file that VCTOP_UNSUPPORTED in the environment names, a line a time, with the
 * number of the thread that asked (which has one connection) and words that name what it called.
 * VCTOP_REFUSED names calls, of those at the end, that are answered so though it has them.
 *
 * libvirt tells its error function of every call that fails, whoever sets that function. */
#include <dlfcn.h>
#include <fcntl.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static virErrorFunc theirs;
static __thread const char *refusing; /* NULL: what fails does so by itself */

/* What does not count must not pass for what is not asked. */
static void *in_libvirt(const char *name)
{
    void *libvirt = dlopen("libvirt.so.0", RTLD_LAZY | RTLD_NOLOAD);
    void *symbol = libvirt ? dlsym(libvirt, name) : NULL;

    if (!symbol)
        abort();
    return symbol;
}

static void tell(void *user, virErrorPtr error)
{
    const char *path = getenv("VCTOP_UNSUPPORTED");

    if (path && error->code == VIR_ERR_NO_SUPPORT) {
        int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (fd < 0 ||
            dprintf(fd, "%d %s\n", (int)gettid(), refusing ? refusing : error->message) < 0)
            abort();
        close(fd);
    }
    if (theirs)
        theirs(user, error);
}

void virSetErrorFunc(void *user, virErrorFunc handler)
{
    void (*real)(void *, virErrorFunc) = in_libvirt("virSetErrorFunc");

    theirs = handler;
    real(user, tell);
}

/* The driver has no keepalive: so is its answer libvirt's own. */
static bool refused(virConnectPtr conn, const char *call)
{
    const char *all = getenv("VCTOP_REFUSED");
    int (*unsupported)(virConnectPtr, int, unsigned) = in_libvirt("virConnectSetKeepAlive");

    if (!all || !strstr(all, call))
        return false;
    refusing = call;
    bool failed = unsupported(conn, 1, 1) < 0;
    refusing = NULL;
    return failed;
}

int virConnectGetAllDomainStats(virConnectPtr conn, unsigned stats,
                                virDomainStatsRecordPtr **records, unsigned flags)
{
    int (*real)(virConnectPtr, unsigned, virDomainStatsRecordPtr **, unsigned) =
        in_libvirt(__func__);

    return refused(conn, __func__) ? -1 : real(conn, stats, records, flags);
}

int virConnectListAllStoragePools(virConnectPtr conn, virStoragePoolPtr **pools, unsigned flags)
{
    int (*real)(virConnectPtr, virStoragePoolPtr **, unsigned) = in_libvirt(__func__);

    return refused(conn, __func__) ? -1 : real(conn, pools, flags);
}

int virDomainGetMessages(virDomainPtr dom, char ***messages, unsigned flags)
{
    int (*real)(virDomainPtr, char ***, unsigned) = in_libvirt(__func__);
    virConnectPtr (*of)(virDomainPtr) = in_libvirt("virDomainGetConnect");

    return refused(of(dom), __func__) ? -1 : real(dom, messages, flags);
}

int virDomainGetControlInfo(virDomainPtr dom, virDomainControlInfoPtr info, unsigned flags)
{
    int (*real)(virDomainPtr, virDomainControlInfoPtr, unsigned) = in_libvirt(__func__);
    virConnectPtr (*of)(virDomainPtr) = in_libvirt("virDomainGetConnect");

    return refused(of(dom), __func__) ? -1 : real(dom, info, flags);
}
