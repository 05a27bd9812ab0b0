"""The words that the bundled model understands, in English and in Korean.

One table feeds the renderer's labels, the captions the model was trained on, the judge, and the script's validator.
"""

import hashlib
import random
from dataclasses import dataclass, replace

from hallyu.errors import HallyuError

PEOPLE = {"girl": "소녀", "boy": "소년", "grandmother": "할머니", "grandfather": "할아버지"}
HAIR_STYLES = {
    "short": "짧은 머리",
    "bob": "단발머리",
    "long": "긴 머리",
    "ponytail": "포니테일",
    "bun": "올림머리",
    "tousled": "헝클어진 머리",
}
HAIR_COLOURS = {
    "black": "검은",
    "brown": "갈색",
    "blond": "금발",
    "red": "붉은",
    "silver": "은빛",
    "blue": "파란",
    "pink": "분홍",
}
EYE_COLOURS = {"brown": "갈색", "blue": "파란", "green": "초록", "amber": "호박색", "violet": "보라"}
OUTFITS = {"coat": "코트", "hoodie": "후드티", "uniform": "교복", "sweater": "스웨터", "scarf": "목도리"}
OUTFIT_COLOURS = {
    "red": "빨간",
    "navy": "남색",
    "yellow": "노란",
    "white": "흰",
    "black": "검정",
    "purple": "자주",
    "orange": "주황",
}
WITHHELD = {"eyes": ("green", "violet")}
"""Words that the bundled model follows less than 90 % as surely as the renderer draws them (report.json beside its
weights): they are not offered, except as the eyes of the cast, which it has drawn often."""
EXPRESSIONS = {
    "neutral": "무표정",
    "smiling": "미소",
    "laughing": "웃음",
    "sad": "슬픔",
    "crying": "눈물",
    "angry": "화남",
    "surprised": "놀람",
    "shy": "수줍음",
}
SHOTS = {"close-up": "클로즈업", "bust": "상반신"}
VIEWS = {"facing front": "정면", "facing left": "왼쪽 보기", "facing right": "오른쪽 보기"}
PLACES = {
    "room": "방",
    "street": "거리",
    "snow forest": "눈 숲",
    "night city": "밤 도시",
    "speed lines": "집중선",
    "halftone": "망점",
    "sparkle": "반짝임",
    "gloom": "먹구름",
}
"""Backgrounds: four places and four emotion patterns, drawn on their own layer, never by the model."""


@dataclass(frozen=True)
class Look:
    """Everything that the model's prompt may say about one character in one shot."""

    person: str = "girl"
    hair_style: str = "bob"
    hair_colour: str = "black"
    eyes: str = "brown"
    outfit: str = "coat"
    outfit_colour: str = "red"
    expression: str = "neutral"
    shot: str = "bust"
    view: str = "facing front"
    name: str = ""

    @property
    def identity(self) -> tuple[str, ...]:
        """What stays the same from panel to panel."""
        return (self.person, self.hair_style, self.hair_colour, self.eyes, self.outfit, self.outfit_colour)


STYLES_OF = {
    "girl": ("short", "bob", "long", "ponytail", "bun"),
    "boy": ("short", "long", "ponytail", "tousled"),
    "grandmother": ("short", "bob", "bun"),
    "grandfather": ("short", "tousled"),
}
"""Hair styles that the renderer draws for each person."""

CAST = {
    "Haneul": Look("girl", "bob", "black", "brown", "coat", "red", name="Haneul"),
    "Doyun": Look("boy", "tousled", "brown", "amber", "coat", "navy", name="Doyun"),
    "Sunyeong": Look("grandmother", "bun", "silver", "brown", "sweater", "purple", name="Sunyeong"),
    "Jeongu": Look("grandfather", "short", "silver", "brown", "scarf", "orange", name="Jeongu"),
    "Yuna": Look("girl", "long", "blond", "blue", "uniform", "navy", name="Yuna"),
    "Taeo": Look("boy", "short", "black", "green", "hoodie", "yellow", name="Taeo"),
    "Sora": Look("girl", "ponytail", "pink", "violet", "sweater", "white", name="Sora"),
    "Rin": Look("boy", "long", "blue", "amber", "hoodie", "black", name="Rin"),
}
"""The course's cast of eight: a name in a prompt stands for the whole look."""

CAST_NAMES = {
    "Haneul": "하늘",
    "Doyun": "도윤",
    "Sunyeong": "순영",
    "Jeongu": "정우",
    "Yuna": "유나",
    "Taeo": "태오",
    "Sora": "소라",
    "Rin": "린",
}


def held_out(look: Look) -> bool:
    """Whether this identity was kept out of every training set (one in ten, by hash); the cast never is."""
    if any(look.identity == member.identity for member in CAST.values()):
        return False
    return hashlib.sha256("|".join(look.identity).encode()).digest()[0] % 10 == 0


