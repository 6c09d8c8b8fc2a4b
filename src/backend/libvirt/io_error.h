/* What holds a guest that an I/O error paused: said by an event, or asked of its monitor. */
#ifndef VCTOP_BACKEND_LIBVIRT_IO_ERROR_H
#define VCTOP_BACKEND_LIBVIRT_IO_ERROR_H

#include <stdbool.h>

#define LV_DISK_MAX 64

struct lv_io_error {
    bool known;
    bool no_space;          /* there was no space left on the host */
    char disk[LV_DISK_MAX]; /* target ("vda") or alias ("virtio-disk0"); "" unknown */
};

#endif
