"""What a reader makes of a file: pages whose structure is still to be found, or blocks where the format has it."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.reading.blocks import Block
from assistant.types import Page


@dataclass(frozen=True, slots=True)
class RawDocument:
    """Exactly one of `pages` and `blocks` is filled. `notes` are Swedish lines about what could not be read."""

    pages: tuple[Page, ...] = ()
    blocks: tuple[Block, ...] = ()
    notes: tuple[str, ...] = ()