def sample(rng: random.Random, cast: float = 0.4) -> Look:
    """A random look; with probability *cast* a member of the cast, sometimes in other clothes."""
    if rng.random() < cast:
        look = rng.choice(list(CAST.values()))
        if rng.random() < 0.2:
            look = replace(
                look, outfit=rng.choice(list(OUTFITS)), outfit_colour=rng.choice(list(OUTFIT_COLOURS))
            )
    else:
        person = rng.choices(list(PEOPLE), (4, 4, 1, 1))[0]
        look = Look(
            person,
            rng.choice(STYLES_OF[person]),
            rng.choice(list(HAIR_COLOURS)),
            rng.choice(list(EYE_COLOURS)),
            rng.choice(list(OUTFITS)),
            rng.choice(list(OUTFIT_COLOURS)),
        )
    return replace(
        look,
        expression=rng.choice(list(EXPRESSIONS)),
        shot=rng.choice(list(SHOTS)),
        view=rng.choice(list(VIEWS)),
    )


def caption(look: Look, language: str = "en", described: bool = True) -> str:
    """The prompt for *look*; a named character may leave the description out (described=False).

    >>> caption(replace(CAST["Haneul"], expression="smiling"))
    'Haneul, girl, black bob hair, brown eyes, red coat, smiling, bust, facing front'
    >>> caption(CAST["Doyun"], "ko", described=False)
    '도윤, 무표정, 상반신, 정면'
    """
    if language == "ko":
        description = [
            PEOPLE[look.person],
            f"{HAIR_COLOURS[look.hair_colour]} {HAIR_STYLES[look.hair_style]}",
            f"{EYE_COLOURS[look.eyes]} 눈",
            f"{OUTFIT_COLOURS[look.outfit_colour]} {OUTFITS[look.outfit]}",
        ]
        direction = [EXPRESSIONS[look.expression], SHOTS[look.shot], VIEWS[look.view]]
        name = CAST_NAMES.get(look.name, look.name)
    else:
        description = [
            look.person,
            f"{look.hair_colour} {look.hair_style} hair",
            f"{look.eyes} eyes",
            f"{look.outfit_colour} {look.outfit}",
        ]
        direction, name = [look.expression, look.shot, look.view], look.name
    return ", ".join(([name] if name else []) + (description if described or not name else []) + direction)


def read_prompt(text: str) -> Look:
    """The Look that a comma-separated description names, in English or Korean; what it leaves out keeps its default.

    Raises HallyuError naming the words that the bundled model does not know, or does not draw surely.

    >>> read_prompt("girl, long blond hair, blue eyes, navy uniform, smiling").identity
    ('girl', 'long', 'blond', 'blue', 'uniform', 'navy')
    >>> read_prompt("하늘, 미소, 클로즈업").name
    'Haneul'
    """
    look, unknown = Look(), []
    single = {"person": PEOPLE, "expression": EXPRESSIONS, "shot": SHOTS, "view": VIEWS}
    pairs = (
        ("hair_colour", HAIR_COLOURS, "hair_style", HAIR_STYLES),
        ("outfit_colour", OUTFIT_COLOURS, "outfit", OUTFITS),
    )
    for phrase in filter(None, (p.strip() for p in text.split(","))):
        lower = phrase.lower()
        name = next((n for n, korean in CAST_NAMES.items() if lower == n.lower() or phrase == korean), None)
        if name:
            kept = {"expression": look.expression, "shot": look.shot, "view": look.view}
            look = replace(CAST[name], **kept)
            continue
        field = next((f for f, table in single.items() if _word(lower, table)), None)
        if field:
            look = replace(look, **{field: _word(lower, single[field])})
            continue
        eyes = _word(lower.removesuffix(" eyes").removesuffix(" 눈").strip(), EYE_COLOURS)
        if eyes and lower.endswith(("eyes", "눈")):
            look = replace(look, eyes=eyes)
            continue
        for colour_field, colours, kind_field, kinds in pairs:
            first, _, rest = lower.removesuffix(" hair").partition(" ")
            colour, kind = (first, rest) if _word(first, colours) else (rest, first)
            if _word(colour, colours) and _word(kind, kinds):
                look = replace(look, **{colour_field: _word(colour, colours), kind_field: _word(kind, kinds)})
                break
        else:
            unknown.append(phrase)
    if unknown:
        raise HallyuError(
            f"The bundled model does not know {', '.join(map(repr, unknown))}; write, for example: "
            "girl, black bob hair, brown eyes, red coat, smiling, bust, facing front."
        )
    if look.eyes in WITHHELD["eyes"] and not any(look.identity[:4] == m.identity[:4] for m in CAST.values()):
        others = [colour for colour in EYE_COLOURS if colour not in WITHHELD["eyes"]]
        raise HallyuError(
            f"The bundled model does not draw {look.eyes} eyes surely yet; choose {', '.join(others[:-1])} or {others[-1]}."
        )
    return look


def _word(word: str, table: dict[str, str]) -> str:
    """The English key for an English or Korean word, or ''."""
    return next((english for english, korean in table.items() if word in (english, korean)), "")
