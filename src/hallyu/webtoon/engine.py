"""Character engines: a prompt and a seed in, a character on a plain ground out.

The bundled engine is a small Stable Diffusion model of our own; the hub engine is any large one. Both are the same
diffusers pipeline, so what a learner writes for one works for the other.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hallyu.errors import HallyuError

STEPS = 10
GUIDANCE = 3.0


@dataclass
class CharacterEngine:
    """A Stable Diffusion pipeline and what to add to each prompt.

    size: picture side in pixels; style, avoid: words added to the prompt and to the negative prompt.
    """

    pipeline: object
    model: str
    size: int
    style: str = ""
    avoid: str = ""

    def draw(self, prompt: str, seed: int = 0, steps: int = STEPS, guidance: float = GUIDANCE) -> np.ndarray:
        """RGB uint8 (size, size, 3): the character on a plain ground. The same seed gives the same picture.

        Raises HallyuError for an empty prompt, or steps or guidance out of range.
        """
        import torch

        if not prompt.strip():
            raise HallyuError(
                "The prompt is empty; describe a character, for example: girl, black bob hair, smiling."
            )
        if not 1 <= steps <= 100:
            raise HallyuError(f"Steps must be from 1 to 100, not {steps}.")
        if not 1 <= guidance <= 20:
            raise HallyuError(f"Guidance must be from 1 to 20, not {guidance}.")
        with torch.inference_mode():
            result = self.pipeline(
                prompt=f"{prompt}, {self.style}" if self.style else prompt,
                negative_prompt=self.avoid or None,
                height=self.size,
                width=self.size,
                num_inference_steps=steps,
                guidance_scale=guidance,
                generator=torch.Generator().manual_seed(seed),
                output_type="np",
            )
        return np.round(result.images[0] * 255).astype(np.uint8)


def open_pipeline(folder_or_name: str | Path, **options):
    """StableDiffusionPipeline.from_pretrained without progress bars or a safety checker to download."""
    from transformers.utils import logging as transformers_log

    # A lesson's cell shows its result, not bars and hints about packages that are not needed.
    transformers_log.set_verbosity_error()
    transformers_log.disable_progress_bar()
    from diffusers import StableDiffusionPipeline
    from diffusers.utils import logging

    logging.disable_progress_bar()
    pipeline = StableDiffusionPipeline.from_pretrained(
        folder_or_name, safety_checker=None, requires_safety_checker=False, **options
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def natural_size(pipeline) -> int:
    """The picture side in pixels that a pipeline was trained on."""
    return pipeline.unet.config.sample_size * pipeline.vae_scale_factor


def load_bundled(files: list[Path]) -> CharacterEngine:
    """The course's own model, from its verified files."""
    import torch

    folder = next(path.parent for path in files if path.name == "model_index.json")
    pipeline = open_pipeline(folder, dtype=torch.float32)
    return CharacterEngine(pipeline, folder.name, natural_size(pipeline))


def load_hub(name: str) -> CharacterEngine:
    """A large Stable Diffusion model by its hub name; it draws on a plain ground because the prompt says so."""
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    options = {"dtype": torch.float16 if device == "cuda" else torch.float32}
    pipeline = open_pipeline(name, **options).to(device)
    style = "webtoon style, clean ink lines, cel shading, plain mint green background"
    return CharacterEngine(
        pipeline,
        name,
        natural_size(pipeline),
        style,
        "photo, text, watermark, extra fingers, busy background",
    )
