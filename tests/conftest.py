"""What holds for all tests."""

import signal

from tests.browser import browser, windows

__all__ = ["browser", "windows"]  # one browser for all: Playwright does not begin twice

# A shell that runs the tests in the background has them ignore Ctrl-C, and every process that they start too.
signal.signal(signal.SIGINT, signal.default_int_handler)
