"""Writing the network as an ONNX model for ONNX Runtime, its matrices in eight bits.

The network is BERT's encoder [Devlin et al., 2019] as multilingual-e5-small [Wang et al., 2024] has
it: 12 layers of attention and a feed-forward part, each followed by a layer norm of its sum with
what went in, then the mean over all tokens. The model takes texts of one length, without padding
and so without masks, and begins after the word embeddings, which are looked up in the wheel's own
file: a quarter of a gigabyte less in every process.

Each matrix gets eight bits with a scale per output; what goes into it is quantised when it comes
[dynamic quantisation: Jacob et al., 2018], its channels evened before (see `ranges`).
docs/encoders.md has what else was tried.

- Devlin, J. et al. (2019): BERT. NAACL 2019.
- Jacob, B. et al. (2018): Quantization and training of neural networks for efficient
  integer-arithmetic-only inference. CVPR 2018.
- Wang, L. et al. (2024): Multilingual E5 text embeddings. arXiv:2402.05672.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from search.encoders.onnx.ranges import FloatArray, IntArray, Ranges, alike, evening
from search.encoders.onnx.weights import ModelFile

INPUT, OUTPUT = "words", "means"
"""``words``: float32 (texts, tokens, width), the word embeddings. ``means``: (texts, width)."""

RUNTIME = "com.microsoft"
"""The domain of ONNX Runtime's own operators."""

_OPSET, _IR = 21, 10
_LARGEST = 127


class _Graph:
    """Nodes and constants as they are added; each result gets a name of its own."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, value: npt.NDArray[Any]) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, operator: str, *inputs: str, results: int = 1, **attributes: Any) -> list[str]:
        names = [f"n{len(self.nodes)}_{at}" for at in range(results)]
        self.nodes.append(helper.make_node(operator, list(inputs), names, **attributes))
        return names

    def one(self, operator: str, *inputs: str, **attributes: Any) -> str:
        (name,) = self.add(operator, *inputs, **attributes)
        return name


class _Network:
    """The network's parts, each put into the graph by a method that names its result."""

    def __init__(self, file: ModelFile, ranges: Ranges) -> None:
        self.file = file
        self.shape = file.shape
        self.ranges = ranges
        self.graph = _Graph()
        self.inputs: dict[str, str] = {}

    def embeddings(self, words: str) -> str:
        """Word, position and type of each token, normed."""
        width, graph = self.shape.width, self.graph
        positions = self.file.floats("emb.pos", self.shape.positions, width)
        kinds = self.file.floats("emb.type", self.shape.types, width)
        length = graph.one("Shape", words, start=1, end=2)
        zero = graph.constant(np.zeros(1, np.int64))
        place = graph.one("Slice", graph.constant(positions + kinds[0]), zero, length, zero)
        return self.norm(graph.one("Add", words, place), "emb.ln")

    def layer(self, number: int, given: str) -> str:
        """Attention, then the feed-forward part."""
        name, graph = f"l{number}", self.graph
        mixed = self.dense(self.attention(name, given), f"{name}.ao", self.shape.width)
        given = self.norm(graph.one("Add", given, mixed), f"{name}.aln")
        outer = self.feed_forward(name, given)
        return self.norm(graph.one("Add", given, outer), f"{name}.oln")

    def attention(self, name: str, given: str) -> str:
        """Each token as a mixture of all, per head."""
        graph, width, heads = self.graph, self.shape.width, self.shape.heads
        size = width // heads
        parted = graph.constant(np.array([0, 0, heads, size]))
        query, key, value = (
            graph.one("Transpose", graph.one("Reshape", part, parted), perm=[0, 2, 1, 3])
            for part in self.queries_keys_values(name, given)
        )
        scale = 1 / math.sqrt(size)
        likeness = graph.one("FusedMatMul", query, key, domain=RUNTIME, transB=1, alpha=scale)
        mixed = graph.one("MatMul", graph.one("Softmax", likeness, axis=-1), value)
        together = graph.constant(np.array([0, 0, width]))
        return graph.one("Reshape", graph.one("Transpose", mixed, perm=[0, 2, 1, 3]), together)

    def queries_keys_values(self, name: str, given: str) -> list[str]:
        """What three matrices make of one input, which is quantised once."""
        width = self.shape.width
        matrices = [self.matrix(f"{name}.{part}", width, width) for part in "qkv"]
        given, factors = self.evened(given, f"{name}.qkv", np.concatenate(matrices))
        quantised = self.graph.add("DynamicQuantizeLinear", given, results=3)
        return [
            self.projection(quantised, matrix * factors, self.bias(f"{name}.{part}", width))
            for part, matrix in zip("qkv", matrices, strict=True)
        ]

    def feed_forward(self, name: str, given: str) -> str:
        """A wide layer and back: the wide one in groups of channels, each quantised by itself."""
        inner, width = self.shape.inner, self.shape.width
        into = self.matrix(f"{name}.fi", inner, width)
        back = self.matrix(f"{name}.fo", width, inner)
        bias = self.bias(f"{name}.fi", inner)
        given, factors = self.evened(given, f"{name}.fi", into)
        quantised = self.graph.add("DynamicQuantizeLinear", given, results=3)
        result = self.graph.constant(self.bias(f"{name}.fo", width))
        for channels in self.groups(f"{name}.fo", back):
            hidden = self.projection(quantised, into[channels] * factors, bias[channels])
            part = self.part_of_dense(f"{name}.fo", self.graph.one("Gelu", hidden), back, channels)
            result = self.graph.one("Add", part, result)
        return result

    def groups(self, name: str, matrix: FloatArray) -> list[IntArray]:
        """The channels of an input, those together that are about as large."""
        if name not in self.ranges:
            return [np.arange(matrix.shape[1])]
        return alike(self.ranges[name], matrix)

    def part_of_dense(self, name: str, given: str, matrix: FloatArray, channels: IntArray) -> str:
        """A matrix applied to some of the channels of its input, without its bias."""
        given, factors = self.evened(given, name, matrix[:, channels], channels)
        weights = self.eight_bits(matrix[:, channels] * factors)
        return self.graph.one("DynamicQuantizeMatMul", given, *weights, domain=RUNTIME)

    def dense(self, given: str, name: str, size: int) -> str:
        """A square matrix applied, its bias added."""
        weights = self.eight_bits(self.matrix(name, size, size))
        bias = self.graph.constant(self.bias(name, size))
        return self.graph.one("DynamicQuantizeMatMul", given, *weights, bias, domain=RUNTIME)

    def projection(self, quantised: list[str], matrix: FloatArray, bias: FloatArray) -> str:
        """A matrix applied to what is quantised already, its bias added."""
        weights, scales, zeros = self.eight_bits(matrix)
        given, scale, zero = quantised
        return self.graph.one(
            "MatMulIntegerToFloat",
            *(given, weights, scale, scales, zero, zeros, self.graph.constant(bias)),
            domain=RUNTIME,
        )

    def evened(
        self, given: str, name: str, matrix: FloatArray, channels: IntArray | None = None
    ) -> tuple[str, FloatArray]:
        """An input with its channels evened, and how much larger its matrix's columns become.

        ``channels`` are those of the input that are given, where not all are.
        """
        if name not in self.ranges:
            self.inputs[name] = given
            return given, np.ones(matrix.shape[1], np.float32)
        largest = self.ranges[name] if channels is None else self.ranges[name][channels]
        factors = evening(largest, matrix)
        return self.graph.one("Mul", given, self.graph.constant(1 / factors)), factors

    def matrix(self, name: str, rows: int, columns: int) -> FloatArray:
        """A matrix of the file."""
        return self.file.matrix(f"{name}.w", rows, columns).floats()

    def bias(self, name: str, rows: int) -> FloatArray:
        """A bias of the file."""
        return self.file.floats(f"{name}.b", rows)

    def eight_bits(self, matrix: FloatArray) -> tuple[str, str, str]:
        """A matrix in eight bits: weights, scale and zero of each output."""
        scales = np.maximum(np.abs(matrix).max(axis=1) / _LARGEST, np.finfo(np.float32).tiny)
        values = np.rint(matrix / scales[:, np.newaxis]).astype(np.int8)
        constant = self.graph.constant
        return (
            constant(values.T),
            constant(scales.astype(np.float32)),
            constant(np.zeros(len(matrix), np.int8)),
        )

    def norm(self, given: str, name: str) -> str:
        """A layer norm over each token."""
        return self.graph.one(
            "LayerNormalization",
            given,
            self.graph.constant(self.file.floats(f"{name}.w", self.shape.width)),
            self.graph.constant(self.file.floats(f"{name}.b", self.shape.width)),
            axis=-1,
            epsilon=self.shape.epsilon,
        )


