import numpy as np
import pytest
import torch

from hallyu import models
from hallyu.errors import HallyuError
from hallyu.models import catalog
from hallyu.webtoon.engine import load_hub
from hallyu.webtoon.vocabulary import CAST, caption

PROMPT = caption(CAST["Haneul"])


def test_the_same_prompt_and_seed_draw_the_same_picture(engine):
    first, again, other = engine.draw(PROMPT, 1), engine.draw(PROMPT, 1), engine.draw(PROMPT, 2)
    assert first.shape == (160, 160, 3) and first.dtype == np.uint8
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_korean_and_english_prompts_draw_the_same_person(engine):
    english, korean = engine.draw(PROMPT, 1), engine.draw(caption(CAST["Haneul"], "ko"), 1)
    stranger = engine.draw(caption(CAST["Yuna"]), 1)
    assert np.abs(english.astype(int) - korean).mean() < 0.5 * np.abs(english.astype(int) - stranger).mean()


@torch.inference_mode()
def test_a_denoising_loop_written_out_is_the_pipelines(engine):
    pipe, steps, guidance = engine.pipeline, 10, 3.0
    ids = pipe.tokenizer(["", PROMPT], padding="max_length", return_tensors="pt").input_ids
    words = pipe.text_encoder(ids)[0]
    latent = torch.randn(1, 4, 20, 20, generator=torch.Generator().manual_seed(5))
    alphas = pipe.scheduler.alphas_cumprod
    for t in range(999, -1, -1000 // steps):
        without, prompted = pipe.unet(latent.repeat(2, 1, 1, 1), t, words).sample.chunk(2)
        v = without + guidance * (prompted - without)
        a, s, less = alphas[t].sqrt(), (1 - alphas[t]).sqrt(), alphas[max(t - 1000 // steps, 0)]
        latent = less.sqrt() * (a * latent - s * v) + (1 - less).sqrt() * (s * latent + a * v)
    picture = pipe.vae.decode(latent / pipe.vae.config.scaling_factor).sample[0]
    picture = ((picture.clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 0).numpy()
    assert np.abs(picture.astype(int) - engine.draw(PROMPT, 5, steps, guidance)).max() <= 1


def test_the_hub_loader_opens_any_stable_diffusion_folder(engine):
    models.files_of("first-snow-sd")
    large = load_hub(str(catalog.WEIGHTS / "first-snow-sd"))
    assert large.size == 160
    assert large.draw(PROMPT, 1, steps=2).shape == (160, 160, 3)


@pytest.mark.parametrize(
    "bad", [{"prompt": "  "}, {"steps": 0}, {"steps": 1000}, {"guidance": 0}, {"guidance": 99}]
)
def test_settings_out_of_range_are_answered_in_words(engine, bad):
    with pytest.raises(HallyuError):
        engine.draw(**{"prompt": PROMPT, **bad})
