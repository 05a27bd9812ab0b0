"""The film app's work without its page: a shot, what is wanted of it, one frame and all of them."""

import copy
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from test_finishing import forest, person

from hallyu import video
from hallyu.errors import HallyuError
from hallyu.film import cdl, faces, finishing, matte_metrics, studio
from hallyu.film.studio import Bench, Ground, Wish
from hallyu.provenance import consent
from hallyu.provenance.consent import FaceConsent

MEDIA = Path(__file__).parents[2] / "modules/film/media"
PLACE = Ground("own", "mine", lambda width, height: forest(height, width))
TODAY = date.today()


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """A folder with eight frames before a green screen, a still of grey, and one with a matte."""
    folder = tmp_path_factory.mktemp("films")
    video.write(folder / "green.mkv", (person(n) for n in range(8)), 24, "ffv1")
    cv2.imwrite(str(folder / "grey.png"), np.full((90, 160, 3), 120, np.uint8))
    cv2.imwrite(str(folder / "matted.png"), np.full((90, 160, 4), 120, np.uint8))
    return folder


@pytest.fixture
def bench(films):
    bench = Bench()
    bench.open(studio.opened(films / "green.mkv"))
    return bench


def signed(folder: Path, **changes) -> tuple[Path, str]:
    fields = {
        "face": "Eileen", "given_by": "Eileen", "given_to": "눈길", "project": "첫눈", "uses": ("de-age",),
        "starts": TODAY - timedelta(1), "ends": TODAY + timedelta(1), **changes,
    }  # fmt: skip
    (folder / "key.pem").unlink(missing_ok=True)
    fingerprint = consent.make_key(folder / "key.pem")
    return consent.write(folder / "consent.json", FaceConsent(**fields), folder / "key.pem"), fingerprint


# --- the shot


def test_a_shot_gives_its_frames_at_any_size(films):
    shot = studio.opened(films / "green.mkv")
    assert shot.size() == (160, 90) and shot.size(80) == (80, 45) and shot.size(999) == (160, 90)
    assert shot.frame(3, 80).shape == (45, 80, 3)
    assert np.abs(shot.frame(3) - person(3)).max() < 1e-3
    assert shot.length == 8 and shot.people == () and list(shot.mattes(0, 8)) == []
    assert studio.opened(films / "grey.png").length == 1


def test_a_file_that_promises_more_frames_than_it_has_gives_its_first(films):
    assert np.abs(studio.opened(films / "green.mkv").frame(99) - person(0)).max() < 1e-3


def test_a_sample_knows_who_is_in_it_and_its_exact_mattes():
    shot = studio.sample(MEDIA / "s6.mp4")
    assert shot.people == ("haneul",)
    (matte,) = shot.mattes(5, 6)
    assert matte.shape == shot.frame(5).shape[:2] and 0.05 < matte.mean() < 0.9
    still = studio.sample(MEDIA / "astronaut.jpg", ("astronaut",))
    assert still.people == ("astronaut",) and still.truth is None


@pytest.mark.parametrize(
    ("name", "way"), [("green.mkv", "screen"), ("grey.png", "none"), ("matted.png", "own")]
)
def test_how_a_shots_matte_is_usually_pulled(films, name, way):
    bench = Bench()
    bench.open(studio.opened(films / name))
    assert bench.usual_pull(0) == way
    bench.open(replace(bench.shot, people=("haneul",)))
    assert bench.usual_pull(0) == {"none": "person"}.get(way, way)


# --- places


def test_a_place_has_the_shots_size_and_is_out_of_focus():
    drawn = PLACE.picture((200, 90), 0)
    assert drawn.shape == (90, 200, 3)
    assert (
        np.abs(np.diff(PLACE.picture((200, 90), 8), axis=1)).mean()
        < np.abs(np.diff(drawn, axis=1)).mean() / 2
    )
    large = studio.painted(4000, 2250)
    assert large.shape == (1080, studio.PAINTED, 3)


