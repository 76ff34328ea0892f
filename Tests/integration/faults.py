"""Programs to whom the system fails: killed at an exact step, or refused their writes from an exact step on.

A step is a call of the system that changes files in one directory, counted from 1 in the order of the program.
"""

import functools
import pathlib
import shutil
import subprocess
import tempfile

import pytest

SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static long steps;

static long number(const char *name)
{
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

/* Counts the step `what` of the file at `path`; answers the error that it is to fail with, or 0. */
static int step(const char *what, const char *path, int needs_room)
{
    const char *under = getenv("FAULT_UNDER");
    if (!path || !under || strncmp(path, under, strlen(under)))
        return 0;
    const char *only = getenv("FAULT_FILES");
    int fails = needs_room && number("FAULT_ERROR") && (!only || strstr(path, only));
    steps++;
    const char *log = getenv("FAULT_LOG");
    if (log) {
        char line[PATH_MAX + 64];
        int length = snprintf(line, sizeof line, "%ld %s %s\n", steps, what, path);
        int descriptor = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND, 0644);
        syscall(SYS_write, descriptor, line, length);
        syscall(SYS_close, descriptor);
    }
    if (steps == number("FAULT_KILL"))
        kill(getpid(), SIGKILL);
    return fails && steps >= number("FAULT_FROM") ? number("FAULT_ERROR") : 0;
}

static int step_of(const char *what, int descriptor, int needs_room)
{
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return step(what, path, needs_room);
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define FAIL(error) do { int code = (error); if (code) { errno = code; return -1; } } while (0)

ssize_t write(int descriptor, const void *bytes, size_t count)
{
    REAL(write);
    FAIL(step_of("write", descriptor, 1));
    return real(descriptor, bytes, count);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset)
{
    REAL(pwrite);
    FAIL(step_of("pwrite", descriptor, 1));
    return real(descriptor, bytes, count, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset)
{
    REAL(pwrite64);
    FAIL(step_of("pwrite", descriptor, 1));
    return real(descriptor, bytes, count, offset);
}

int fsync(int descriptor)
{
    REAL(fsync);
    FAIL(step_of("fsync", descriptor, 0));
    return real(descriptor);
}

int fdatasync(int descriptor)
{
    REAL(fdatasync);
    FAIL(step_of("fdatasync", descriptor, 0));
    return real(descriptor);
}

int ftruncate(int descriptor, off_t length)
{
    REAL(ftruncate);
    FAIL(step_of("ftruncate", descriptor, 0));
    return real(descriptor, length);
}

int ftruncate64(int descriptor, off64_t length)
{
    REAL(ftruncate64);
    FAIL(step_of("ftruncate", descriptor, 0));
    return real(descriptor, length);
}

int truncate(const char *path, off_t length)
{
    REAL(truncate);
    FAIL(step("truncate", path, 0));
    return real(path, length);
}

int rename(const char *old, const char *new)
{
    REAL(rename);
    FAIL(step("rename", new, 0));
    return real(old, new);
}

int unlink(const char *path)
{
    REAL(unlink);
    FAIL(step("unlink", path, 0));
    return real(path);
}

int mkdir(const char *path, mode_t mode)
{
    REAL(mkdir);
    FAIL(step("mkdir", path, 1));
    return real(path, mode);
}

int posix_fallocate(int descriptor, off_t offset, off_t length)
{
    REAL(posix_fallocate);
    int error = step_of("fallocate", descriptor, 1);
    return error ? error : real(descriptor, offset, length);
}

#define OPEN(name) \
int name(const char *path, int flags, ...) \
{ \
    REAL(name); \
    va_list more; \
    va_start(more, flags); \
    mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0; \
    va_end(more); \
    if (flags & O_CREAT) \
        FAIL(step("create", path, access(path, F_OK) != 0)); \
    return real(path, flags, mode); \
}
OPEN(open)
OPEN(open64)
"""


@functools.cache
def library():
    """The library that stands between a program and the system; skips the test where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("clang")
    if not compiler:
        pytest.skip("needs a C compiler")
    directory = pathlib.Path(tempfile.mkdtemp(prefix="pdu-faults-"))
    source = directory / "faults.c"
    source.write_text(SOURCE)
    made = directory / "faults.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-w", "-o", made, source, "-ldl"]
    subprocess.run(command, check=True, capture_output=True)
    return made


def faults(directory, kill=0, error=0, since=1, files=None, log=None):
    """The environment of a program that meets faults in `directory`.

    `kill`: it is killed just before this step. `error`: what needs room on the disk fails with this number (errno(3))
    from the step `since` on; only of paths that have `files` in them, if given. `log`: where to write what it does.
    """
    environment = {"LD_PRELOAD": str(library()), "FAULT_UNDER": str(directory)}
    if kill:
        environment["FAULT_KILL"] = str(kill)
    if error:
        environment |= {"FAULT_ERROR": str(error), "FAULT_FROM": str(since)}
    if files:
        environment["FAULT_FILES"] = files
    if log:
        environment["FAULT_LOG"] = str(log)
    return environment


def together(*environments):
    """One environment of several, whose libraries are all loaded."""
    merged = {}
    for environment in environments:
        libraries = [each["LD_PRELOAD"] for each in (merged, environment) if "LD_PRELOAD" in each]
        merged |= environment
        if libraries:
            merged["LD_PRELOAD"] = ":".join(libraries)
    return merged
