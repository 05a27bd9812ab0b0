"""The Korean morphological analyser (형태소 분석기), opened once for everybody: it takes a second or two, and memory."""

import functools


@functools.cache
def analyser():
    """Kiwi (kiwipiepy), on one thread."""
    from kiwipiepy import Kiwi

    return Kiwi(num_workers=1)


@functools.lru_cache(maxsize=512)
def morphemes(text: str) -> tuple:
    """Morphemes of *text*, each with form, tag, start and len.

    >>> [(m.form, m.tag) for m in morphemes("눈이 온다")]
    [('눈', 'NNG'), ('이', 'JKS'), ('오', 'VV'), ('ᆫ다', 'EF')]
    """
    return tuple(analyser().tokenize(text))
