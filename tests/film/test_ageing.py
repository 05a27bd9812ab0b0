"""The ageing network: how small it is, what it says no to before anything is loaded, and how it treats texture."""

from datetime import date

import numpy as np
import pytest
import torch
from covers import face, portrait

from hallyu.errors import HallyuError
from hallyu.film import ageing, regions
from hallyu.film.ageing import AgeingNetwork, age, age_shot, mark
from hallyu.provenance.consent import PUBLIC_FACES, permit

DAY = date(2026, 11, 21)
YOUNGER, OLDER = (permit(PUBLIC_FACES["astronaut"], use, "study", DAY) for use in ("de-age", "age"))


def test_an_untrained_network_changes_nothing():
    rgb, ages = torch.rand(1, 3, 256, 256), torch.full((1, 1, 256, 256), 30.0)
    with torch.no_grad():
        assert AgeingNetwork()(rgb, ages, ages).abs().max() == 0


def test_it_is_small():
    assert sum(parameter.numel() for parameter in AgeingNetwork().parameters()) < 4e6


def test_eight_bits_a_weight_change_little():
    torch.manual_seed(0)
    network = AgeingNetwork()
    torch.nn.init.normal_(network.last[-1].weight, std=0.1)
    rgb, ages = torch.rand(1, 3, 256, 256), torch.full((1, 1, 256, 256), 30.0)
    file = ageing.packed(network.state_dict())
    assert sum(value.nbytes for value in file.values()) < 4e6
    with torch.no_grad():
        before = network(rgb, ages, ages)
        network.load_state_dict(ageing.unpacked(file))
        assert (network(rgb, ages, ages) - before).abs().max() < 0.02 * before.abs().max()


def test_nobody_is_made_younger_without_permission():
    with pytest.raises(HallyuError, match="To make this face look younger needs a permission"):
        age(portrait(), face(), 40, 25, None)
    with pytest.raises(HallyuError, match="is for “age”, not for “de-age”"):
        age(portrait(), face(), 40, 25, OLDER)
    with pytest.raises(HallyuError, match="is for “de-age”, not for “age”"):
        age(portrait(), face(), 40, 65, YOUNGER)
    with pytest.raises(HallyuError, match="needs a permission"):
        next(age_shot(iter([(portrait(), face())]), 40, 25, None))


def test_ages_that_it_never_saw_are_refused():
    with pytest.raises(HallyuError, match="knows faces from 20 to 80 years, not of 5"):
        age(portrait(), face(), 40, 5, YOUNGER)


def test_texture_finer_than_the_crop_follows_its_finest():
    random, size = np.random.default_rng(0), 1024
    frame = np.float32(0.5 + random.normal(0, 0.05, (size, size, 3)))
    before = np.float32(0.5 + random.normal(0, 0.05, (256, 256, 3)))
    after = np.float32(0.5 + (before - 0.5) * 0.5)
    matrix = np.array([[0.25, 0, -0.375], [0, 0.25, -0.375]])
    added = ageing._texture(frame, before, after, matrix, np.ones((256, 256), np.float32))
    inner = slice(200, 800)
    seen = regions.back(before, matrix, frame.shape, cubic=True)
    fine = (frame - seen)[inner, inner]
    assert (fine + added[inner, inner]).std() == pytest.approx(0.5 * fine.std(), rel=0.1)
    assert (
        np.abs(ageing._texture(frame, before, before, matrix, np.ones((256, 256), np.float32))).max() < 1e-5
    )


def test_what_it_makes_is_marked():
    part = mark(YOUNGER, 5, 70, 25)
    assert (part.cut, part.part, part.tool) == (5, "Eileen Collins", ageing.TOOL)
    assert part.method == "face changed, from 70 to 25 years, by consent for “study”"
