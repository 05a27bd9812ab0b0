"""Write the draft subtitles of lesson 02: what a hurried first pass over *First Snow* looks like.

python modules/ott/media/make_draft_subtitles.py

The words are the film's, the mistakes are those that subtitlers are sent back most: the script's full stops, three dots, italics
and hyphens out of another program, times tapped late or left standing, and a file that a Korean Windows wrote (CP949, CRLF).
"""

from pathlib import Path

from hallyu.ott import first_snow

MEDIA = Path(__file__).parent
DRAFT = (
    # lines of the film, how it was typed, frames that the start and the end lie off the voice
    (("01",), "<i>할머니는 첫눈이 오면 꼭 이 숲에 오셨다.</i>", 1, 4),
    (("02", "03"), "<i>올해는 무릎이 아프셔서,\n내가  대신 왔다.", -3, 5),
    (("04",), "북쪽 입구, 큰 소나무\n아래.", 2, 2),
    (("05",), "누굴 기다리는 건데요？", 6, 9),
    (("06",), "...약속을 했거든.\n오십 년 전에.", -2, 3),
    (("07",), "어..", 1, 0),
    (("08",), "-누굴 기다리세요?", 0, 4),
    (("09",), "할머니 대신이요.", 1, 7),
    (("10",), "그쪽은요?", 0, 6),
    (("11",), "할아버지 대신이요.", 0, 9),
    (("12",), "남쪽 입구, 큰 소나무 아래에서.", 1, -26),
    (("13",), "...남쪽이요?", 0, -23),
    (("14",), "<i>같은 숲.\n같은 첫눈.\n오십 번.</i>", -1, 4),
    ((), "", 805, 817),
    (("15",), "할머니, 그분... 왔었대요.  매년.", 1, 5),
    (("16",), "알아. 발자국을 봤거든.", 0, 3),
    (("17",), "그럼 왜...!", 0, 12),
    (("18",), "기다리는 동안은, 아직 끝난 게 아니니까.", 1, 3),
    (("19",), " 올해는... 같이 가 볼까?", -2, 140),
)  # fmt: skip


def clock(frame: float, rate: float) -> str:
    seconds, thousandths = divmod(round(1000 * frame / rate), 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{thousandths:03}"


def draft(film: first_snow.Truth) -> bytes:
    lines, rate = {line.id: line for line in film.lines}, float(film.rate)
    blocks = []
    for number, (spoken, text, early, late) in enumerate(DRAFT, 1):
        start = round(lines[spoken[0]].start * rate) if spoken else 0
        stop = round(lines[spoken[-1]].stop * rate) if spoken else 0
        blocks.append(f"{number}\n{clock(start + early, rate)} --> {clock(stop + late, rate)}\n{text}\n")
    return "\n".join(blocks).replace("\n", "\r\n").encode("cp949")


def main() -> None:
    (MEDIA / "first-snow-draft.srt").write_bytes(draft(first_snow.truth(MEDIA / "first-snow.json")))


if __name__ == "__main__":
    main()
