"""What a run can end with other than a result; ``zoo.cli`` alone catches these."""


class UserError(Exception):
    """Something the user can put right; ``str()`` is the whole message, printed as it is (exit code 1)."""


class Interrupted(BaseException):
    """The run was stopped by a signal after its state was saved.

    A ``BaseException``, as ``KeyboardInterrupt`` is: a sweep must end with it and not go on to its next job.
    """

    def __init__(self, message: str, signal_number: int) -> None:
        super().__init__(message)
        self.exit_code = 128 + signal_number


def of_the_system(error: OSError) -> str:
    """An error of the operating system in one line."""
    return f"{error.filename}: {error.strerror}" if error.filename else f"{error.strerror or error}"
