from IPython.core.formatters import DisplayFormatter

from hallyu.courseware.checks import VERDICT_MIME, Verdict, guarded, verdict


def test_a_verdict_is_true_only_when_passed():
    assert Verdict(True, "fits")
    assert not Verdict(False, "does not fit")


def test_the_first_problem_is_the_message():
    assert verdict(["balloon 1", "balloon 2"], "fine") == Verdict(False, "balloon 1")
    assert verdict([], "fine") == Verdict(True, "fine")


def test_jupyter_shows_the_sentence_and_carries_the_data():
    data, _ = DisplayFormatter().format(Verdict(False, "cue 3 reads at 14.2 cps"))
    assert data["text/plain"] == "✗ cue 3 reads at 14.2 cps"
    assert data[VERDICT_MIME] == {"passed": False, "message": "cue 3 reads at 14.2 cps"}


def test_a_guarded_check_fails_in_words_when_the_learners_code_raises():
    @guarded
    def first_letter(answer):
        return verdict([] if answer("눈") == "눈" else ["the first letter of 눈 is 눈"], "right")

    assert first_letter(lambda text: text[0])
    assert not first_letter(lambda text: None)
    stopped = first_letter(lambda text: text[1])
    assert not stopped
    assert "IndexError" in stopped.message
    assert first_letter.__name__ == "first_letter"
