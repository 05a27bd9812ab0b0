from hallyu.webtoon.backgrounds.stage import Stage


def paint(stage: Stage) -> None:
    pass