def test_layers_of_a_place_are_laid_over_each_other():
    names = [MEDIA / f"forest-{layer}.exr" for layer in ("background", "middle", "foreground")]
    whole, back = studio.layered(tuple(names)), studio.layered(tuple(names[:1]))
    assert whole.shape == back.shape and whole.min() >= 0 and whole.max() <= 1
    assert np.abs(whole - back).max() > 0.1


# --- one frame


def test_a_frame_is_worked_on_step_by_step_and_nothing_twice(bench):
    wish = Wish(2, "screen", ground=PLACE, blur=0, blacks=0, grade=cdl.CDL(slope=(1.2, 1, 1)))
    done = bench.still(wish)
    recipe = bench.recipe(wish, bench.longest)
    alone = finishing.still(bench.frame(2), recipe, 24, 2)
    for step in ("before", "cutout", "frame", "graded"):
        assert (getattr(done, step) == getattr(alone, step)).all(), step
    other = bench.still(replace(wish, grade=None))
    assert other.cutout is done.cutout and other.frame is done.frame and (other.graded == other.frame).all()
    wrapped = bench.still(replace(wish, wrap=1.0))
    assert wrapped.cutout is done.cutout and (wrapped.frame != done.frame).any()
    assert bench.still(replace(wish, frame=3)).cutout is not done.cutout


def test_another_shot_forgets_all_but_the_place(bench, films):
    wish = Wish(2, "screen", ground=PLACE, blacks=0)
    ground, done = bench.ground(wish, (160, 90)), bench.still(wish)
    bench.open(studio.opened(films / "green.mkv"))
    assert bench.ground(wish, (160, 90)) is ground
    assert bench.still(wish).cutout is not done.cutout and bench.whole is None


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish(ground=PLACE), "needs a matte"),
        (Wish(pull="own"), "brings no matte of its own"),
        (Wish(way="hand"), "The title is empty"),
        (Wish(way="hand", title="첫눈"), "This face was not touched"),
    ],
)
def test_what_cannot_be_done_is_said(bench, wish, said):
    with pytest.raises(HallyuError, match=said):
        bench.still(wish)


def test_a_frame_with_too_little_of_the_figure_says_so(films):
    bench, gone = Bench(), np.broadcast_to(np.float32([0.1, 0.55, 0.15]), (90, 160, 3))
    video.write(films / "empty.mkv", [gone, gone], 24, "ffv1")
    bench.open(studio.opened(films / "empty.mkv"))
    with pytest.raises(HallyuError, match=r"too little of the figure|Nobody was found"):
        bench.still(Wish(pull="screen", ground=PLACE))


# --- whose face


def test_a_public_face_is_worked_on_for_what_it_is_free_for(bench):
    bench.shot = replace(bench.shot, people=("haneul", "doyun"))
    asked = bench.permission(Wish(which=1, title="첫눈", now=30, wanted=60))
    assert (asked.face, asked.use, asked.project) == ("doyun", "age", "첫눈")
    assert bench.person(Wish(which=9)) == 1


def test_a_guest_is_asked_for_each_use_and_each_take(bench, tmp_path):
    bench.guest = studio.admitted(*signed(tmp_path), "첫눈", TODAY)
    wish = Wish(title="첫눈", now=70, wanted=30)
    assert bench.permission(wish).use == "de-age"
    with pytest.raises(HallyuError, match="did not consent to “age”"):
        bench.permission(replace(wish, wanted=75))
    with pytest.raises(HallyuError, match="only"):
        bench.permission(replace(wish, title="Second Snow"))
    bench.guest = studio.admitted(*signed(tmp_path, recordings=("0" * 64,)), "첫눈", TODAY)
    with pytest.raises(HallyuError, match="recording"):
        bench.permission(wish)


def test_a_consent_that_does_not_hold_today_admits_nobody(tmp_path):
    record = signed(tmp_path, ends=TODAY - timedelta(1), starts=TODAY - timedelta(9))
    with pytest.raises(HallyuError, match="until"):
        studio.admitted(*record, "첫눈", TODAY)


