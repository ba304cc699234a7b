"""Dask on the same work as the benches beside it: `dask_peer.py BENCH` prints one JSON object per figure.

The peer at its best: `worker-saturation: inf` (set in the environment by the caller), two worker processes of one thread,
no dashboard, medians of several runs after a warm-up. Its threaded scheduler stands beside it where it can do the work.
"""

import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time


def emit(figure, value, peer="dask"):
    print(json.dumps({"figure": figure, "peer": peer, "value": value}), flush=True)


def only(name):
    """Whether a part of a bench was asked for."""
    return os.environ.get("HEDDLE_BENCH_ONLY", "") in name


def cluster():
    from distributed import Client, LocalCluster

    return Client(LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None))


def median_of(runs, work):
    work()
    return statistics.median(work() for _ in range(runs))


def inc(x):
    return x + 1


COLD = """
import sys, time
from distributed import Client, LocalCluster
if __name__ == "__main__":
    c = Client(LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None))
    assert c.submit(abs, -1).result() == 1
    print(time.time() - float(sys.argv[1]))
    c.close()
"""


def bench_client():
    from dask import compute, delayed

    offset = [0]
    n = 20_000
    with cluster() as client:

        def throughput():
            start = offset[0]
            offset[0] += n
            begun = time.perf_counter()
            futures = client.map(inc, range(start, start + n))
            assert sum(client.gather(futures)) == sum(range(start + 1, start + n + 1))
            took = time.perf_counter() - begun
            del futures
            time.sleep(1)
            return n / took

        emit("no-op map and gather", median_of(3, throughput))
        latencies = []
        for i in range(1_200):
            begun = time.perf_counter()
            client.submit(inc, 10**9 + i).result()
            latencies.append((time.perf_counter() - begun) * 1e6)
        latencies = sorted(latencies[200:])
        emit("submit to result, median", latencies[len(latencies) // 2])
        emit("submit to result, p99", latencies[int(len(latencies) * 0.99)])

    def threaded():
        begun = time.perf_counter()
        results = compute(*[delayed(inc)(i) for i in range(n)], scheduler="threads", num_workers=2)
        assert sum(results) == sum(range(1, n + 1))
        return n / (time.perf_counter() - begun)

    emit("no-op map and gather", median_of(3, threaded), "dask threads")
    import os
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "cold.py")
        with open(program, "w") as file:
            file.write(COLD)

        def cold():
            command = [sys.executable, "-W", "ignore", program, str(time.time())]
            return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1])

        emit("cold start to first result", median_of(3, cold))


def sleep_for(seconds, _):
    time.sleep(seconds)
    return seconds


def combine(*counts):
    return 1 + sum(counts)


ZERO_WORKER = """
import asyncio, pickle, sys, time
from distributed import Worker

TYPE = pickle.dumps(int)


class ZeroWorker(Worker):
    # Answers that a task has finished as soon as it is told of it, and computes nothing.
    async def handle_scheduler(self, comm):
        def compute(key=None, run_id=None, **kwargs):
            now = time.time()
            message = dict(op="task-finished", status="OK", key=key, nbytes=28, thread=1, type=TYPE, typename="int",
                           metadata={}, startstops=({"action": "compute", "start": now, "stop": now},),
                           stimulus_id="zero-%s" % now)
            if run_id is not None:
                message["run_id"] = run_id
            self.batched_stream.send(message)

        def steal(key=None, stimulus_id=None, **kwargs):
            self.batched_stream.send(dict(op="steal-response", key=key, state="memory", stimulus_id=stimulus_id))

        for name in ("free-keys", "acquire-replicas", "remove-replicas", "refresh-who-has"):
            if name in self.stream_handlers:
                self.stream_handlers[name] = lambda **kwargs: None
        self.stream_handlers["compute-task"] = compute
        self.stream_handlers["steal-request"] = steal
        await super().handle_scheduler(comm)


async def main():
    async with ZeroWorker(scheduler_file=sys.argv[1], nthreads=1, dashboard=False) as worker:
        await worker.finished()


asyncio.run(main())
"""


