/* A library to preload, which makes a directory behave like a slow or remote disk: every call on a file in it waits.
 *
 * SLOWDISK_ROOT is the directory, as an absolute path; SLOWDISK_MICROSECONDS is how long each call waits. Compiled and
 * used by scaling.py.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define MOST_FDS 65536

static const char *root;
static size_t root_length;
static struct timespec delay;
static unsigned char is_slow[MOST_FDS];

__attribute__((constructor)) static void begin(void) {
    const char *microseconds = getenv("SLOWDISK_MICROSECONDS");
    long value = microseconds ? atol(microseconds) : 1000;
    root = getenv("SLOWDISK_ROOT");
    root_length = root ? strlen(root) : 0;
    delay.tv_sec = value / 1000000;
    delay.tv_nsec = value % 1000000 * 1000;
}

static void wait_if(int slow) {
    if (slow) nanosleep(&delay, NULL);
}

static int lies_in_root(const char *path) { return root_length && path && !strncmp(path, root, root_length); }
static int is_slow_fd(int fd) { return fd >= 0 && fd < MOST_FDS && is_slow[fd]; }

static int opened(int fd, int slow) {
    if (fd >= 0 && fd < MOST_FDS) is_slow[fd] = slow;
    return fd;
}

#define NEXT(type, name, ...) \
    static type (*next)(__VA_ARGS__); \
    if (!next) next = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

#define MODE_OF(flags) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }

int open(const char *path, int flags, ...) {
    MODE_OF(flags)
    NEXT(int, "open", const char *, int, ...);
    int slow = lies_in_root(path);
    wait_if(slow);
    return opened(next(path, flags, mode), slow);
}

int open64(const char *path, int flags, ...) {
    MODE_OF(flags)
    NEXT(int, "open64", const char *, int, ...);
    int slow = lies_in_root(path);
    wait_if(slow);
    return opened(next(path, flags, mode), slow);
}

int openat64(int folder, const char *path, int flags, ...) {
    MODE_OF(flags)
    NEXT(int, "openat64", int, const char *, int, ...);
    int slow = lies_in_root(path) || (path[0] != '/' && is_slow_fd(folder));
    wait_if(slow);
    return opened(next(folder, path, flags, mode), slow);
}

int close(int fd) {
    NEXT(int, "close", int);
    int slow = is_slow_fd(fd);
    wait_if(slow);
    if (slow) is_slow[fd] = 0;
    return next(fd);
}

ssize_t read(int fd, void *data, size_t count) {
    NEXT(ssize_t, "read", int, void *, size_t);
    wait_if(is_slow_fd(fd));
    return next(fd, data, count);
}

ssize_t write(int fd, const void *data, size_t count) {
    NEXT(ssize_t, "write", int, const void *, size_t);
    wait_if(is_slow_fd(fd));
    return next(fd, data, count);
}

ssize_t copy_file_range(int from, off64_t *from_place, int to, off64_t *to_place, size_t count, unsigned flags) {
    NEXT(ssize_t, "copy_file_range", int, off64_t *, int, off64_t *, size_t, unsigned);
    wait_if(is_slow_fd(from) || is_slow_fd(to));
    return next(from, from_place, to, to_place, count, flags);
}

int fstat64(int fd, struct stat64 *status) {
    NEXT(int, "fstat64", int, struct stat64 *);
    wait_if(is_slow_fd(fd));
    return next(fd, status);
}

int stat64(const char *path, struct stat64 *status) {
    NEXT(int, "stat64", const char *, struct stat64 *);
    wait_if(lies_in_root(path));
    return next(path, status);
}

int lstat64(const char *path, struct stat64 *status) {
    NEXT(int, "lstat64", const char *, struct stat64 *);
    wait_if(lies_in_root(path));
    return next(path, status);
}

int fstatat64(int folder, const char *path, struct stat64 *status, int flags) {
    NEXT(int, "fstatat64", int, const char *, struct stat64 *, int);
    wait_if(lies_in_root(path) || is_slow_fd(folder));
    return next(folder, path, status, flags);
}

int fchmod(int fd, mode_t mode) {
    NEXT(int, "fchmod", int, mode_t);
    wait_if(is_slow_fd(fd));
    return next(fd, mode);
}

int mkdir(const char *path, mode_t mode) {
    NEXT(int, "mkdir", const char *, mode_t);
    wait_if(lies_in_root(path));
    return next(path, mode);
}

int rename(const char *from, const char *to) {
    NEXT(int, "rename", const char *, const char *);
    wait_if(lies_in_root(from) || lies_in_root(to));
    return next(from, to);
}

DIR *opendir(const char *path) {
    NEXT(DIR *, "opendir", const char *);
    wait_if(lies_in_root(path));
    return next(path);
}
