"""Reads a clean QR code (ISO/IEC 18004), so that a test knows what a phone would: no error is corrected."""

import re
from collections.abc import Iterator
from typing import Final

from defusedxml import ElementTree

LEVELS: Final = {0b01: "L", 0b00: "M", 0b11: "Q", 0b10: "H"}
BLOCKS: Final = {
    (2, "L"): (34,), (2, "M"): (28,), (2, "Q"): (22,), (2, "H"): (16,),
    (3, "L"): (55,), (3, "M"): (44,), (3, "Q"): (17, 17), (3, "H"): (13, 13),
    (4, "L"): (80,), (4, "M"): (32, 32), (4, "Q"): (24, 24), (4, "H"): (9, 9, 9, 9),
    (5, "L"): (108,), (5, "M"): (43, 43), (5, "Q"): (15, 15, 16, 16), (5, "H"): (11, 11, 12, 12),
}  # fmt: skip
"""Data codewords of each block, by version and level; these versions hold 14 to 106 bytes."""
MASKS: Final = (
    lambda row, column: (row + column) % 2,
    lambda row, _: row % 2,
    lambda _, column: column % 3,
    lambda row, column: (row + column) % 3,
    lambda row, column: (row // 2 + column // 3) % 2,
    lambda row, column: row * column % 2 + row * column % 3,
    lambda row, column: (row * column % 2 + row * column % 3) % 2,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2,
)
FORMAT_MASK: Final = 0b101010000010010
BYTES: Final = 0b0100

Modules = list[list[bool]]


def modules_of(svg: bytes, border: int) -> Modules:
    """Return the dark modules of a drawing whose dark path is strokes of one module, as segno writes it."""
    root = ElementTree.fromstring(svg)
    size = int(float(root.attrib["viewBox"].split()[2])) - 2 * border
    modules = [[False] * size for _ in range(size)]
    (drawn,) = (each.attrib["d"] for each in root.iter() if each.attrib.get("stroke"))
    across, down = 0.0, 0.0
    for act, given in re.findall(r"([Mmh])\s*([-\d. ]+)", drawn):
        numbers = [float(number) for number in given.split()]
        if act == "M":
            across, down = numbers
        elif act == "m":
            across, down = across + numbers[0], down + numbers[1]
        else:
            for column in range(int(across), int(across + numbers[0])):
                modules[int(down) - border][column - border] = True
            across += numbers[0]
    return modules


def text_in(modules: Modules) -> str:
    """Return what the code says, which must be bytes of UTF-8 of version 2 to 5."""
    size = len(modules)
    level, mask = _format_of(modules)
    bits = [
        modules[row][column] ^ (MASKS[mask](row, column) == 0)
        for row, column in _path(size)
        if not _is_pattern(row, column, size)
    ]
    data = _in_order(_numbers(bits, 8), BLOCKS[(size - 17) // 4, level])
    stream = "".join(f"{word:08b}" for word in data)
    assert int(stream[:4], 2) == BYTES
    length = int(stream[4:12], 2)
    return bytes(_numbers([bit == "1" for bit in stream[12 : 12 + 8 * length]], 8)).decode()


def _format_of(modules: Modules) -> tuple[str, int]:
    row = [modules[8][column] for column in (0, 1, 2, 3, 4, 5, 7, 8)]
    column = [modules[at][8] for at in (7, 5, 4, 3, 2, 1, 0)]
    (word,) = _numbers([*row, *column], 15)
    told = (word ^ FORMAT_MASK) >> 10
    return LEVELS[told >> 3], told & 0b111


def _path(size: int) -> Iterator[tuple[int, int]]:
    """Give the modules in the order of the bits: pairs of columns, up and down in turn, without the timing column."""
    columns = [*range(size - 1, 6, -2), *range(5, 0, -2)]
    for turn, right in enumerate(columns):
        rows = range(size) if turn % 2 else range(size - 1, -1, -1)
        for row in rows:
            yield row, right
            yield row, right - 1


def _is_pattern(row: int, column: int, size: int) -> bool:
    corner = (row < 9 and (column < 9 or column >= size - 8)) or (row >= size - 8 and column < 9)
    alignment = abs(row - (size - 7)) <= 2 and abs(column - (size - 7)) <= 2
    return corner or alignment or row == 6 or column == 6


def _in_order(words: list[int], blocks: tuple[int, ...]) -> list[int]:
    """Return the data of the blocks one after the other; they stand interleaved."""
    parted: list[list[int]] = [[] for _ in blocks]
    at = iter(words)
    for place in range(max(blocks)):
        for block, holds in zip(parted, blocks, strict=True):
            if place < holds:
                block.append(next(at))
    return [word for block in parted for word in block]


def _numbers(bits: list[bool], wide: int) -> list[int]:
    whole = range(0, len(bits) - wide + 1, wide)
    return [int("".join("1" if bit else "0" for bit in bits[at : at + wide]), 2) for at in whole]