def shape_graph(name, dependencies, round):
    key = "%s-%d-%%d" % (name, round)
    graph = {key % i: (combine, *[key % d for d in own]) for i, own in enumerate(dependencies)}
    return graph, key % (len(dependencies) - 1)


def bench_graphs():
    # The twins of graphShapes.ts, which our own bench has written down before: the same edges, task by task.
    from dask import delayed

    with open(os.path.join(tempfile.gettempdir(), "heddle-bench-shapes.json")) as file:
        shapes = {name: edges for name, edges in json.load(file).items() if only(name)}
    with cluster() as client:

        def rate(name, round):
            graph, last = shape_graph(name, shapes[name], round)
            begun = time.perf_counter()
            client.get(graph, last)
            return len(shapes[name]) / (time.perf_counter() - begun)

        for name in shapes:
            rounds = iter(range(3))
            emit(name, median_of(1, lambda: rate(name, next(rounds))))

        if only("merge_slow"):
            merge = delayed(lambda *xs: sum(xs), pure=False)

            def slow():
                graph = merge(*[delayed(sleep_for, pure=False)(0.001, i) for i in range(2000)])
                begun = time.perf_counter()
                graph.compute()
                return time.perf_counter() - begun

            emit("merge_slow", median_of(1, slow))

    import dask.threaded

    for name in shapes:

        def threaded():
            graph, last = shape_graph(name, shapes[name], 0)
            begun = time.perf_counter()
            dask.threaded.get(graph, last, num_workers=2)
            return len(shapes[name]) / (time.perf_counter() - begun)

        emit(name, median_of(1, threaded), "dask threads")
    zero_workers(shapes)


def zero_workers(shapes):
    """CPU time of the scheduler's process a task, with workers that compute nothing."""
    import psutil
    from distributed import Client, wait

    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "scheduler.json")
        program = os.path.join(folder, "zero_worker.py")
        with open(program, "w") as text:
            text.write(ZERO_WORKER)
        quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", file]
        started = [subprocess.Popen(scheduler, **quiet)]
        try:
            started += [subprocess.Popen([sys.executable, program, file], **quiet) for _ in range(2)]
            with Client(scheduler_file=file, timeout=60) as client:
                client.wait_for_workers(2, timeout=60)
                process = psutil.Process(started[0].pid)

                def cpu():
                    times = process.cpu_times()
                    return times.user + times.system

                for name in shapes:
                    rounds = iter(range(3))

                    def cost():
                        graph, last = shape_graph(name, shapes[name], 100 + next(rounds))
                        begun = cpu()
                        future = client.get(graph, last, sync=False)
                        wait(future, timeout=120)
                        used = cpu() - begun
                        del future
                        return used * 1e6 / len(shapes[name])

                    emit("%s, zero workers" % name, median_of(1, cost))
        finally:
            for process in reversed(started):
                process.terminate()
            for process in started:
                process.wait()


def sum_of(*counts):
    return 1 + sum(counts) % 1000


def stencil_graph(width, steps):
    tasks = {}
    for step in range(steps):
        for x in range(width):
            before = [("s", step - 1, y) for y in (x - 1, x, x + 1) if 0 <= y < width] if step else []
            tasks[("s", step, x)] = (sum_of, *before)
    tasks["end"] = (sum_of, *[("s", steps - 1, x) for x in range(width)])
    return tasks


def bench_stencil():
    with cluster() as c:
        graph = stencil_graph(100, 200)

        def run():
            c.get(graph, "end")
            return None

        began = time.perf_counter()
        run()
        emit("stencil of 20k tasks", len(graph) / (time.perf_counter() - began))


def even(x):
    return x % 2 == 0


def second(pair):
    return pair[1]


def user_of(row):
    return row["user"]


def add_amount(total, row):
    return total + row["amount"]


