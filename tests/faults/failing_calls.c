/* Preloaded into a program: makes the Nth call of a kind fail, or kills the program there.
 *
 * Only calls are counted that concern something below one folder, by its path or by a descriptor. All processes of a
 * run count together, in a shared file. What is wanted comes in environment variables:
 *
 *   FAULTS_BELOW   the folder, as its real path
 *   FAULTS_STATE   the shared file; `struct state`, all zero at the beginning
 *   FAULTS_CALL    the kind, one of KIND_NAMES; nothing to count only
 *   FAULTS_NUMBER  N, from 1
 *   FAULTS_EFFECT  an errno: that call fails with it; "EVERY:errno": so do all later ones of this kind;
 *                  "half": it writes only half, which is no error; "kill": the process gets SIGKILL instead of the call;
 *                  "torn": it does so after half of the data; "kill-main": the first process of the run gets SIGKILL
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum kind { OPEN_TO_WRITE, OPEN_TO_READ, WRITE, COPY, MKDIR, RENAME, LINK, UNLINK, CLOSE, FSYNC, CHMOD, ANY, KINDS };
static const char *const KIND_NAMES[KINDS] = {"open to write", "open to read", "write",  "copy_file_range",
                                              "mkdir",         "rename",       "link",   "unlink",
                                              "close",         "fsync",        "chmod",  "any"};
enum effect { FAIL, FAIL_FROM_NOW_ON, HALF, KILL, TORN, KILL_MAIN };
#define CONTINUES (-1)

/* What the processes of a run share, and the test reads. struck_in: the process that made the call. */
struct state {
    atomic_int main_process, struck_in, counts[KINDS];
    char struck[PATH_MAX + 64];
};

static struct state *state;
static const char *below;
static enum kind wanted = KINDS;
static enum effect effect;
static int number, error_number;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void)
{
    const char *file = getenv("FAULTS_STATE"), *call = getenv("FAULTS_CALL"), *what = getenv("FAULTS_EFFECT");
    int none = 0, descriptor = file ? REAL(open)(file, O_RDWR | O_CLOEXEC) : -1;

    if (descriptor < 0)
        return;
    below = getenv("FAULTS_BELOW");
    for (enum kind kind = 0; call && what && kind < KINDS; kind++)
        if (!strcmp(call, KIND_NAMES[kind]))
            wanted = kind;
    if (wanted < KINDS) {
        number = atoi(getenv("FAULTS_NUMBER"));
        effect = !strcmp(what, "kill")      ? KILL
               : !strcmp(what, "torn")      ? TORN
               : !strcmp(what, "half")      ? HALF
               : !strcmp(what, "kill-main") ? KILL_MAIN
               : !strncmp(what, "EVERY:", 6) ? FAIL_FROM_NOW_ON
                                            : FAIL;
        error_number = atoi(effect == FAIL_FROM_NOW_ON ? what + 6 : what);
    }
    state = mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    REAL(close)(descriptor);
    if (state == MAP_FAILED)
        abort();
    atomic_compare_exchange_strong(&state->main_process, &none, getpid());
}

/* The path of an open file or folder; empty if it has none. */
static const char *path_of(int descriptor, char *path)
{
    char link[64];
    ssize_t length;

    if (descriptor == AT_FDCWD)
        strcpy(link, "/proc/self/cwd");
    else
        snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = '\0';
    return path;
}

static int is_below(const char *path)
{
    size_t length = strlen(below);
    return !strncmp(path, below, length) && (path[length] == '/' || !path[length]);
}

/* Counts a call. Nothing more happens if it is not the wanted one or not here; then the answer is CONTINUES. */
static int strike(enum kind kind, const char *path)
{
    int count, any;

    if (!is_below(path))
        return CONTINUES;
    count = atomic_fetch_add(&state->counts[kind], 1) + 1;
    any = atomic_fetch_add(&state->counts[ANY], 1) + 1;
    count = wanted == ANY ? any : kind == wanted ? count : 0;
    if (!count || (effect == FAIL_FROM_NOW_ON ? count < number : count != number))
        return CONTINUES;
    if (count == number) {
        snprintf(state->struck, sizeof state->struck, "%s %d: %s", KIND_NAMES[kind], count, path);
        atomic_store(&state->struck_in, getpid());
    }
    if (effect == KILL || (effect == TORN && kind != WRITE && kind != COPY))
        kill(getpid(), SIGKILL);
    if (effect == KILL_MAIN) {
        kill(atomic_load(&state->main_process), SIGKILL);
        return CONTINUES;
    }
    errno = error_number;
    return effect;
}

static int strike_at(enum kind kind, int folder, const char *path)
{
    char whole[2 * PATH_MAX], above[PATH_MAX];

    if (!state)
        return CONTINUES;
    if (path && path[0] == '/')
        return strike(kind, path);
    path_of(folder, above);
    if (path)
        snprintf(whole, sizeof whole, "%s/%s", above, path);
    return strike(kind, path ? whole : above);
}

