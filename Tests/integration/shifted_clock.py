"""Programs whose clock is ahead of the machine's, so that a test of minutes takes seconds."""

import functools
import pathlib
import shutil
import subprocess
import tempfile

import pytest

# The programs take the time from time(2); SNMP's own time-outs run by a clock that never steps.
SOURCE = """
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

time_t time(time_t *result)
{
    const char *seconds = getenv("CLOCK_AHEAD"), *fixed = getenv("CLOCK_AT");
    struct timespec now;
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
    time_t moment = fixed ? atol(fixed) : now.tv_sec + (seconds ? atol(seconds) : 0);
    if (result)
        *result = moment;
    return moment;
}
"""


@functools.cache
def library():
    """The library that moves the clock; skips the test where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("clang")
    if not compiler:
        pytest.skip("needs a C compiler")
    directory = pathlib.Path(tempfile.mkdtemp(prefix="pdu-clock-"))
    source = directory / "clock.c"
    source.write_text(SOURCE)
    made = directory / "clock.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", made, source], check=True, capture_output=True)
    return made


def ahead(seconds):
    """The environment of a program whose clock is so many seconds ahead."""
    return {"LD_PRELOAD": str(library()), "CLOCK_AHEAD": str(seconds)}


def at(moment):
    """The environment of a program for which it is `moment`, in seconds since 1970, all the time."""
    return {"LD_PRELOAD": str(library()), "CLOCK_AT": str(moment)}
