"""Writing the network as an ONNX model for ONNX Runtime, its matrices in eight bits.

The network is BERT's encoder [Devlin et al., 2019] as multilingual-e5-small [Wang et al., 2024] has
it: 12 layers of attention and a feed-forward part, each followed by a layer norm of its sum with
what went in, then the mean over all tokens. The model takes texts of one length, without padding
and so without masks, and begins after the word embeddings, which are looked up in the wheel's own
file: a quarter of a gigabyte less in every process.

Each matrix gets eight bits with a scale per output; what goes into it is quantised when it comes
[dynamic quantisation: Jacob et al., 2018]. docs/encoders.md has what else was tried.

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

    def __init__(self, file: ModelFile) -> None:
        self.file = file
        self.shape = file.shape
        self.graph = _Graph()

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
        name, width, graph = f"l{number}", self.shape.width, self.graph
        mixed = self.dense(self.attention(name, given), f"{name}.ao", width, width)
        given = self.norm(graph.one("Add", given, mixed), f"{name}.aln")
        inner = graph.one("Gelu", self.dense(given, f"{name}.fi", self.shape.inner, width))
        outer = self.dense(inner, f"{name}.fo", width, self.shape.inner)
        return self.norm(graph.one("Add", given, outer), f"{name}.oln")

    def attention(self, name: str, given: str) -> str:
        """Each token as a mixture of all, per head. Queries, keys and values share one input."""
        graph, heads = self.graph, self.shape.heads
        size = self.shape.width // heads
        quantised = graph.add("DynamicQuantizeLinear", given, results=3)
        parted = graph.constant(np.array([0, 0, heads, size]))
        query, key, value = (
            graph.one(
                "Transpose",
                graph.one("Reshape", self.projection(f"{name}.{part}", quantised), parted),
                perm=[0, 2, 1, 3],
            )
            for part in "qkv"
        )
        scale = 1 / math.sqrt(size)
        likeness = graph.one("FusedMatMul", query, key, domain=RUNTIME, transB=1, alpha=scale)
        mixed = graph.one("MatMul", graph.one("Softmax", likeness, axis=-1), value)
        together = graph.constant(np.array([0, 0, self.shape.width]))
        return graph.one("Reshape", graph.one("Transpose", mixed, perm=[0, 2, 1, 3]), together)

    def projection(self, name: str, quantised: list[str]) -> str:
        """A matrix applied to what is quantised already."""
        width = self.shape.width
        weights, scales, zeros, bias = self.eight_bits(name, width, width)
        given, scale, zero = quantised
        return self.graph.one(
            "MatMulIntegerToFloat",
            *(given, weights, scale, scales, zero, zeros, bias),
            domain=RUNTIME,
        )

    def dense(self, given: str, name: str, rows: int, columns: int) -> str:
        """A matrix applied, its bias added."""
        return self.graph.one(
            "DynamicQuantizeMatMul",
            *(given, *self.eight_bits(name, rows, columns)),
            domain=RUNTIME,
        )

    def eight_bits(self, name: str, rows: int, columns: int) -> tuple[str, str, str, str]:
        """A matrix in eight bits: weights, scale and zero of each output, bias."""
        weights = self.file.matrix(f"{name}.w", rows, columns).floats()
        scales = np.maximum(np.abs(weights).max(axis=1) / _LARGEST, np.finfo(np.float32).tiny)
        values = np.rint(weights / scales[:, np.newaxis]).astype(np.int8)
        constant = self.graph.constant
        return (
            constant(values.T),
            constant(scales.astype(np.float32)),
            constant(np.zeros(rows, np.int8)),
            constant(self.file.floats(f"{name}.b", rows)),
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


def build_model(file: ModelFile, notes: dict[str, str]) -> onnx.ModelProto:
    """The network with the file's weights; ``notes`` are kept in the model's metadata.

    Raises `BrokenModel` where the file lacks something.
    """
    network = _Network(file)
    result = network.embeddings(INPUT)
    for number in range(file.shape.layers):
        result = network.layer(number, result)
    graph = network.graph
    axis = graph.constant(np.array([1]))
    graph.nodes.append(helper.make_node("ReduceMean", [result, axis], [OUTPUT], keepdims=0))
    width = file.shape.width
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "multilingual-e5-small",
            [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["texts", "tokens", width])],
            [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["texts", width])],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", _OPSET), helper.make_opsetid(RUNTIME, 1)],
        ir_version=_IR,
    )
    helper.set_model_props(model, notes)
    return model