static int fails(enum kind kind, int folder, const char *path)
{
    return strike_at(kind, folder, path) != CONTINUES;
}

static int open_counted(int folder, const char *path, int flags, va_list more)
{
    mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
    int is_read = (flags & O_ACCMODE) == O_RDONLY;

    if (fails(is_read ? OPEN_TO_READ : OPEN_TO_WRITE, folder, path))
        return -1;
    return REAL(openat)(folder, path, flags, mode);
}

#define OPEN(declaration, folder)                                  \
    declaration                                                    \
    {                                                              \
        va_list more;                                              \
        va_start(more, flags);                                     \
        int descriptor = open_counted(folder, path, flags, more);  \
        va_end(more);                                              \
        return descriptor;                                         \
    }
OPEN(int open(const char *path, int flags, ...), AT_FDCWD)
OPEN(int open64(const char *path, int flags, ...), AT_FDCWD)
OPEN(int openat(int folder, const char *path, int flags, ...), folder)
OPEN(int openat64(int folder, const char *path, int flags, ...), folder)

/* A call that shall fail, as one expression: what it is counted as, and the real one. */
#define CALL(kind, folder, path, name, ...) return fails(kind, folder, path) ? -1 : REAL(name)(__VA_ARGS__)

DIR *opendir(const char *path)
{
    return fails(OPEN_TO_READ, AT_FDCWD, path) ? NULL : REAL(opendir)(path);
}
int mkdir(const char *path, mode_t mode) { CALL(MKDIR, AT_FDCWD, path, mkdir, path, mode); }
int mkdirat(int folder, const char *path, mode_t mode) { CALL(MKDIR, folder, path, mkdirat, folder, path, mode); }
int rename(const char *old, const char *new) { CALL(RENAME, AT_FDCWD, new, rename, old, new); }

int renameat(int from, const char *old, int to, const char *new)
{
    CALL(RENAME, to, new, renameat, from, old, to, new);
}
int link(const char *old, const char *new) { CALL(LINK, AT_FDCWD, new, link, old, new); }

int linkat(int from, const char *old, int to, const char *new, int flags)
{
    CALL(LINK, to, new, linkat, from, old, to, new, flags);
}
int symlink(const char *to, const char *path) { CALL(LINK, AT_FDCWD, path, symlink, to, path); }
int symlinkat(const char *to, int folder, const char *path) { CALL(LINK, folder, path, symlinkat, to, folder, path); }
int unlink(const char *path) { CALL(UNLINK, AT_FDCWD, path, unlink, path); }
int unlinkat(int folder, const char *path, int flags) { CALL(UNLINK, folder, path, unlinkat, folder, path, flags); }
int rmdir(const char *path) { CALL(UNLINK, AT_FDCWD, path, rmdir, path); }
int fsync(int file) { CALL(FSYNC, file, NULL, fsync, file); }
int chmod(const char *path, mode_t mode) { CALL(CHMOD, AT_FDCWD, path, chmod, path, mode); }
int fchmod(int file, mode_t mode) { CALL(CHMOD, file, NULL, fchmod, file, mode); }

int fchmodat(int folder, const char *path, mode_t mode, int flags)
{
    CALL(CHMOD, folder, path, fchmodat, folder, path, mode, flags);
}

/* Only of files: no system fails to close a folder. As in Linux, the descriptor is gone also when it fails. */
int close(int file)
{
    struct stat status;
    int failed = state && !fstat(file, &status) && S_ISREG(status.st_mode) && fails(CLOSE, file, NULL);
    int saved = errno, result = REAL(close)(file);

    if (!failed)
        return result;
    errno = saved;
    return -1;
}

ssize_t write(int file, const void *data, size_t size)
{
    int struck = strike_at(WRITE, file, NULL);
    ssize_t written;

    if (struck == FAIL || struck == FAIL_FROM_NOW_ON)
        return -1;
    written = REAL(write)(file, data, struck == CONTINUES ? size : (size + 1) / 2);
    if (struck == TORN)
        kill(getpid(), SIGKILL);
    return written;
}

/* `size` is what may be copied, and nearly always more than there is: half of that is written, in its place. */
ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t size, unsigned flags)
{
    int struck = strike_at(COPY, to, NULL);
    struct stat status;
    ssize_t written;

    if (struck == FAIL || struck == FAIL_FROM_NOW_ON)
        return -1;
    if (struck != CONTINUES && !fstat(from, &status) && (size_t)status.st_size < size)
        size = ((size_t)status.st_size + 1) / 2;
    written = REAL(copy_file_range)(from, from_at, to, to_at, size, flags);
    if (struck == TORN)
        kill(getpid(), SIGKILL);
    return written;
}