def build_model(file: ModelFile, ranges: Ranges, notes: dict[str, str]) -> onnx.ModelProto:
    """The network with the file's weights; ``notes`` are kept in the model's metadata.

    Inputs that ``ranges`` names are evened by them. Raises `BrokenModel` where the file lacks
    something.
    """
    return _model(_whole_network(file, ranges), notes)


def build_measuring_model(
    file: ModelFile, notes: dict[str, str]
) -> tuple[onnx.ModelProto, dict[str, str]]:
    """The network with no input evened, giving those that could be as further outputs.

    Also given: the output that each of them is, by its name among the ranges.
    """
    network = _whole_network(file, {})
    return _model(network, notes, *network.inputs.values()), network.inputs


def _whole_network(file: ModelFile, ranges: Ranges) -> _Network:
    network = _Network(file, ranges)
    graph, result = network.graph, network.embeddings(INPUT)
    for number in range(file.shape.layers):
        result = network.layer(number, result)
    axis = graph.constant(np.array([1]))
    graph.nodes.append(helper.make_node("ReduceMean", [result, axis], [OUTPUT], keepdims=0))
    return network


def _model(network: _Network, notes: dict[str, str], *shown: str) -> onnx.ModelProto:
    width, floats = network.shape.width, TensorProto.FLOAT
    outputs = [helper.make_tensor_value_info(OUTPUT, floats, ["texts", width])]
    outputs += [helper.make_tensor_value_info(name, floats, None) for name in shown]
    model = helper.make_model(
        helper.make_graph(
            network.graph.nodes,
            "multilingual-e5-small",
            [helper.make_tensor_value_info(INPUT, floats, ["texts", "tokens", width])],
            outputs,
            network.graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", _OPSET), helper.make_opsetid(RUNTIME, 1)],
        ir_version=_IR,
    )
    helper.set_model_props(model, notes)
    return model
