"""What a run can end with other than a result; ``zoo.cli`` alone catches these."""


class UserError(Exception):
    """Something the user can put right; ``str()`` is the whole message, printed as it is (exit code 1).

    An empty message is one that another process prints.
    """

    heard = False
    """Whether every process of the run has this error, so that the main one says it."""


class StoppedError(Exception):
    """A signal came, here or in another process of the run, which ends between two steps."""


class Interrupted(BaseException):
    """The run was stopped by a signal after its state was saved.

    A ``BaseException``, as ``KeyboardInterrupt`` is: a sweep must end with it and not go on to its next job.
    """

    def __init__(self, message: str, signal_number: int) -> None:
        super().__init__(message)
        self.exit_code = 128 + signal_number

    def unsaid(self) -> "Interrupted":
        """The same with nothing to print, for the processes beside the main one."""
        return Interrupted("", self.exit_code - 128)


def of_the_system(error: OSError) -> str:
    """An error of the operating system in one line."""
    return f"{error.filename}: {error.strerror}" if error.filename else f"{error.strerror or error}"
