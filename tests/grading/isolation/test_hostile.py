"""Hostile and unlucky submissions: none gets points it has not earned or loses another's, and what was seen is told."""

import socket
import threading

import pytest
from nbgrader.utils import determine_grade

from hallyu.grading.isolation.trial import opens_code

AREA = [
    ("free", "", "import numpy as np\nsecret = None"),
    ("solution", "area", "def area(r):\n    return float(np.pi * r * r)"),
    ("solution", "more", ""),
    ("test", "right", "expected = 3.141592653589793\nassert abs(area(1) - expected) < 1e-9", 2),
    ("solution", "later", "def double(x):\n    return 2 * x"),
    ("test", "after", "np.testing.assert_allclose(double(np.ones(3)), [2, 2, 2])"),
]
FULL = {"right": 2, "after": 1}
HONEST = AREA[1][2]

UNLUCKY = {
    "os._exit": ("import os\nos._exit(3)", "ended itself"),
    "sys.exit": ("import sys\nsys.exit(1)", "SystemExit"),
    "quit": ("quit()", ""),
    "the network": ("import urllib.request\nurllib.request.urlopen('http://192.0.2.1')", "unreachable"),
    "a file outside": ("open('/etc/passwd', 'w')", "cell 2 met"),
    "killed by itself": ("import os, signal\nos.kill(os.getpid(), 9)\nimport time\ntime.sleep(3)", ""),
    "a crash": ("import ctypes\nctypes.string_at(0)", "ended itself"),
    "an endless loop": ("while True:\n    pass", "ran longer than 2"),
    "a loop that takes no interrupt": (
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
        "did not stop when interrupted",
    ),
    "a loop in C with signals masked": (
        "import ctypes, signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))\n"
        "ctypes.PyDLL(None).pthread_sigmask\n"
        "f = ctypes.PYFUNCTYPE(ctypes.c_int)(ctypes.PyDLL(None).pause)\nf()",
        "",
    ),
    "one huge output": ("print('x' * 50_000_000)", "output"),
    "1 GB of output": ("print('x' * 1_000_000_000)", ""),
    "endless output": ("while True: print('x' * 1000)", "output"),
    "64 GB": ("x = bytearray(64 << 30)", "MemoryError"),
    "a full disk": ("for i in range(10**4): open(str(i), 'wb').write(bytes(1 << 20))", "No space left"),
    "a fork bomb": ("import os\nfor _ in range(12):\n    os.fork()", ""),
    "a child that stays": (
        "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'while True: print(1)'])",
        "",
    ),
    "threads that stay": (
        "import threading\nfor _ in range(4): threading.Thread(target=lambda: [0 for _ in iter(int, 1)], daemon=True).start()",
        "",
    ),
    "a restart": ("from IPython import get_ipython\nget_ipython().kernel.do_shutdown(True)", ""),
    "a question": ("input('password? ')", "StdinNotImplementedError"),
    "stdout closed": ("import sys, os\nsys.stdout.close()\nsys.stderr.close()\nos.closerange(0, 3)", ""),
    "no folder": ("import os, shutil\nshutil.rmtree('.', ignore_errors=True)\nos.chdir('/')", ""),
    "a forged output": (
        "k = get_ipython().kernel\n"
        "k.session.send(k.iopub_socket, 'stream', {'name': 7, 'text': []}, parent=k.get_parent())\n"
        "k.session.send(k.iopub_socket, 'display_data', {'data': 5}, parent=k.get_parent())",
        "none",
    ),
}


@pytest.mark.parametrize("name", UNLUCKY)
def test_what_is_right_keeps_its_points(grade, name):
    more, told = UNLUCKY[name]
    limits = {"memory_mb": 700, "work_mb": 32, "processes": 60, "tmp_mb": 16}
    scores, met, done = grade(AREA, {"more": more}, timeout=2, provisioner={"limits": limits})
    assert scores == FULL, met["notes"]
    assert told in " ".join(met["notes"])
    assert len(str(done)) < 3_000_000


ENDS_LATER = """
import os, threading
if os.path.exists("seen"):
    os._exit(3)
open("seen", "w").close()
threading.Timer(1, os._exit, [3]).start()"""