def test_of_several_faces_one_is_chosen(tmp_path):
    one = cv2.imread(str(MEDIA / "astronaut.jpg"))[:300, 40:400]
    cv2.imwrite(str(tmp_path / "two.png"), np.hstack([one, one]))
    bench = Bench()
    bench.open(replace(studio.opened(tmp_path / "two.png"), people=("astronaut", "astronaut")))
    left, right = (bench.face(Wish(which=n)) for n in (0, 1))
    assert right.box[0] - left.box[0] == pytest.approx(360, abs=4)
    touch = bench.touch(Wish(which=1, way="network", title="첫눈"))
    assert 0.5 < touch.near[0] < 1 and touch.permission.use == "de-age"


# --- the whole shot


def test_the_whole_shot_is_the_frames_one_by_one_and_is_measured(bench, films):
    mattes = [
        finishing.still(person(n), finishing.Recipe(pull=finishing.Pull("green"))).cutout[..., 3]
        for n in range(8)
    ]
    video.write(films / "truth.mkv", (np.dstack([matte] * 3) for matte in mattes), 24, "ffv1")
    bench.open(replace(bench.shot, truth=films / "truth.mkv"))
    wish, told = Wish(3, "screen", ground=PLACE, blacks=0, flakes=200), []
    done = list(bench.run(wish, 2, 6, None, lambda *count: told.append(count)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    recipe = bench.recipe(wish, None)
    again = list(finishing.finish([person(n) for n in range(2, 6)], recipe, 24, 2))
    for one, other in zip(done, again, strict=True):
        assert np.abs(one.graded - other.graded).max() < 0.01
    right = matte_metrics.measure([each.cutout[..., 3] for each in done], bench.shot.mattes(2, 6))
    assert (bench.whole.mad, bench.whole.mse, bench.whole.dtssd) == pytest.approx(
        (right.mad, right.mse, right.dtssd)
    )
    assert bench.whole.steady.frames == 4 and bench.whole.rate > 0
    assert bench.truth(3).shape == (90, 160)


def test_work_ends_with_what_the_report_raises(bench):
    def stop(done: int, of: int) -> None:
        if done == 2:
            raise KeyError

    seen = []
    with pytest.raises(KeyError):
        for done in bench.run(Wish(), 0, 8, None, stop):
            seen.append(done)
    assert len(seen) == 2 and bench.whole is None


def test_a_face_is_followed_in_smaller_frames_as_in_large_ones(tmp_path, monkeypatch):
    still = cv2.cvtColor(cv2.imread(str(MEDIA / "astronaut.jpg")), cv2.COLOR_BGR2RGB)[
        :300, 40:400
    ] / np.float32(255)
    large = cv2.resize(still, (720, 600), interpolation=cv2.INTER_CUBIC).clip(0, 1)
    video.write(tmp_path / "still.mkv", [large] * 3, 24, "ffv1")
    shot = studio.opened(tmp_path / "still.mkv")
    (whole, *_) = (face for _, face in faces.follow(video.read(shot.path)))
    monkeypatch.setattr(studio, "FOLLOWED", 360)
    found = list(studio.followed(shot, 0, 3, None, None))
    assert len(found) == 3
    assert np.abs(found[1].points[:, :2] - whole.points[:, :2]).mean() < 0.01 * whole.box[3]


def test_two_who_look_at_once_each_get_what_they_asked(bench):
    """A page looks and delivers side by side. What each asks for differs from what the other has just made."""
    wishes = [Wish(frame=number, pull="screen") for number in (1, 5)]
    wanted = [Bench.still(bench, wish).cutout for wish in wishes]

    def ask(turn: int) -> bool:
        return np.array_equal(bench.still(wishes[turn % 2]).cutout, wanted[turn % 2])

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(ask, range(60)))
    assert copy.deepcopy(Bench()).shot is None
