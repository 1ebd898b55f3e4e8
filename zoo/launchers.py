"""What runs the jobs of a sweep: ``launcher=NAME``.

A builder gives the overrides by which Hydra's launcher of that kind is chosen and set.
"""

from dataclasses import dataclass

from zoo.errors import UserError
from zoo.options import Named, option
from zoo.registry import Registry

LAUNCHERS: Registry[tuple[str, ...]] = Registry("launcher")


@dataclass(frozen=True)
class LauncherOptions(Named):
    """A launcher's options derive from this."""

    @property
    def at_once(self) -> int:
        """How many runs it has under way at a time."""
        return 1


@dataclass(frozen=True)
class JoblibOptions(LauncherOptions):
    """Options of ``launcher=joblib``."""

    jobs: int = option(2, "runs at a time", low=1)

    @property
    def at_once(self) -> int:
        return self.jobs


@dataclass(frozen=True)
class SlurmOptions(LauncherOptions):
    """Options of ``launcher=slurm``; where one is null, the cluster's default holds."""

    here: bool = option(False, "run the jobs on this machine, as SLURM would: to try a sweep out")
    partition: str | None = option(None, "partition to queue in")
    account: str | None = option(None, "account to charge")
    qos: str | None = option(None, "quality of service")
    constraint: str | None = option(None, "features that nodes must have")
    nodes: int = option(1, "machines for each run", low=1)
    tasks: int = option(1, "processes on each machine, which train together", low=1)
    gpus: int | None = option(None, "GPUs on each machine; as many as tasks, as a rule", low=0)
    cpus: int | None = option(None, "CPU cores for each task", low=1)
    memory: int | None = option(None, "memory on each machine, in GB", low=1)
    minutes: int = option(60, "time limit of a job; a run that reaches it is queued again and goes on", low=1)
    again: int = option(10, "times that a run may be queued again", low=0)
    jobs: int = option(256, "runs at a time", low=1)
    setup: tuple[str, ...] = option((), "shell commands before each job, as [module load cuda]")

    @property
    def at_once(self) -> int:
        return self.jobs


@LAUNCHERS.register("serial", LauncherOptions)
def serial(_options: LauncherOptions) -> tuple[str, ...]:
    """One run after the other, in this process."""
    return ("hydra/launcher=basic",)


@LAUNCHERS.register("joblib", JoblibOptions)
def joblib(options: JoblibOptions) -> tuple[str, ...]:
    """Several runs at a time on this machine (joblib)."""
    _needs("hydra_plugins.hydra_joblib_launcher", "joblib")
    # One job at a time to a process: joblib would hand out several where they are short.
    return (
        "hydra/launcher=joblib",
        f"hydra.launcher.n_jobs={options.jobs}",
        "hydra.launcher.batch_size=1",
    )


@LAUNCHERS.register("slurm", SlurmOptions)
def slurm(options: SlurmOptions) -> tuple[str, ...]:
    """A job of a SLURM cluster for each run (submitit); wants a folder of runs that all machines see."""
    from zoo.overrides import literal

    _needs("hydra_plugins.hydra_submitit_launcher", "slurm")
    common = {
        "timeout_min": options.minutes,
        "nodes": options.nodes,
        "tasks_per_node": options.tasks,
        "gpus_per_node": options.gpus,
        "cpus_per_task": options.cpus,
        "mem_gb": options.memory,
    }
    of_slurm = {
        "partition": options.partition,
        "account": options.account,
        "qos": options.qos,
        "constraint": options.constraint,
        "max_num_timeout": options.again,
        "array_parallelism": options.jobs,
        "setup": options.setup or None,
    }
    given = common if options.here else {**common, **of_slurm}
    settings = [f"hydra.launcher.{key}={literal(value)}" for key, value in given.items() if value is not None]
    return (f"hydra/launcher=submitit_{'local' if options.here else 'slurm'}", *settings)


def _needs(module: str, name: str) -> None:
    from importlib.util import find_spec

    try:
        found = find_spec(module)
    except ModuleNotFoundError:
        found = None
    if found is None:
        raise UserError(f"launcher={name}: not installed here; pip install 'netcompiler[sweeps]'")
