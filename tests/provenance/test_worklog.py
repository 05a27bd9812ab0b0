import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallyu.errors import HallyuError
from hallyu.provenance.worklog import WorkLog, count


def test_entries_come_back_in_order_with_their_words(tmp_path):
    log = WorkLog(tmp_path / "deep" / "work.jsonl")
    log.add("tool", "rule-based assistant", "propose", "c01", after="establishing, snow forest")
    log.add("human", "유나", "reject", "c01", before="establishing, snow forest")
    log.add("human", "유나", "edit", "c01-1", "눈\n이다", "눈이다 ❄️")
    entries = WorkLog(log.path).entries()
    assert [entry.action for entry in entries] == ["propose", "reject", "edit"]
    assert entries[2].before == "눈\n이다" and entries[2].after == "눈이다 ❄️"
    assert len(log.path.read_text(encoding="utf-8").splitlines()) == 3
    assert entries[0].time <= entries[1].time <= entries[2].time
    assert count(entries) == {"edit": 1, "reject": 1} and count(entries, "tool") == {"propose": 1}


@settings(max_examples=30, deadline=None)
@given(text=st.text(max_size=40))
def test_any_text_survives(tmp_path_factory, text):
    log = WorkLog(tmp_path_factory.mktemp("log") / "work.jsonl")
    log.add("human", "Yuna", "write", "c01-1", after=text)
    log.add("human", "Yuna", "write", "c01-2", after=text)
    assert [entry.after for entry in log.entries()] == [text, text]


def test_half_a_surrogate_pair_from_a_bad_paste_does_not_stop_the_log(tmp_path):
    log = WorkLog(tmp_path / "work.jsonl")
    log.add("human", "Yuna", "write", "c01-1", after="눈\ud83d이다")
    assert [entry.after for entry in log.entries()] == ["눈?이다"]


def test_a_half_written_line_is_passed_over_and_does_not_spoil_the_next(tmp_path):
    log = WorkLog(tmp_path / "work.jsonl")
    log.add("human", "Yuna", "draw", "c01")
    with open(log.path, "ab") as file:
        file.write('{"time": "2026-11-21", "name": "유'.encode()[:-1])
    assert [entry.target for entry in log.entries()] == ["c01"]
    log.add("human", "Yuna", "draw", "c02")
    assert [entry.target for entry in log.entries()] == ["c01", "c02"]


def test_a_tool_cannot_decide(tmp_path):
    log = WorkLog(tmp_path / "work.jsonl")
    with pytest.raises(HallyuError, match="cannot accept anything"):
        log.add("tool", "assistant", "accept", "c01")
    with pytest.raises(HallyuError, match='not "robot"'):
        log.add("robot", "assistant", "propose", "c01")
    with pytest.raises(HallyuError, match='not "think"'):
        log.add("human", "Yuna", "think", "c01")
    assert not log.path.exists()


def test_a_full_disk_leaves_the_log_whole(tmp_path):
    path = tmp_path / "work.jsonl"
    WorkLog(path).add("human", "Yuna", "write", "c01-1", after="첫눈")
    before = path.read_bytes()
    code = f"""
import resource
from hallyu.errors import HallyuError
from hallyu.provenance.worklog import WorkLog
resource.setrlimit(resource.RLIMIT_FSIZE, ({len(before) + 50},) * 2)
try:
    WorkLog({str(path)!r}).add("human", "Yuna", "write", "c01-2", after="눈" * 500)
except HallyuError as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "was not written" in said and len(said.splitlines()) == 1
    assert path.read_bytes() == before


def test_the_cut_that_a_target_names(tmp_path):
    log = WorkLog(tmp_path / "work.jsonl")
    targets = ["c03", "c12-1", "c07/소년", "episode", "cover", ""]
    assert [log.add("human", "Yuna", "edit", t).cut for t in targets] == [3, 12, 7, None, None, None]
    assert all(json.loads(line)["actor"] == "human" for line in log.path.read_text().splitlines())