def add(a, b):
    return a + b


class Above:
    def __init__(self, least):
        self.least = least

    def __call__(self, row):
        return row["amount"] > self.least


def bag_data():
    """The files that bagData.ts made, since our own bench runs first."""
    return os.path.join(tempfile.gettempdir(), "heddle-bench-bag-%smb" % os.environ.get("HEDDLE_BENCH_TEXT_MB", "100"))


def bench_bag():
    import dask.bag as db

    # Each run's range is its own: else the cluster answers from what it still holds of the run before.
    length = [5_000_000]
    with cluster():

        def intsum():
            length[0] += 16
            begun = time.perf_counter()
            total = int(db.range(length[0], 16).map(inc).filter(even).sum().compute())
            assert total > 0
            return time.perf_counter() - begun

        def timed(figure, work):
            if only(figure):
                emit(figure, median_of(3, work))

        timed("integers: map, filter, sum of 5 M", intsum)
        folder = bag_data()

        def words():
            begun = time.perf_counter()
            text = db.read_text(folder + "/text-*.txt")
            top = text.map(str.split).flatten().frequencies().topk(3, key=second).compute()
            assert len(top) == 3
            return time.perf_counter() - begun

        timed("word count", words)
        least = [50.0]

        def fold():
            least[0] += 0.01
            begun = time.perf_counter()
            rows = db.read_text(folder + "/rows-*.jsonl").map(json.loads).filter(Above(least[0]))
            sums = rows.foldby(user_of, add_amount, 0.0, add, 0.0).compute()
            assert len(sums) == 5000
            return time.perf_counter() - begun

        timed("JSON lines, fold by key", fold)

    def threaded():
        begun = time.perf_counter()
        db.range(5_000_000, 16).map(inc).filter(even).sum().compute(scheduler="threads", num_workers=2)
        return time.perf_counter() - begun

    emit("integers: map, filter, sum of 5 M", median_of(3, threaded), "dask threads")


def bench_tables():
    import dask.dataframe as dd
    from distributed import wait

    rows = os.environ.get("HEDDLE_BENCH_TABLE_ROWS", "10000000")
    folder = os.path.join(tempfile.gettempdir(), "heddle-bench-tables-" + rows)
    only = os.environ.get("HEDDLE_BENCH_ONLY", "")
    ints = {name: "i4" for name in ["id4", "id5", "id6", "fk", "v1", "v2"]}
    types = {"id1": "category", "id2": "category", "id3": "category", "v3": "f8", **ints}

    def read():
        return dd.read_csv(folder + "/large-*.csv", dtype=types, blocksize="64MB")

    def timed(figure, work):
        if only not in figure:
            return

        def once():
            time.sleep(0.5)  # The keys are the same each time: until those of the last are let go, nothing would be computed.
            begun = time.perf_counter()
            work()
            return time.perf_counter() - begun

        emit(figure, median_of(5 if figure.startswith("read parquet") else 3, once))

    with cluster():
        timed("read CSV, a sum", lambda: read().v3.sum().compute())
        try:
            import pyarrow  # noqa: F401  Debian has none: Dask reads parquet where one is installed.

            files = folder + "/peer-parquet"
            # Categories that differ between partitions are refused: texts in their place.
            texts = {name: "object" for name in ["id1", "id2", "id3"]}
            timed(
                "write parquet",
                lambda: read().astype(texts).to_parquet(files, engine="pyarrow", overwrite=True),
            )
            files = folder + "/parquet/*.parquet"  # Those that heddle wrote, so that both read the same bytes.
            timed(
                "read parquet, all of it kept",
                lambda: wait(dd.read_parquet(files, engine="pyarrow").persist()),
            )
            timed(
                "read parquet, a sum",
                lambda: dd.read_parquet(files, engine="pyarrow", columns=["v3"]).v3.sum().compute(),
            )
            timed(
                "read parquet, a group-by",
                lambda: dd.read_parquet(files, engine="pyarrow", columns=["id4", "v1", "v3"])
                .groupby("id4")
                .agg({"v1": "sum", "v3": "mean"})
                .compute(),
            )
        except ImportError:
            pass
        held = read().categorize(columns=["id1", "id2", "id3"]).persist()
        small = dd.read_csv(folder + "/small.csv", dtype={"id": "i4", "grp": "i4", "attr": "f8"}).persist()
        wait([held, small])

        def by(*keys):
            return held.groupby(list(keys), observed=True)

        timed("h2o q1", lambda: by("id1").agg({"v1": "sum"}).compute())
        timed("h2o q2", lambda: by("id1", "id2").agg({"v1": "sum"}).compute())
        timed("h2o q3", lambda: by("id3").agg({"v1": "sum", "v3": "mean"}).compute())
        timed("h2o q4", lambda: by("id4").agg({"v1": "mean", "v2": "mean", "v3": "mean"}).compute())
        timed("h2o q5", lambda: by("id6").agg({"v1": "sum", "v2": "sum", "v3": "sum"}).compute())
        timed(
            "join with a tenth as many rows",
            lambda: held.merge(small, left_on="fk", right_on="id").groupby("grp").attr.sum().compute(),
        )
        timed("sort", lambda: wait(held.sort_values("v3").persist()))
        timed("setIndex", lambda: wait(held.set_index("fk").persist()))


