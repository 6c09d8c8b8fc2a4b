#include "backend/libvirt/pools.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "backend/calls.h"
#include "backend/libvirt/definition.h"
#include "backend/libvirt/words.h"
#include "base/alloc.h"
#include "base/clock.h"

#define ROUND_NS (30 * NS_PER_S)
#define SILENT_NS (4 * NS_PER_S)
#define KEEPALIVE_S 2
#define KEEPALIVE_COUNT 2

struct lv_pools {
    struct lv_uri uri; /* own copy: the thread may outlive its maker */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    int refs; /* under the lock: the maker and the thread */

    /* All below under the lock. */
    bool stop, asked, fresh, running;
    struct storage_report report; /* of the thread, until it is taken */
    char *calling;                /* the pool whose call is under way, NULL none */
    int64_t calling_ns;

    /* The main thread's own. */
    struct storage_report known;
    int64_t due_ns;
};

/* Called with the lock held, and gives it back. */
static void unref_and_unlock(struct lv_pools *pools)
{
    bool last = --pools->refs == 0;

    pthread_mutex_unlock(&pools->lock);
    if (!last)
        return;
    pthread_cond_destroy(&pools->wake);
    pthread_mutex_destroy(&pools->lock);
    storage_report_clear(&pools->report);
    storage_report_clear(&pools->known);
    lv_uri_clear(&pools->uri);
    free(pools->calling);
    free(pools);
}

struct lv_pools *lv_pools_new(const struct lv_uri *uri)
{
    struct lv_pools *pools = xcalloc(1, sizeof(*pools));

    lv_uri_init(&pools->uri, uri->given);
    pools->refs = 1;
    pthread_mutex_init(&pools->lock, NULL);
    pthread_cond_init(&pools->wake, NULL);
    return pools;
}

void lv_pools_free(struct lv_pools *pools)
{
    if (!pools)
        return;
    pthread_mutex_lock(&pools->lock);
    pools->stop = true;
    pthread_cond_signal(&pools->wake);
    unref_and_unlock(pools);
}

/* ---- the thread ---- */

static void set_calling(struct lv_pools *pools, const char *name)
{
    pthread_mutex_lock(&pools->lock);
    xreplace(&pools->calling, name);
    pools->calling_ns = name ? clock_mono_ns() : 0;
    pthread_mutex_unlock(&pools->lock);
}

static void read_definition(const struct lv_pools *pools, virStoragePoolPtr pool,
                            struct storage_place *place)
{
    struct lv_pool_definition definition;
    int call = calls_begin("virStoragePoolGetXMLDesc", virStoragePoolGetName(pool));
    char *xml = virStoragePoolGetXMLDesc(pool, 0);

    calls_end(call);
    if (xml && lv_pool_definition_parse(xml, strlen(xml), &definition, NULL) == 0) {
        place->detail = xasprintf("%s%s%s", definition.type ? definition.type : "pool",
                                  definition.directory ? " " : "",
                                  definition.directory ? definition.directory : "");
        if (pools->uri.here)
            place->path = xstrdup(definition.directory);
        lv_pool_definition_clear(&definition);
    }
    free(xml);
}

/* False when it cannot be looked at, or left meanwhile. */
static bool read_pool(struct lv_pools *pools, virStoragePoolPtr pool, struct storage_place *ret)
{
    const char *name = virStoragePoolGetName(pool);
    virStoragePoolInfo info;

    if (!name)
        return false;
    set_calling(pools, name);
    int call = calls_begin("virStoragePoolGetInfo", name);
    bool good = virStoragePoolGetInfo(pool, &info) == 0;
    calls_end(call);
    if (good) {
        *ret = (struct storage_place){.kind = PLACE_POOL,
                                      .name = xstrdup(name),
                                      .below = -1,
                                      .has_bytes = info.capacity > 0,
                                      .total = info.capacity,
                                      .avail = info.available,
                                      .at_ns = clock_mono_ns()};
        read_definition(pools, pool, ret);
    }
    set_calling(pools, NULL);
    return good;
}

