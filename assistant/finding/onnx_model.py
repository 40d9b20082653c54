"""A transformer in ONNX form, run by onnxruntime without torch: token ids in, one vector out.

The folder is laid out as sentence-transformers saves a model, with one or more `.onnx` files in it or in `onnx/`.
sentence-transformers' own ONNX backend is not used: it needs optimum-onnx, which does not work with transformers 5
(huggingface/optimum-onnx issue 114), while onnxruntime and tokenizers come with chromadb anyway.
"""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.finding.prefixes import read_json

Vectors = NDArray[np.float32]

#: What to fetch of a model beside its `.onnx` file.
OTHER_FILES = ("*.json", "*/config.json")
#: No text is read further than this, in tokens; a passage of 130 words holds about 300.
MOST_TOKENS = 512

_POOLING = ("cls", "mean", "max", "lasttoken")
#: The names of eight-bit files, best first, by what the processor can do. sentence-transformers' exports say what they
#: are made for: `qint8` without vnni may overflow where `quint8_avx2` does not. The rest are transformers.js's names.
_EIGHT_BITS_ARM = ("model_qint8_arm64", "model_quantized", "model_int8")
_EIGHT_BITS_VNNI = ("model_qint8_avx512_vnni", "model_quint8_avx2", "model_quantized", "model_uint8", "model_int8")
_EIGHT_BITS_X86 = ("model_quint8_avx2", "model_uint8", "model_quantized", "model_int8", "model_qint8_avx512")
_FULL = ("model", "model_optimized", "model_O3", "model_O2", "model_O1")


class UnfitModelError(ValueError):
    """The folder holds a model of a kind that cannot be run here."""


def choose_file(files: Sequence[str], processor: str) -> str | None:
    """The `.onnx` file to run: one of eight bits that suits the processor, else one of full precision.

    `files` are paths within the model's folder with forward slashes; `processor` is what `this_processor` says.
    None when there is no `.onnx` file; any one when none has a name that is known.
    """
    found = sorted(file for file in files if file.endswith(".onnx") and len(PurePosixPath(file).parts) <= 2)
    eight_bits = {"arm": _EIGHT_BITS_ARM, "vnni": _EIGHT_BITS_VNNI}.get(processor, _EIGHT_BITS_X86)
    by_name = {PurePosixPath(file).stem: file for file in reversed(found)}
    known = next((by_name[name] for name in (*eight_bits, *_FULL) if name in by_name), None)
    return known or (found[0] if found else None)


def this_processor() -> str:
    """ "arm", "vnni" for one with AVX-512 VNNI (known only on Linux), else "x86"."""
    if platform.machine().lower() in ("arm64", "aarch64"):
        return "arm"
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore")
    except OSError:
        return "x86"
    return "vnni" if "avx512_vnni" in flags else "x86"


def file_in(folder: Path) -> str | None:
    """`choose_file` among the files of a folder."""
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*.onnx")]
    return choose_file(files, this_processor())


def errors() -> tuple[type[Exception], ...]:
    """What opening or running a model raises when its files are wrong."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    own = [kind for kind in vars(state).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    return (OSError, ValueError, RuntimeError, KeyError, TypeError, IndexError, *own)


class OnnxModel:
    """An open model. `UnfitModelError` says in Swedish what it needs that is not done here."""

    def __init__(self, folder: Path, file: str) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self._pooling = _pooling(folder)
        self._lower = bool(read_json(folder / "sentence_bert_config.json").get("do_lower_case"))
        self._tokenizer = Tokenizer.from_buffer((folder / "tokenizer.json").read_bytes())
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_most_tokens(folder))
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(folder / file), options, providers=["CPUExecutionProvider"])
        self._inputs = {item.name for item in self._session.get_inputs()}
        self._output = _output([item.name for item in self._session.get_outputs()])
        self.encode(["ord"])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (texts, dimensions), of any length.

        One text at a time: on a processor that is as fast as batches (measured: 8.5 against 8.6 texts a second), needs
        no padding, and gives a text the same vector in any company although eight-bit models scale by the batch.
        """
        return np.stack([self._encode(text) for text in texts])

    def _encode(self, text: str) -> Vectors:
        read = self._tokenizer.encode(text.lower() if self._lower else text)
        length = max(1, len(read.ids))
        values = {
            "input_ids": read.ids or [0],
            "attention_mask": [1] * length,
            "token_type_ids": read.type_ids or [0],
            "position_ids": list(range(length)),
        }
        given = {name: np.array([values[name]], dtype=np.int64) for name in self._inputs}
        output = np.asarray(self._session.run([self._output], given)[0], dtype=np.float32)[0]
        return output if output.ndim == 1 else _pooled(output, self._pooling)


def _pooled(tokens: Vectors, pooling: str) -> Vectors:
    """One vector of a text's token vectors, shape (tokens, dimensions)."""
    pooled: Vectors
    if pooling == "mean":
        pooled = tokens.mean(axis=0)
    elif pooling == "max":
        pooled = tokens.max(axis=0)
    else:
        pooled = tokens[0 if pooling == "cls" else -1]
    return pooled


def _output(names: Sequence[str]) -> str:
    """The tokens' vectors, which are pooled here; else the text's own; else the first output."""
    known = ("last_hidden_state", "token_embeddings", "sentence_embedding")
    return next((name for name in known if name in names), names[0])


def _pooling(folder: Path) -> str:
    """How the folder's modules make one vector of the tokens': a transformer, then a pooling that is known here."""
    modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
    kinds = [str(module["type"]).rpartition(".")[2] for module in modules]
    if [kind for kind in kinds if kind != "Normalize"] != ["Transformer", "Pooling"]:
        raise UnfitModelError(f"den är uppbyggd på ett annat sätt ({', '.join(kinds)})")
    config = read_json(folder / str(modules[kinds.index("Pooling")]["path"]) / "config.json")
    modes = _modes(config)
    if len(modes) != 1 or modes[0] not in _POOLING or not config.get("include_prompt", True):
        raise UnfitModelError(f"den slår samman orden på ett annat sätt ({', '.join(modes)})")
    return modes[0]


def _modes(config: dict[str, Any]) -> list[str]:
    """The pooling in sentence-transformers' present form ("pooling_mode") or in its earlier one (a flag for each)."""
    now = config.get("pooling_mode")
    if now:
        return [str(mode) for mode in (now if isinstance(now, list) else [now])]
    flags = [key for key, value in config.items() if key.startswith("pooling_mode_") and value is True]
    return [key.removeprefix("pooling_mode_").removesuffix("_tokens").removesuffix("_token") for key in flags]


def _most_tokens(folder: Path) -> int:
    """How far the model reads, at most `MOST_TOKENS`."""
    limits = (
        read_json(folder / "sentence_bert_config.json").get("max_seq_length"),
        read_json(folder / "tokenizer_config.json").get("model_max_length"),
        read_json(folder / "config.json").get("max_position_embeddings"),
    )
    known = [int(limit) for limit in limits if isinstance(limit, (int, float)) and math.isfinite(limit) and limit > 0]
    return min([*known, MOST_TOKENS])