def rows_to_columns():
    """As programs/arrayRechunk.ts."""
    import dask.array as da
    from distributed import Client, LocalCluster

    size = int(os.environ.get("HEDDLE_BENCH_RECHUNK_MB", "6000")) * 1_000_000
    side = round((size / 8) ** 0.5)
    part = -(-side // 60)
    local = LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, memory_limit=size // 6, dashboard_address=None
    )
    with Client(local) as client:
        client.gather(client.map(inc, range(4)))
        begun = time.perf_counter()
        rows = da.random.RandomState(5).random_sample((side, side), chunks=(part, side))
        total = float(rows.rechunk((side, part)).sum().compute())
        assert abs(total / side**2 - 0.5) < 0.001
        return time.perf_counter() - begun


def bench_arrays():
    import dask.array as da

    side = int(os.environ.get("HEDDLE_BENCH_ARRAY_SIDE", "20000"))
    seed = [1]

    def rand(n, chunk=1000):
        seed[0] += 1
        return da.random.default_rng(seed[0]).random((n, n), chunks=chunk) if hasattr(da.random, "default_rng") else da.random.RandomState(seed[0]).random_sample((n, n), chunks=chunk)

    def chain(x):
        return ((x * 2 + 1) ** 2 - x) / 3

    def mean_xxt():
        x = rand(side)
        return (x + x.T).mean()

    works = {
        "(x + x.T).mean()": mean_xxt,
        "sum": lambda: rand(side).sum(),
        "mean": lambda: rand(side).mean(),
        "std": lambda: rand(side).std(),
        "five operations and a sum": lambda: chain(rand(side)).sum(),
        "matmul 4000\u00b2": lambda: (rand(4000) @ rand(4000)).sum(),
    }
    with cluster():
        for figure, work in works.items():
            if not only(figure):
                continue

            def timed():
                begun = time.perf_counter()
                float(work().compute())
                return time.perf_counter() - begun

            emit(figure, median_of(3, timed))

    if only("rows to columns, 6 GB with 2 workers of 1 GB"):
        try:
            emit("rows to columns, 6 GB with 2 workers of 1 GB", rows_to_columns())
        except Exception as error:  # KilledWorker: it does not fit into the memory that both are given.
            print("Dask gives up on rows to columns: %s" % error, file=sys.stderr)

    def graph():
        begun = time.perf_counter()
        import dask

        (total,) = dask.optimize((da.ones((10_000, 10_000), chunks=10) + 1).sum())
        len(total.__dask_graph__())
        return time.perf_counter() - begun

    emit("1M chunks built and encoded", median_of(1, graph))