/* All active pools; 0, or -1 with libvirt's last error. */
static int read_pools(struct lv_pools *pools, virConnectPtr conn, struct storage_report *ret)
{
    virStoragePoolPtr *list = NULL;
    int call = calls_begin("virConnectListAllStoragePools", NULL);
    int count = virConnectListAllStoragePools(conn, &list, VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE);

    calls_end(call);
    if (count < 0)
        return -1;
    ret->place = xcalloc((size_t)count + 1, sizeof(*ret->place));
    for (int i = 0; i < count; i++) {
        if (ret->places < STORAGE_PLACES_MAX && read_pool(pools, list[i], &ret->place[ret->places]))
            ret->places++;
        virStoragePoolFree(list[i]);
    }
    free(list);
    return 0;
}

static virConnectPtr connect_to(const struct lv_pools *pools)
{
    int call = calls_begin("virConnectOpenReadOnly", NULL);
    virConnectPtr conn = virConnectOpenReadOnly(pools->uri.open);

    calls_end(call);
    if (conn)
        virConnectSetKeepAlive(conn, KEEPALIVE_S, KEEPALIVE_COUNT);
    return conn;
}

static void publish(struct lv_pools *pools, struct storage_report *report)
{
    pthread_mutex_lock(&pools->lock);
    storage_report_clear(&pools->report);
    pools->report = *report;
    pools->fresh = true;
    pthread_mutex_unlock(&pools->lock);
}

/* Waits to be asked; false when it is time to end. */
static bool await(struct lv_pools *pools)
{
    pthread_mutex_lock(&pools->lock);
    while (!pools->stop && !pools->asked)
        pthread_cond_wait(&pools->wake, &pools->lock);
    bool go_on = !pools->stop;
    pools->asked = false;
    pthread_mutex_unlock(&pools->lock);
    return go_on;
}

static void *run(void *user)
{
    struct lv_pools *pools = user;
    virConnectPtr conn = NULL;

    while (await(pools)) {
        struct storage_report report = {0};
        if (conn && virConnectIsAlive(conn) != 1) {
            virConnectClose(conn);
            conn = NULL;
        }
        if (!conn)
            conn = connect_to(pools);
        if (!conn)
            continue;
        if (read_pools(pools, conn, &report) == 0)
            publish(pools, &report);
        else if (lv_is_unsupported(virGetLastError()))
            break; /* a driver without storage */
    }
    if (conn)
        virConnectClose(conn);
    pthread_mutex_lock(&pools->lock);
    unref_and_unlock(pools);
    return NULL;
}

/* ---- the main thread ---- */

/* With the lock held. */
static void start(struct lv_pools *pools)
{
    pthread_t thread;

    pools->running = true; /* once: without a thread there are no pools */
    pools->refs++;
    if (pthread_create(&thread, NULL, run, pools) == 0)
        pthread_detach(thread);
    else
        pools->refs--;
}

/* The pool whose call hangs is silent.  True when that is news. */
static bool mark_silent(struct lv_pools *pools, int64_t now_ns)
{
    bool news = false;

    for (size_t i = 0; pools->calling && i < pools->known.places; i++) {
        struct storage_place *place = &pools->known.place[i];
        if (place->silent_since_ns || now_ns - pools->calling_ns < SILENT_NS ||
            strcmp(place->name, pools->calling) != 0)
            continue;
        place->silent_since_ns = pools->calling_ns;
        news = true;
    }
    return news;
}

void lv_pools_step(struct lv_pools *pools, bool usable, int64_t now_ns, struct sink *sink)
{
    pthread_mutex_lock(&pools->lock);
    if (usable && now_ns >= pools->due_ns) {
        pools->due_ns = now_ns + ROUND_NS;
        pools->asked = true;
        if (!pools->running)
            start(pools);
        pthread_cond_signal(&pools->wake);
    }
    bool news = pools->fresh;
    if (pools->fresh) {
        storage_report_clear(&pools->known);
        pools->known = pools->report;
        pools->report = (struct storage_report){0};
        pools->fresh = false;
    }
    news |= mark_silent(pools, now_ns);
    pthread_mutex_unlock(&pools->lock);
    if (news)
        sink_storage(sink, &pools->known);
}

const char *lv_pools_directory(const struct lv_pools *pools, const char *name)
{
    for (size_t i = 0; pools && i < pools->known.places; i++) {
        if (strcmp(pools->known.place[i].name, name) == 0)
            return pools->known.place[i].path;
    }
    return NULL;
}