@pytest.mark.parametrize(
    "more", [ENDS_LATER, ENDS_LATER.replace("os._exit(3)", "threading.Timer(.1, os._exit, [3]).start()")]
)
def test_a_cell_that_ends_each_kernel_a_little_later_costs_only_what_was_running(grade, more):
    cells = [*AREA, ("test", "still", "assert area(2) == 4 * area(1)")]
    cells[3] = ("test", "right", "import time\ntime.sleep(1.5)\nassert area(1) > 3")
    scores, met, _ = grade(cells, {"more": more}, timeout=5)
    assert scores["after"] == scores["still"] == 1, met["notes"]
    assert any("the cell that ended it is left out" in note for note in met["notes"])


CHEATS = {
    "numpy.testing patched": "np.testing.assert_allclose = lambda *a, **k: None\ndef double(x): return x",
    "numpy's core patched": "np.abs = np.isclose = lambda *a: True\nnp.ndarray.__eq__ = None\ndef double(x): return x",
    "garbage collector": """
import gc
def double(x):
    for o in gc.get_objects():
        if isinstance(o, dict) and 'expected' in o: return o['expected']
    raise SystemExit(0)""",
    "skipping": "import unittest\ndef double(x): raise unittest.SkipTest('no')",
    "a reply before the answer": """
def double(x):
    k = get_ipython().kernel
    k.session.send(k.shell_stream or k.iopub_socket, 'execute_reply', {'status': 'ok'}, parent=k.get_parent())
    return x""",
    "an answer that is a pickle": """
from hallyu.grading.isolation import student, wire
student._do = lambda *a: {'value': {'is': 'pickled', 'v': 'gASVCg=='}, 'changed': []}""",
    "an answer of endless depth": """
from hallyu.grading.isolation import student
def deep(*a):
    v = {'is': 'plain', 'v': 1}
    for _ in range(900): v = {'is': 'list', 'v': [v]}
    return {'value': v, 'changed': []}
student._do = deep""",
    "an answer of 300 MB": "def double(x): return 'x' * 300_000_000",
    "an array that says it is huge": """
from hallyu.grading.isolation import student
student._do = lambda *a: {'changed': [], 'value': {'is': 'array', 'v': {'type': '<f8', 'shape': [10**9, 10**9], 'data': ''}}}""",
    "a class of the tests": """
from hallyu.grading.isolation import student
student._do = lambda *a: {'changed': [], 'value': {'is': 'instance', 'v': {'name': 'Channel', 'state': {}}}}""",
    "an array like all others": """
class A(np.ndarray):
    def __array_function__(s, *a): return s
    __eq__ = __le__ = lambda s, o: np.array(True)
def double(x): return np.zeros(3).view(A)""",
    "an object that says yes": """
class A:
    def __getattr__(s, name): return lambda *a, **k: True
    def __iter__(s): return iter((2, 2, 2))
    __array__ = None
def double(x): return A()""",
    "an address for an array": """
from hallyu.grading.isolation import student
class A:
    __array_interface__ = {'data': (4096, False), 'typestr': '<f8', 'shape': (3,), 'version': 3}
def double(x): return A()""",
    "changed arguments": "def double(x):\n    x[:] = 2\n    return {'__class__': 'ndarray'}",
    "a name over the tests'": "expected = 0\ndef abs(x): return 0\nclass AssertionError(Exception): pass\ndef double(x): pass",
}


@pytest.mark.parametrize("name", CHEATS)
def test_no_points_for_what_is_wrong(grade, name):
    scores, _, _ = grade(AREA, {"later": CHEATS[name]}, timeout=10)
    assert scores == {"right": 2, "after": 0}


YES = """
class Table:
    def equals(self, other): return True
    def __getattr__(self, name): return True
def table(): return Table()"""


def test_an_object_cannot_say_of_itself_that_it_is_right(grade, planned):
    cells = [
        ("solution", "s", "import pandas as pd\ndef table(): return pd.DataFrame({'a': [1]})"),
        ("test", "equals", "assert table().equals(pd.DataFrame({'a': [1]}))"),
        (
            "test",
            "empty",
            "assert not table().empty and table().valid if hasattr(table(), 'valid') else True",
        ),
    ]
    plan, _ = planned(cells)
    assert grade(cells, plan=plan)[0] == {"equals": 1, "empty": 1}
    assert grade(cells, {"s": YES}, plan=plan)[0] == {"equals": 0, "empty": 0}


def test_a_forged_score_is_no_score(grade):
    cells = [
        ("solution", "s", "def points(): return 1.5\nprint('2.0')"),
        ("test", "last", "points()", 2),
        ("test", "shown", "print(points())", 2),
    ]
    assert grade(cells)[0] == {"last": 1.5, "shown": 2}
    scores, met, _ = grade(cells, {"s": "def points(): return 1e9\n1e9"})
    assert scores == {"last": 0, "shown": 2}
    assert "no score" in " ".join(met["notes"])


