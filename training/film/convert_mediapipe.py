"""Convert MediaPipe's selfie segmenter from TensorFlow Lite to ONNX, and say what MediaPipe itself makes of a picture.

    pip download --no-deps mediapipe==0.10.14 && unzip -d mediapipe-wheel mediapipe-*.whl
    pip install --target tflite-schema tflite==2.18.0        # the file format, read as flatbuffers
    PYTHONPATH=tflite-schema python training/film/convert_mediapipe.py convert mediapipe-wheel selfie.onnx

MediaPipe wants an older numpy, so its own answer is asked in an environment of its own:

    python3.11 -m venv mp && mp/bin/pip install "numpy<2" mediapipe==0.10.14
    mp/bin/python training/film/convert_mediapipe.py ask PICTURE MASK.png

PICTURE has 256x256 pixels, so that nothing is scaled on the way. tests/film/test_segment.py holds our answer to theirs.
The wheel's landscape model (256x144) is not taken: on our test frames it was wrong twice as often, wide as they are.

Weights: Apache-2.0, (c) The MediaPipe Authors; they are
stored as half floats there and stay so here, unchanged.
"""

import sys
from pathlib import Path

import numpy as np

MODEL = "mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite"
OPSET = 17


def convert(source: Path, target: Path) -> None:
    """Write one .tflite file as .onnx. Pictures are (1, 3, h, w) in 0..1 there, and the matte is (1, 1, h, w)."""
    import onnx
    import tflite

    model = tflite.Model.GetRootAsModel(source.read_bytes(), 0)
    graph = model.Subgraphs(0)
    names = {value: name for name, value in vars(tflite.BuiltinOperator).items() if isinstance(value, int)}
    constants, nodes, stored = {}, [], {}

    def shape(index):
        return [int(size) for size in graph.Tensors(index).ShapeAsNumpy()]

    def constant(index):
        """The values of a tensor that the file holds, or None."""
        tensor = graph.Tensors(index)
        kind = {tflite.TensorType.FLOAT16: np.float16, tflite.TensorType.INT32: np.int32}.get(tensor.Type(), np.float32)
        data = model.Buffers(tensor.Buffer()).DataAsNumpy()
        return data.view(kind).reshape(shape(index)) if isinstance(data, np.ndarray) else None

    def weight(index, order=None):
        """Store a constant with its axes in *order* as half floats, and give the name of the cast to full ones."""
        name = f"w{index}"
        if name not in stored:
            values = constants[index].astype(np.float16)
            values = np.ascontiguousarray(values.transpose(order) if order else values)
            stored[name] = onnx.numpy_helper.from_array(values, name + "h")
            add("Cast", [name + "h"], name, to=onnx.TensorProto.FLOAT)
        return name

    def add(kind, inputs, output, **settings):
        nodes.append(onnx.helper.make_node(kind, inputs, [output], **settings))

    def options(operator, kind):
        found = kind()
        table = operator.BuiltinOptions()
        found.Init(table.Bytes, table.Pos)
        return found

    def window(operator, kind, x, y, size):
        """Strides and paddings of a convolution. TensorFlow's SAME pads what is missing, the odd one below and right."""
        asked = options(operator, kind)
        strides = [asked.StrideH(), asked.StrideW()]
        pads = [0, 0]
        if asked.Padding() == tflite.Padding.SAME:
            pairs = zip(shape(x)[1:3], shape(y)[1:3], strides, size, strict=True)
            pads = [max((o - 1) * s + k - i, 0) for i, o, s, k in pairs]
        before = [pad // 2 for pad in pads]
        after = [pad - half for pad, half in zip(pads, before, strict=True)]
        return {"strides": strides, "pads": before + after, "kernel_shape": list(size)}, asked

    def name(index):
        return f"t{index}"

    for position in range(graph.OperatorsLength()):
        operator = graph.Operators(position)
        code = model.OperatorCodes(operator.OpcodeIndex())
        number = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        kind = code.CustomCode().decode() if number == tflite.BuiltinOperator.CUSTOM else names[number]
        inputs = [int(index) for index in operator.InputsAsNumpy()]
        out = int(operator.OutputsAsNumpy()[0])
        for index in inputs:
            if constant(index) is not None:
                constants.setdefault(index, constant(index))
        if kind == "DEQUANTIZE":
            constants[out] = constants[inputs[0]]
        elif kind in ("CONV_2D", "DEPTHWISE_CONV_2D"):
            deep = kind == "DEPTHWISE_CONV_2D"
            x, w, bias = inputs
            size = shape(w)[1:3]
            asked = tflite.DepthwiseConv2DOptions if deep else tflite.Conv2DOptions
            settings, found = window(operator, asked, x, out, size)
            _plain(found)
            order = (3, 0, 1, 2) if deep else (0, 3, 1, 2)
            group = shape(w)[3] if deep else 1
            add("Conv", [name(x), weight(w, order), weight(bias)], name(out), group=group, **settings)
        elif kind == "Convolution2DTransposeBias":
            x, w, bias = inputs
            _, across, down = operator.CustomOptionsAsNumpy().view(np.int32)
            settings = {"strides": [int(down), int(across)], "kernel_shape": shape(w)[1:3]}
            add("ConvTranspose", [name(x), weight(w, (3, 0, 1, 2)), weight(bias)], name(out), **settings)
        elif kind == "AVERAGE_POOL_2D":  # only ever over the whole picture
            found = options(operator, tflite.Pool2DOptions)
            if [found.FilterHeight(), found.FilterWidth()] != shape(inputs[0])[1:3]:
                raise SystemExit(f"{source.name}: an average over a part of the picture is not handled")
            add("GlobalAveragePool", [name(inputs[0])], name(out))
        elif kind == "RESIZE_BILINEAR":
            found = options(operator, tflite.ResizeBilinearOptions)
            if found.AlignCorners() or not found.HalfPixelCenters():
                raise SystemExit(f"{source.name}: only enlargement by half-pixel centres is handled")
            size = np.array([1, shape(out)[3], *shape(out)[1:3]], np.int64)
            stored[f"s{out}"] = onnx.numpy_helper.from_array(size, f"s{out}")
            settings = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
            add("Resize", [name(inputs[0]), "", "", f"s{out}"], name(out), **settings)
        elif kind in ("ADD", "MUL"):
            asked = tflite.AddOptions if kind == "ADD" else tflite.MulOptions
            _plain(options(operator, asked))
            add(kind.title(), [name(index) for index in inputs], name(out))
        elif kind in ("RELU", "LOGISTIC", "HARD_SWISH"):
            theirs = {"RELU": "Relu", "LOGISTIC": "Sigmoid", "HARD_SWISH": "HardSwish"}[kind]
            add(theirs, [name(inputs[0])], name(out))
        else:
            raise SystemExit(f"{source.name}: the operation {kind} is not handled")

    def description(index):
        n, h, w, c = shape(index)
        return onnx.helper.make_tensor_value_info(name(index), onnx.TensorProto.FLOAT, [n, c, h, w])

    written = onnx.helper.make_graph(
        nodes, source.stem, *([description(int(ends[0]))] for ends in (graph.InputsAsNumpy(), graph.OutputsAsNumpy())),
        list(stored.values()),
    )  # fmt: skip
    made = onnx.helper.make_model(
        written, opset_imports=[onnx.helper.make_opsetid("", OPSET)], ir_version=8,
        producer_name="training/film/convert_mediapipe.py",
    )  # fmt: skip
    onnx.checker.check_model(made, full_check=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(made.SerializeToString())


def _plain(options) -> None:
    """Stop where an activation is folded into an operation: none of these files has one."""
    if options.FusedActivationFunction():
        raise SystemExit("a folded activation is not handled")


def ask(picture: Path, mask: Path) -> None:
    """Write what MediaPipe's own segmenter says about a 256x256 picture, as 8 bits."""
    import cv2
    import mediapipe

    rgb = np.ascontiguousarray(cv2.imread(str(picture))[:, :, ::-1])
    with mediapipe.solutions.selfie_segmentation.SelfieSegmentation(0) as segmenter:
        found = segmenter.process(rgb).segmentation_mask
    cv2.imwrite(str(mask), np.round(found * 255).astype(np.uint8))


if __name__ == "__main__":
    what, source, target = sys.argv[1], *map(Path, sys.argv[2:4])
    if what == "convert":
        convert(source / MODEL, target)
        print(f"{target}: {target.stat().st_size} bytes")
    else:
        ask(source, target)
