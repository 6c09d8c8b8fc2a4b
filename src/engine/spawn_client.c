#include "engine/internal.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fds.h"
#include "base/io.h"

void spawn_client_init(struct spawn_client *client, int fd)
{
    *client = (struct spawn_client){.fd = fd};
    if (fd >= 0)
        io_set_nonblock(fd, true);
}

static void lose(struct spawn_client *client)
{
    cleanup_close(&client->fd);
    client->fd = -1;
    client->queued = 0;
}

void spawn_client_clear(struct spawn_client *client)
{
    lose(client);
    free(client->queue);
    *client = (struct spawn_client){.fd = -1};
}

void spawn_client_flush(struct spawn_client *client)
{
    size_t done = 0;

    while (client->fd >= 0 && done < client->queued) {
        ssize_t sent = send(client->fd, &client->queue[done], sizeof(client->queue[0]),
                            MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            break; /* full: later; broken: receive says so */
        done++;
    }
    if (done == 0)
        return;
    client->queued -= done;
    memmove(client->queue, client->queue + done, client->queued * sizeof(client->queue[0]));
}

void spawn_client_ask(struct spawn_client *client, enum spawn_op op, enum spawn_role role,
                      uint32_t token, const char *source)
{
    struct spawn_request *request;

    if (client->fd < 0)
        return;
    if (client->queued == client->capacity) {
        client->capacity = client->capacity ? client->capacity * 2 : 8;
        client->queue = xrealloc(client->queue, client->capacity, sizeof(client->queue[0]));
    }
    request = &client->queue[client->queued++];
    memset(request, 0, sizeof(*request));
    request->magic = SPAWN_MAGIC;
    request->op = op;
    request->role = role;
    request->token = token;
    memcpy(request->source, source, strnlen(source, sizeof(request->source) - 1));
    spawn_client_flush(client);
}

int spawn_client_receive(struct spawn_client *client, struct spawn_answer *ret, int fds[2])
{
    struct spawn_answer answer;
    struct iovec iov = {&answer, sizeof(answer)};
    ssize_t len;

    fds[0] = fds[1] = -1;
    if (client->fd < 0)
        return ERR_LOST;
    do {
        len = fds_receive(client->fd, &iov, fds, 2);
    } while (len == -EINTR);
    if (len == -EAGAIN)
        return 0;
    if (len != (ssize_t)sizeof(answer) || answer.magic != SPAWN_MAGIC ||
        (answer.kind == SPAWN_STARTED && fds[1] < 0)) {
        for (int i = 0; i < 2; i++) {
            cleanup_close(&fds[i]);
            fds[i] = -1;
        }
        lose(client);
        return ERR_LOST;
    }
    *ret = answer;
    return 1;
}
