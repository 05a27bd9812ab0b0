"""Train the byte-pair tokenizer: every word of the vocabulary, English or Korean, becomes one token.

    python training/webtoon/train_tokenizer.py

Other words fall back to bytes, so no prompt is ever refused by the tokenizer itself.
"""

import json

from dataset import FOLDER
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import CLIPTokenizer

from hallyu.webtoon import vocabulary as v

LENGTH = 48


def words() -> list[str]:
    """Every word that a caption can hold, lower case, sorted."""
    tables = [
        v.PEOPLE,
        v.HAIR_STYLES,
        v.HAIR_COLOURS,
        v.EYE_COLOURS,
        v.OUTFITS,
        v.OUTFIT_COLOURS,
        v.EXPRESSIONS,
        v.SHOTS,
        v.VIEWS,
        v.CAST_NAMES,
    ]
    text = (
        " ".join(f"{english} {korean}" for table in tables for english, korean in table.items())
        + " hair eyes 눈"
    )
    return sorted(set(text.lower().replace("-", " ").split()))


def main() -> None:
    known = words()
    bpe = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=20000,
        min_frequency=1,
        initial_alphabet=alphabet,
        end_of_word_suffix="</w>",
        show_progress=False,
    )
    bpe.train_from_iterator([" ".join(known) + " , -"] * 3, trainer)
    merges = [
        tuple(m) if isinstance(m, list) else tuple(m.split(" "))
        for m in json.loads(bpe.to_str())["model"]["merges"]
    ]
    tokens = alphabet + [c + "</w>" for c in alphabet]
    tokens += [m for m in dict.fromkeys(a + b for a, b in merges) if m not in set(tokens)]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    tokenizer = CLIPTokenizer(
        vocab={t: i for i, t in enumerate(tokens)}, merges=merges, model_max_length=LENGTH
    )
    tokenizer.save_pretrained(FOLDER / "tokenizer")
    split = [w for w in known if len(CLIPTokenizer.from_pretrained(FOLDER / "tokenizer").tokenize(w)) > 1]
    assert not split, f"words of several tokens: {split}"
    print(len(tokens), "tokens,", len(known), "words, each one token")


if __name__ == "__main__":
    main()