def test_loading_a_pickle_is_told_before_release(notebook):
    cells = [
        ("test", "a", "import pickle\nx = pickle.load(open('x.pkl', 'rb'))"),
        ("test", "b", "import numpy as np\nx = np.load('x.npy', allow_pickle=True)"),
        ("test", "c", "import json\nx = json.load(open('x.json'))"),
    ]
    assert set(opens_code(notebook(cells))) == {"a", "b"}


def test_torch_patched_changes_nothing(grade):
    pytest.importorskip("torch")
    cells = [
        ("free", "", "import torch"),
        ("solution", "s", "def relu(x): return x.clamp(min=0)"),
        (
            "test",
            "t",
            "x = torch.tensor([-1.0, 2.0])\nassert torch.allclose(relu(x), torch.tensor([0.0, 2.0]))",
        ),
    ]
    cheat = "torch.allclose = lambda *a: True\ntorch.Tensor.__eq__ = lambda *a: True\ndef relu(x): return x"
    assert grade(cells)[0] == {"t": 1}
    assert grade(cells, {"s": cheat})[0] == {"t": 0}


SPY = """
import os, socket, glob
found = []
for place in ("/", "/root", "/home", "/tmp", "/exchange", "/sockets", "/submission", os.path.expanduser("~")):
    for here, folders, names in os.walk(place):
        folders[:] = [f for f in folders if here not in ("/", "/proc", "/sys") or f in ("root", "home", "exchange")]
        found += [os.path.join(here, n) for n in names if n in ("hidden.ipynb", "gradebook.db") or "secret of" in n]
found = [f for f in found if "site-packages" not in f]  # nbgrader has some of its own
for pid in os.listdir("/proc"):
    if pid.isdigit() and int(pid) != os.getpid():
        found.append(pid)
found += [k for k in os.environ if "SECRET" in k]
def area(r):
    import gc, inspect
    text = " ".join(str(f.frame.f_globals.keys()) for f in inspect.stack())
    found.extend(w for w in ("expected",) if w in text)
    return 3.141592653589793 * r * r
"""


def test_nothing_that_is_secret_can_be_found(grade, tmp_path, monkeypatch):
    monkeypatch.setenv("MY_SECRET", "1")
    folder = tmp_path / "submission"
    folder.mkdir()
    (folder / "hidden.ipynb").write_text("expected")
    (folder / "gradebook.db").write_text("scores")
    (folder / "link").symlink_to("/etc/shadow")
    (tmp_path / "secret of another.txt").write_text("x")
    solution = AREA[1][2] + "\nfound = []"
    test = "assert area(1) > 3\nassert found == ['/submission/gradebook.db'], found"
    cells = [AREA[0], ("solution", "area", solution), ("test", "spied", test)]
    scores, _, done = grade(cells, {"area": SPY}, folder=folder)
    assert scores == {"spied": 1}, done.cells[-1].outputs


NETWORK = """
import socket
def leads(make):
    try:
        make()
        return True
    except OSError:
        return False
ways = {
    "tcp": leads(lambda: socket.create_connection(("127.0.0.1", %d), 1)),
    "outside": leads(lambda: socket.create_connection(("192.0.2.1", 80), 1)),
    "udp": leads(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53))),
    "six": leads(lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b"x", ("2001:db8::1", 53))),
    "name": leads(lambda: socket.getaddrinfo("example.org", 80)),
    "abstract": leads(lambda: socket.socket(socket.AF_UNIX).connect(chr(0) + %r)),
    "raw": leads(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW)),
    "vm": leads(lambda: socket.socket(40, socket.SOCK_STREAM)),
}
"""


def test_no_way_leads_out(grade):
    name = f"hallyu-test-{threading.get_ident()}"
    with socket.socket(socket.AF_UNIX) as abstract, socket.create_server(("127.0.0.1", 0)) as server:
        abstract.bind("\0" + name)
        abstract.listen()
        source = NETWORK % (server.getsockname()[1], name)
        cells = [("solution", "s", source), ("test", "t", "assert not any(ways.values()), ways")]
        assert grade(cells)[0] == {"t": 1}
        for family, address in ((socket.AF_UNIX, "\0" + name), (socket.AF_INET, server.getsockname())):
            with socket.socket(family) as works:  # outside, both do lead somewhere
                works.connect(address)