LENGTH = 3_750_000
CHUNKS = 200


def bench_memory():
    import dask.array as da
    from distributed import Client, LocalCluster, wait
    from distributed.spill import SpillBuffer

    if only("small results"):
        folder = tempfile.mkdtemp(prefix="heddle-bench-")

        def small():
            values = [{"row": row, "name": f"row {row}", "list": [row]} for row in range(10_000)]
            begun = time.perf_counter()
            # Nothing fits: each value goes to the disk as it comes.
            buffer = SpillBuffer(folder, target=1)
            for row, value in enumerate(values):
                buffer[f"row-{row}"] = value
            assert len(buffer.slow) == 10_000
            for row in range(10_000):
                assert buffer[f"row-{row}"]["row"] == row
            took = time.perf_counter() - begun
            buffer.clear()
            return took * 1000

        emit("10,000 small results spilled and read", median_of(1, small))
        shutil.rmtree(folder)
    if only("6 GB"):
        local = LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, memory_limit="1GB", dashboard_address=None
        )
        with Client(local) as client:
            client.gather(client.map(inc, range(4)))
            begun = time.perf_counter()
            x = da.random.RandomState(5).random_sample(CHUNKS * LENGTH, chunks=LENGTH).persist()
            wait(x)
            emit("6 GB: until they are persisted", time.perf_counter() - begun)
            total = float(x.sum().compute())
            emit("6 GB of chunks persisted and summed, 2 workers of 1 GB", time.perf_counter() - begun)
            assert abs(total / (CHUNKS * LENGTH) - 0.5) < 0.001


def bench_ml():
    """scikit-learn with two threads, on the shapes of programs/mlWork.ts."""
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "2"
    import numpy as np
    from sklearn.cluster import KMeans
    from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV

    only = os.environ.get("HEDDLE_BENCH_ONLY", "")
    rows = int(os.environ.get("HEDDLE_BENCH_ROWS", "1000000"))
    random = np.random.default_rng(1)

    def timed(figure, work):
        if only not in figure:
            return
        times = []
        for _ in range(3):
            begun = time.perf_counter()
            work()
            times.append(time.perf_counter() - begun)
        emit(figure, statistics.median(times), "scikit-learn")

    x = random.standard_normal((rows, 20))
    y = 3 * x[:, 0] + x[:, 1] * x[:, 2]
    boosting = dict(max_iter=50, max_depth=6, max_leaf_nodes=64, early_stopping=False)
    timed("boosting, 50 trees of depth 6", lambda: HistGradientBoostingRegressor(**boosting).fit(x, y))
    clusters = dict(n_clusters=50, init=x[:50], n_init=1, max_iter=10, tol=0)
    timed("KMeans, 50 clusters, 10 passes", lambda: KMeans(**clusters).fit(x))
    x = random.standard_normal((rows, 50))
    labels = x[:, 0] * 2 - x[:, 1] + random.standard_normal(rows) > 0
    timed("LogisticRegression, 50 columns", lambda: LogisticRegression().fit(x, labels))
    forest = RandomForestClassifier(n_estimators=20, n_jobs=2)
    timed("random forest, 20 trees, a tenth of the rows", lambda: forest.fit(x[: rows // 10, :20], labels[: rows // 10]))
    grid = {"C": np.logspace(-4, 4, 20)}
    for what, part in [("fits", rows // 50), ("longer fits", rows // 10)]:
        for jobs in [1, 2]:
            name = f"grid search of 100 {what}, {jobs} thread{'s' if jobs > 1 else ''}"
            search = GridSearchCV(LogisticRegression(), grid, cv=5, n_jobs=jobs)
            timed(name, lambda: search.fit(x[:part, :20], labels[:part]))


if __name__ == "__main__":
    # Ended from outside, it ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    bench = globals().get("bench_" + sys.argv[1])
    if bench:
        bench()
