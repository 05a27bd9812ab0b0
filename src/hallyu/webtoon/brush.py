"""Colours, paints and paths of the course's drawings: the brush that webtoon characters and the singer share.

Colours are sRGB triples, 0 to 255; points are (x, y) in whatever units the canvas has.
"""

import math

import skia

INK = (46, 30, 44)
"""The colour of outlines."""


def mix(a, b, t):
    """From *a* (t = 0) to *b* (t = 1)."""
    return tuple(x * (1 - t) + y * t for x, y in zip(a, b, strict=True))


def shade(colour_, t=0.28):
    """The cel shadow of a colour: darker, and a little towards violet."""
    return mix(colour_, (60, 34, 84), t)


def light(colour_, t=0.45):
    """A colour in the light."""
    return mix(colour_, (255, 252, 246), t)


def colour(rgb, alpha=255):
    """A skia colour."""
    return skia.Color(*(int(min(255, max(0, c))) for c in rgb), int(alpha))


def fill(rgb, alpha=255):
    """The paint of a filled shape."""
    return skia.Paint(Color=colour(rgb, alpha), AntiAlias=True)


def stroke(width, rgb=INK, alpha=255):
    """The paint of a line with round ends."""
    return skia.Paint(
        Color=colour(rgb, alpha), AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=width,
        StrokeCap=skia.Paint.kRound_Cap, StrokeJoin=skia.Paint.kRound_Join,
    )  # fmt: skip


def vertical(y0, y1, *colours):
    """The paint of a gradient from y0 down to y1."""
    return skia.Paint(
        Shader=skia.GradientShader.MakeLinear([skia.Point(0, y0), skia.Point(0, y1)], [colour(c) for c in colours]),
        AntiAlias=True,
    )


def path(points, closed=True):
    """A smooth path through *points* (Catmull-Rom); a point written (x, y, 1) is a sharp corner."""
    made, n = skia.Path(), len(points)
    made.moveTo(points[0][0], points[0][1])
    for i in range(n if closed else n - 1):
        p0, p1, p2, p3 = (points[(i + k) % n] for k in (-1, 0, 1, 2))
        if not closed:
            p0, p3 = (p1 if i == 0 else p0), (p2 if i == n - 2 else p3)
        ends = []
        for here, before, after, sign in ((p1, p0, p2, 1), (p2, p1, p3, -1)):
            if len(here) > 2:
                ends += [here[0] + sign * (p2[0] - p1[0]) * 0.3, here[1] + sign * (p2[1] - p1[1]) * 0.3]
            else:
                ends += [here[0] + sign * (after[0] - before[0]) / 6, here[1] + sign * (after[1] - before[1]) / 6]
        made.cubicTo(*ends, p2[0], p2[1])
    if closed:
        made.close()
    return made


def taper(canvas, points, width, rgb=INK, alpha=255):
    """A brush line through *points*: thick in the middle, thin at both ends."""
    measure = skia.PathMeasure(path(points, closed=False), False)
    length, steps = measure.getLength(), 14
    left, right = [], []
    for i in range(steps + 1):
        position, tangent = measure.getPosTan(length * i / steps)
        half = width / 2 * math.sin(math.pi * (0.06 + 0.88 * i / steps)) ** 0.8
        left.append((position.x() - tangent.y() * half, position.y() + tangent.x() * half))
        right.append((position.x() + tangent.y() * half, position.y() - tangent.x() * half))
    canvas.drawPath(path(left + right[::-1]), fill(rgb, alpha))


def mirror(points):
    """The points on the other side of x = 0."""
    return [(-p[0], *p[1:]) for p in points]


def both(points):
    """A right half, written from the top to the bottom, closed with its mirror image."""
    return points + mirror(points)[::-1]