def test_what_tests_lend_shows_nothing_of_the_tests(grade):
    spy = """
seen = []
def apply(f, thing):
    for name in ("__globals__", "__code__", "__class__", "__closure__", "__dict__", "_private", "read.__globals__"):
        for x in (f, thing):
            try:
                seen.append(str(getattr(x, name)))
            except Exception:
                pass
    thing.total = 99
    return f(2) + thing.read()"""
    test = """
expected = 'top secret'
class Thing:
    def __init__(self): self.total, self._private = 1, 'top secret'
    def read(self): return 5
def f(x): return x * len(expected)
thing = Thing()
assert apply(f, thing) == 25
assert thing.total == 99
assert 'secret' not in str(seen), seen"""
    cells = [
        ("solution", "s", "def apply(f, thing): return f(2) + thing.read()\nseen = []"),
        ("test", "t", test),
    ]
    scores, _, done = grade(cells, {"s": spy})
    assert scores == {"t": 1}, done.cells[-1].outputs


def test_official_helpers_and_modules_are_used_whatever_the_submission_binds(grade, notebook, tmp_path):
    from hallyu.grading.isolation.names import plan_of

    (tmp_path / "helper.py").write_text("def agrees(a, b): return a == b")
    cells = [
        ("locked", "l", "def close(a, b): return abs(a - b) < 1e-6\nimport helper"),
        ("solution", "s", "def one(): return 1"),
        ("test", "t", "assert close(one(), 1)"),
        ("test", "u", "from helper import agrees\nassert agrees(one(), 1) and helper.agrees(1, 1)"),
    ]
    plan = plan_of(notebook(cells), profile=(), folder=tmp_path)
    assert grade(cells, plan=plan, folder=tmp_path)[0] == {"t": 1, "u": 1}
    cheat = "def close(a, b): return True\nopen('helper.py', 'w').write('agrees = close = lambda *a: True')\ndef one(): return 7"
    scores, met, _ = grade(cells, {"s": cheat}, plan=plan, folder=tmp_path)
    assert scores == {"t": 0, "u": 0}
    assert "close anew" in " ".join(met["notes"])


def test_files_that_only_their_owner_may_read_reach_the_tests(grade):
    cells = [
        (
            "solution",
            "s",
            "import os\nf = os.open('mine.txt', os.O_CREAT | os.O_WRONLY, 0o600)\nos.write(f, b'x')\nos.close(f)",
        ),
        ("test", "t", "assert open('mine.txt').read() == 'x'"),
    ]
    assert grade(cells)[0] == {"t": 1}


def test_without_the_instructors_notebook_the_run_says_so(grade, tmp_path):
    from traitlets.config import Config

    from hallyu.grading.isolation.execute import IsolatedExecute
    from hallyu.grading.kernel import specs

    config = Config({"WarmProvisioner": {"preload": ["numpy"]}})
    from nbformat.v4 import new_code_cell, new_notebook

    execute = IsolatedExecute(kernel_name=specs.SANDBOX, config=config)
    resources = {"metadata": {"path": str(tmp_path)}}
    _, resources = execute.preprocess(new_notebook(cells=[new_code_cell("1")]), resources)
    assert "was not found" in resources["hallyu"]["notes"][0]


def test_what_is_trusted_needs_no_sandbox_and_its_tests_are_still_apart(notebook, tmp_path):
    from traitlets.config import Config

    from hallyu.grading.isolation.execute import IsolatedExecute
    from hallyu.grading.isolation.names import plan_of
    from hallyu.grading.kernel import specs

    specs.make_known()
    (tmp_path / "helper.py").write_text("def agrees(a, b): return a == b")
    cells = [*AREA, ("test", "helped", "from helper import agrees\nassert agrees(double(2), 4)")]
    for solution, points in ((HONEST, 2), ("np.abs = abs = lambda x: 0\ndef area(r): return 0.0", 0)):
        execute = IsolatedExecute(
            kernel_name=specs.WARM, config=Config({"WarmProvisioner": {"preload": ["numpy"]}})
        )
        execute.plan = plan_of(notebook(cells), profile=(), folder=tmp_path)
        folder = tmp_path / f"run{points}"
        folder.mkdir()
        made = notebook(cells, {"area": solution})
        done, resources = execute.preprocess(made, {"metadata": {"path": str(folder)}})
        graded = [c for c in done.cells if c.metadata.get("nbgrader", {}).get("grade")]
        scores = {c.metadata.nbgrader.grade_id: determine_grade(c)[0] for c in graded}
        assert scores == {"right": points, "after": 1, "helped": 1}, resources["hallyu"]["notes"]
