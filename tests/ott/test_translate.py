import pytest
import torch

from hallyu import models
from hallyu.errors import HallyuError
from hallyu.ott import translate


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A small translator of the same make, whose weights know nothing."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

    words = ["<pad>", "</s>", "<unk>", "<2en>", "<2ja>", "눈이", "온다", "snow", "falls"]
    inner = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, unk_token="<unk>"))
    inner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    path = tmp_path_factory.mktemp("madlad") / "small"
    PreTrainedTokenizerFast(
        tokenizer_object=inner, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(path)
    torch.manual_seed(0)
    config = T5Config(
        vocab_size=len(words), d_model=16, d_kv=8, d_ff=32, num_layers=1, num_heads=2, pad_token_id=0, eos_token_id=1,
        decoder_start_token_id=0,
    )  # fmt: skip
    T5ForConditionalGeneration(config).save_pretrained(path)
    return path


def test_the_hub_loader_opens_any_folder_of_its_make(folder):
    engine = translate.load_hub(str(folder))
    assert engine.name == "small"
    texts = ["눈이 온다"] * 17 + ["온다"]
    made = engine(texts, "en")
    assert len(made) == 18 and len(set(made[:17])) == 1 and engine(texts, "en") == made
    with pytest.raises(HallyuError, match="does not translate into “ko”"):
        engine(texts, "ko")


def test_drafts_are_marked_with_their_engine():
    def engine(texts, language):
        return [f" {text} in {language} " for text in texts]

    engine.name = "madlad400-3b-mt"
    made = translate.draft(["눈이 온다", "가자"], "en", engine)
    assert [(each.source, each.text, each.engine) for each in made] == [
        ("눈이 온다", "눈이 온다 in en", "madlad400-3b-mt"),
        ("가자", "가자 in en", "madlad400-3b-mt"),
    ]


def test_what_an_engine_may_not_do():
    with pytest.raises(HallyuError, match="1 translations for 2 texts"):
        translate.draft(["하나", "둘"], "en", lambda texts, language: ["one"])
    with pytest.raises(HallyuError, match="nothing for text 2, “둘”"):
        translate.draft(["하나", "둘"], "en", lambda texts, language: ["one", " "])


def test_it_is_in_the_catalogue_as_a_hub_engine_alone(monkeypatch):
    entry = models.entry("madlad400-3b")
    assert (entry.task, entry.engine, entry.licence, entry.loader) == (
        "translator", "hub", "Apache-2.0", "hallyu.ott.translate:load_hub",
    )  # fmt: skip
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(HallyuError, match="no hub can be reached from here"):
        models.load("translator", engine="hub")
