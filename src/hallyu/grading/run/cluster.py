"""Dask under the run: processes on this machine, or a cluster that is there already."""

import contextlib
import logging
import os
import time
import warnings
from collections.abc import Iterable, Iterator

from hallyu.errors import HallyuError
from hallyu.grading.run.stage import Staged
from hallyu.grading.run.worker import Assignment, Result, grade_submission

Job = tuple[Assignment, str, Staged]
PATIENCE = 300
"""Seconds that may pass without any worker: on a job queue, workers wait for their turn."""

LOOK = 5
"""Seconds between two looks at whether there still are workers."""

STARTS = 10
"""Times that a worker of this machine is started before it is given up."""


@contextlib.contextmanager
def cluster(scheduler: str | None, workers: int | None) -> Iterator["Pool"]:
    """A pool of workers: those of the Dask scheduler at an address, or as many processes of this machine as it has cores.

    Raises HallyuError when there is no scheduler at the address.
    """
    import dask
    from distributed import Client, LocalCluster, Nanny, Security, Status

    class Keeper(Nanny):
        """Starts a worker anew also when it was ended while it started, where Dask gives it up."""

        async def instantiate(self) -> Status:
            for _ in range(STARTS):
                if (status := await super().instantiate()) == Status.running:
                    break
            return status

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    dask.config.set({"distributed.comm.timeouts.connect": "10s", "distributed.worker.daemon": False})
    if scheduler:
        try:
            client = Client(scheduler, timeout="10s", set_as_default=False)
        except (TimeoutError, OSError, ValueError) as error:
            raise HallyuError(f"There is no Dask scheduler at {scheduler}: {error}") from error
        with client:
            try:
                client.wait_for_workers(1, timeout=PATIENCE)
            except TimeoutError:
                raise HallyuError(
                    f"The Dask scheduler at {scheduler} has no workers: start some, then run this again."
                ) from None
            yield Pool(client)
        return
    # Encrypted and with a key of its own: a scheduler runs whatever it is sent, and other users share this machine.
    with (
        LocalCluster(
            n_workers=workers or os.cpu_count(),
            threads_per_worker=1,  # nbgrader and Jupyter keep a folder and an event loop for each process
            worker_class=Keeper,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            security=Security.temporary(),
            silence_logs=logging.CRITICAL,
        ) as local,
        Client(local, set_as_default=False) as client,
    ):
        yield Pool(client)


class Pool:
    """Workers that grade."""

    def __init__(self, client):
        self.client = client

    def grade(self, jobs: Iterable[Job]) -> Iterator[Result]:
        """Results as they come. A worker that ends, for whatever reason, loses nothing: its jobs go to another.

        No more submissions are read than are needed to keep the workers busy. Raises HallyuError when the scheduler is
        lost, when no worker is left and none comes for PATIENCE seconds, or when a worker cannot sandbox.
        """
        jobs, running = iter(jobs), {}

        def submit() -> bool:
            if (job := next(jobs, None)) is None:
                return False
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Dask's, about large submissions
                future = self.client.submit(grade_submission, *job, pure=False)
            running[future] = job[1]
            return True

        for _ in range(2 * len(self.client.scheduler_info()["workers"]) + 2):
            if not submit():
                break
        while running:
            for future in self._done(running):
                yield self._result(future, running.pop(future))
                submit()

    def one(self, *job) -> Result:
        """The result of one job."""
        return next(iter(self.grade([job])))

    def _done(self, running: Iterable) -> set:
        """Those of the futures that are done, as soon as one is."""
        from distributed import CancelledError, wait

        seen = time.monotonic()
        while time.monotonic() - seen < PATIENCE:
            try:
                with self.client.as_current():
                    return wait(list(running), timeout=LOOK, return_when="FIRST_COMPLETED").done
            except TimeoutError:
                if self.client.scheduler_info()["workers"]:
                    seen = time.monotonic()
            except CancelledError as error:
                raise _lost() from error
        raise HallyuError(
            f"No worker is left, and none came for {PATIENCE} s. What is graded is kept: start the same command again."
        )

    def _result(self, future, student: str) -> Result:
        from distributed import CancelledError, KilledWorker

        try:
            return future.result()
        except KilledWorker:
            return Result(student, {}, [], 0.0, problem="every worker that tried it was ended from outside")
        except (CancelledError, OSError) as error:
            raise _lost() from error


def _lost() -> HallyuError:
    return HallyuError("The Dask scheduler was lost. What is graded is kept: start the same command again.")
