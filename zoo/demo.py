"""``make demo``: draw two famous nets, then train a small ResNet on real digits, as a user would."""

import os
import sys
import time
from pathlib import Path

from zoo import model
from zoo.commands.train import train_runs
from zoo.errors import Interrupted, UserError

FOLDER = Path("demo")
PICTURES = {"alexnet": "AlexNet, two groups", "resnet50": "ResNet-50"}
GOAL = 0.03
"""Top-1 error on held-out digits that the demo must get below, in the last epoch."""

# One thread: on 8×8 images two threads wait for one another longer than they work.
TRAINING = (
    "model=resnet20",
    "data=digits",
    "trainer.epochs=20",
    "trainer.threads=1",
    "overwrite=true",
    f"runs={FOLDER}",
    "name=resnet20-digits",
)

NEXT = """\
What to try next (netc and zoo are in .venv/bin: source .venv/bin/activate):
  zoo train model=lenet                          another net: every net in specs/ has a name
  zoo train -m model=lenet,resnet20 seed=0,1,2   a sweep: six runs, and a table of them
  zoo train data=imagefolder data.root=FOLDER    your own images, in class folders
  zoo train model.spec=my.net                    your own net
  zoo train --help                               all options
  netc show specs/resnet.net:resnet50            shapes and costs, layer by layer
  tensorboard --logdir demo                      the curves of this run, live
"""


def main() -> int:
    """Draw, train, and say what came out; 1 when the goal is missed or something failed."""
    began = time.monotonic()
    try:
        _draw()
        print(f"\nTraining: zoo train {' '.join(TRAINING)}")
        (result,) = train_runs(TRAINING)
    except (UserError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except Interrupted as stopped:
        print(stopped, file=sys.stderr)
        return stopped.exit_code
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    error = result.last.val_top1_error
    seconds = time.monotonic() - began
    print(f"\nLearning curves: {os.path.relpath(result.folder.curves[0])}")
    print(f"Top-1 error on held-out digits: {error:.2%} (goal: below {GOAL:.0%}), {seconds:.0f} s in all")
    if error >= GOAL:
        print("The goal was missed.", file=sys.stderr)
        return 1
    print(f"\n{NEXT}", end="")
    return 0


def _draw() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, words in PICTURES.items():
        paths = [FOLDER / f"{name}.{suffix}" for suffix in ("svg", "png")]
        model.draw_shipped(name, paths)
        print(f"{words}: {' and '.join(map(str, paths))}")


if __name__ == "__main__":
    sys.exit(main())
