"""The house's own rules, read from the code: who may import whom, and who alone makes what."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import assistant

PACKAGE = Path(assistant.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

#: The order in which the rooms may know of each other: one imports only itself and what stands before it.
ORDER = (
    *("types", "errors", "paths", "settings", "reading", "finding", "answering", "exporting", "avkodning"),
    "assistant",
)
#: What serves the faces, and the faces; they may import all of the above and each other, but for `cli`.
FACES = "faces"

#: Which files alone may import a library. A folder ends with a slash.
VENDORS = {
    "chromadb": ("finding/store.py",),
    "gradio": ("web/",),
    "fastapi": ("web/",),
    "uvicorn": ("web/",),
    "langchain": ("answering/writers.py", "finding/langchain.py"),
    "langchain_core": ("answering/writers.py", "finding/langchain.py"),
    "langchain_openai": (),
    "sentence_transformers": ("finding/embedder.py", "finding/rerank.py"),
    "torch": ("finding/embedder.py", "finding/rerank.py"),
    "transformers": (),
    "model2vec": ("finding/embedder.py",),
    "onnxruntime": ("finding/onnx_model.py",),
    "tokenizers": ("finding/onnx_model.py",),
    "bm25s": ("finding/lexical.py", "measuring/"),
    "pypdf": ("reading/",),
    "docx": ("reading/", "avkodning/"),
    "pptx": ("reading/",),
}


def imports(path: Path) -> Iterator[str]:
    """Every module that the file imports, at any depth."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def room(path: Path) -> str:
    name = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return name if name in ORDER else FACES


def target_room(module: str) -> str:
    parts = module.split(".")
    name = parts[1] if len(parts) > 1 else ""
    if name == "Assistant":
        name = "assistant"
    return name if name in ORDER else FACES


def own_imports(path: Path) -> list[str]:
    public = {f"assistant.{name}" for name in assistant.__all__}
    return [name for name in imports(path) if name.startswith("assistant.") and name not in public]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_dependencies_point_one_way(path: Path) -> None:
    mine = room(path)
    if mine == FACES:
        return
    allowed = ORDER[: ORDER.index(mine) + 1]
    assert [name for name in own_imports(path) if target_room(name) not in allowed] == []


def test_only_the_entry_points_import_the_command_line() -> None:
    users = [path.name for path in FILES if any(name.startswith("assistant.cli") for name in own_imports(path))]
    assert users == ["__main__.py"]


def test_the_page_only_lays_out_and_renders() -> None:
    """No search, no reading, no prompts, no writers: it calls `Assistant`."""
    banned = ("assistant.reading", "assistant.finding", "assistant.answering.prompts", "assistant.answering.writers")
    for path in sorted((PACKAGE / "web").rglob("*.py")):
        assert [name for name in own_imports(path) if name.startswith(banned)] == [], path.name


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_library_is_imported_only_at_its_edge(vendor: str) -> None:
    users = [str(p.relative_to(PACKAGE)) for p in FILES if vendor in {name.split(".")[0] for name in imports(p)}]
    assert [user for user in users if not user.startswith(VENDORS[vendor])] == []


def test_only_the_gate_makes_an_answer() -> None:
    makers = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if called == "Answer":
                    makers.add(str(path.relative_to(PACKAGE)))
    assert makers == {"answering/verify.py"}


def test_only_settings_reads_the_environment() -> None:
    """Others may set variables for what they start, never ask for one."""
    for path in FILES:
        if path.name == "settings.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            asked = isinstance(node, ast.Call) and ast.unparse(node.func) in ("os.getenv", "os.environ.get")
            read = (
                isinstance(node, ast.Subscript)
                and isinstance(node.ctx, ast.Load)
                and ast.unparse(node.value) == "os.environ"
            )
            assert not asked, path
            assert not read, path


def test_the_domains_types_are_frozen_and_slotted() -> None:
    tree = ast.parse((PACKAGE / "types.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            assert [ast.unparse(d) for d in node.decorator_list] == ["dataclass(frozen=True, slots=True)"], node.name


def test_what_is_public_is_there() -> None:
    assert sorted(assistant.__all__) == list(assistant.__all__)
    for name in assistant.__all__:
        assert getattr(assistant, name).__name__ == name
    with pytest.raises(AttributeError):
        _ = assistant.finns_inte  # type: ignore[attr-defined]


def test_all_is_complete() -> None:
    """Every name that the package itself gives, and no other."""
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    typed = {
        n.name
        for node in ast.walk(tree)
        if isinstance(node, ast.If)
        for i in node.body
        if isinstance(i, ast.ImportFrom)
        for n in i.names
    }
    assert typed == set(assistant.__all__)


def loaded(program: str, environment: dict[str, str] | None = None) -> set[str]:
    """The top-level modules that are loaded once the program has run in a process of its own."""
    import os

    ending = (
        "\nimport sys; sys.stdout.flush(); sys.stderr.write('\\n@' + ' '.join({m.split('.')[0] for m in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program + ending],
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.rpartition("@")[2].split())


HEAVY = {"torch", "gradio", "sentence_transformers", "transformers", "langchain"}


def test_importing_the_package_loads_nothing() -> None:
    assert loaded("import assistant") & (HEAVY | {"chromadb", "numpy", "pydantic", "pypdf"}) == set()


def test_help_loads_nothing_heavy() -> None:
    program = "from assistant.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass"
    assert loaded(program) & (HEAVY | {"chromadb", "numpy", "pypdf", "rich"}) == set()


def test_asking_with_the_shipped_model_loads_no_torch(settings: assistant.Settings, shipped_model: Path) -> None:
    """Nor Chroma, which a small index does without, nor what only building takes."""
    opened, _ = assistant.Assistant.open(settings)  # so that the index is there, whichever test comes first
    opened.close()
    program = "from assistant.cli import main\nassert main(['ask', 'Vem utser kommundirektören?']) == 0"
    environment = {"KD_INDEX_DIR": str(settings.index_dir)}
    found = loaded(program, environment)
    assert found & (HEAVY | {"chromadb", "bm25s", "scipy"}) == set()
