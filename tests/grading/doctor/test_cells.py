from hallyu.grading.doctor import cells
from hallyu.grading.doctor.remark import ERROR, WARNING

GOOD = [
    ("solution", "area", "def area(r):\n    ### BEGIN SOLUTION\n    return 3 * r\n    ### END SOLUTION"),
    ("test", "t", "assert area(1) == 3", 2),
]


def found(notebook, level=ERROR):
    return {r.where: r.message for r in cells.remarks(notebook) if r.level == level}


def test_a_sound_notebook_gives_no_remark(notebook):
    assert cells.remarks(notebook(*GOOD)) == []


def test_two_cells_with_one_id_are_found(notebook):
    assert "2 cells" in found(notebook(*GOOD, ("test", "t", "assert area(2)")))["t"]


def test_points_that_sum_to_0_or_are_none_are_found(notebook):
    nothing = notebook(GOOD[0], ("test", "t", "assert area(1) == 3", 0))
    assert "sum to 0" in found(nothing)[""]
    assert "0 points" in found(nothing, WARNING)["t"]
    assert "no points" in found(notebook(GOOD[0], ("test", "t", "assert area(1)", -1)))["t"]


def test_cells_that_check_nothing_and_solutions_that_nothing_follows_are_found(notebook):
    source = notebook(*GOOD, ("test", "idle", "x = area"), ("solution", "last", "y = 1"))
    assert set(found(source)) == {"idle", "last"}


def test_a_test_that_reads_a_clock_is_found_however_it_is_written(notebook):
    for line in (
        "import time\nassert time.perf_counter() > 0",
        "from time import perf_counter as p\nassert p()",
        "import timeit\nassert timeit.timeit('1') < 1",
        "import datetime\nassert datetime.datetime.now()",
        "%timeit area(1)\nassert True",
    ):
        assert "clock" in found(notebook(*GOOD, ("test", "slow", line)), WARNING)["slow"], line


def test_arrays_repeated_and_times_that_are_data_are_no_clocks(notebook):
    calm = "import numpy as np\ntime = {'time': 3}\nassert np.repeat([1], 3).sum() == 3 and time['time']"
    assert found(notebook(*GOOD, ("test", "calm", calm)), WARNING) == {}
