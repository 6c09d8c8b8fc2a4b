/* Parsers of /proc/PID files, apart from reading them; 0 or ERR_SYNTAX, RET untouched on failure.
 */
#ifndef VCTOP_KERNEL_PROC_TEXT_H
#define VCTOP_KERNEL_PROC_TEXT_H

#include "kernel/proc.h"

int proc_parse_stat(const char *text, struct proc_stat *ret);
int proc_parse_io(const char *text, struct proc_io *ret);
int proc_parse_status(const char *text, struct proc_status *ret);

#endif
