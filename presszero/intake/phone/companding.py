"""G.711, the sound of telephones: 8,000 samples a second, a byte each, by ITU-T G.711's two laws."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PCMU, PCMA = 0, 8  # RTP payload numbers, RFC 3551
FRAME = 160  # samples in 20 ms

Samples = NDArray[np.int16]


def decode(payload: bytes, kind: int) -> Samples:
    """Samples of 16 bit."""
    found: Samples = _DECODE[kind][np.frombuffer(payload, np.uint8)]
    return found


def encode(samples: NDArray[np.int32] | Samples, kind: int) -> bytes:
    """Louder than 16 bit is cut off."""
    clipped = np.clip(samples, -32768, 32767).astype(np.int16)
    return bytes(_ENCODE[kind][clipped.view(np.uint16)].tobytes())


def _mu_law() -> Samples:
    codes = ~np.arange(256, dtype=np.int32) & 0xFF
    size = (((codes & 0x0F) << 3) + 0x84) << ((codes & 0x70) >> 4)
    return np.where(codes & 0x80, 0x84 - size, size - 0x84).astype(np.int16)


def _a_law() -> Samples:
    codes = np.arange(256, dtype=np.int32) ^ 0x55
    segment, low = (codes & 0x70) >> 4, (codes & 0x0F) << 4
    size = np.where(segment == 0, low + 8, (low + 0x108) << np.maximum(segment - 1, 0))
    return np.where(codes & 0x80, size, -size).astype(np.int16)


def _nearest(table: Samples) -> NDArray[np.uint8]:
    """For every 16-bit sample the code that comes nearest."""
    order = np.argsort(table, kind="stable")
    values = table[order].astype(np.int32)
    samples = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
    above = np.clip(np.searchsorted(values, samples), 1, 255)
    nearer = above - (samples - values[above - 1] <= values[above] - samples)
    return order[nearer].astype(np.uint8)


_DECODE = {PCMU: _mu_law(), PCMA: _a_law()}
_ENCODE = {kind: _nearest(table) for kind, table in _DECODE.items()}
