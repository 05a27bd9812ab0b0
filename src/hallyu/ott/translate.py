"""Machine translation of subtitles, by a large model from the hub: drafts for a translator, each marked as a machine's.

There is no bundled engine: a model small enough for every laptop translates dialogue too badly to learn from.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hallyu.errors import HallyuError

Engine = Callable[[Sequence[str], str], list[str]]
"""Texts and the tag of the language that is wanted -> as many translations."""


@dataclass(frozen=True)
class Drafted:
    """A translation that a machine made and nobody has read. engine: the model's name, for the sheet and the label."""

    source: str
    text: str
    engine: str


def draft(texts: Sequence[str], language: str, engine: Engine) -> list[Drafted]:
    """Drafts of *texts* in a language, in their order. engine: of models.load("translator", engine="hub").

    Raises HallyuError where the engine gives another number of texts, or an empty one.
    """
    made = engine(list(texts), language)
    if len(made) != len(texts):
        raise HallyuError(
            f"The engine gave {len(made)} translations for {len(texts)} texts: try another engine."
        )
    for number, (source, text) in enumerate(zip(texts, made, strict=True), 1):
        if source.strip() and not text.strip():
            raise HallyuError(
                f"The engine gave nothing for text {number}, “{source[:40]}”: translate it by hand."
            )
    name = getattr(engine, "name", "machine translation")
    return [Drafted(source, text.strip(), name) for source, text in zip(texts, made, strict=True)]


class Seq2Seq:
    """A translator of MADLAD-400's kind (T5 that is told the wanted language as "<2en>").

    Source: Kudugunta et al., "MADLAD-400: A Multilingual And Document-Level Large Audited Dataset", 2023.
    """

    def __init__(self, network, tokenizer, name: str, device: str):
        self.network, self.tokenizer, self.name, self.device = network, tokenizer, name, device

    def __call__(self, texts: Sequence[str], language: str) -> list[str]:
        """Translations of *texts*, sixteen at a time, the most probable words first and always the same."""
        import torch

        mark = f"<2{language.split('-')[0].lower()}>"
        if mark not in self.tokenizer.get_vocab():
            raise HallyuError(
                f"{self.name} does not translate into “{language}”: use a code such as en, ja or es."
            )
        found = []
        for begin in range(0, len(texts), 16):
            given = self.tokenizer(
                [f"{mark} {' '.join(text.split())}" for text in texts[begin : begin + 16]], return_tensors="pt", padding=True,
            )  # fmt: skip
            given = {name: given[name].to(self.device) for name in ("input_ids", "attention_mask")}
            with torch.inference_mode():
                said = self.network.generate(**given, num_beams=4, do_sample=False, max_new_tokens=128)
            found += self.tokenizer.batch_decode(said, skip_special_tokens=True)
        return found


def load_hub(name: str) -> Seq2Seq:
    """A large translator by its hub name or its folder: on a GPU in half precision, else on the processor."""
    import torch
    from transformers import AutoTokenizer, T5ForConditionalGeneration

    device = "cuda" if torch.cuda.is_available() else "cpu"
    network = T5ForConditionalGeneration.from_pretrained(
        name, use_safetensors=True, dtype=torch.bfloat16 if device == "cuda" else torch.float32
    )
    tokenizer = AutoTokenizer.from_pretrained(name)
    return Seq2Seq(network.eval().to(device), tokenizer, name.rstrip("/").rsplit("/", 1)[-1], device)
