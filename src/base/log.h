/* Diagnostics: a line to standard error of a child (a pipe that the engine reads) or to the
 * --debug file.  Never the screen.  Takes no lock and allocates nothing. */
#ifndef VCTOP_BASE_LOG_H
#define VCTOP_BASE_LOG_H

/* FD receives the lines from now on, -1 none; it stays the caller's.  WHO stands before each line
 * and must outlive the log. */
void log_to(int fd, const char *who);

/* One line; text is sanitised (no control bytes) and cut at 1 KB. */
void log_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Why the last line that was lost could not be written, as errno; 0: none was lost. */
int log_trouble(void);

#endif
