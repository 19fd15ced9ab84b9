"""Uploads in pieces: they go on where they broke off, and only what is whole arrives."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.errors import ConflictError, DocumentError
from farm.store.blobs import BlobStore
from farm.store.uploads import KEPT_S, Uploads


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=1, max_size=400), st.lists(st.integers(1, 120), min_size=1, max_size=8))
def test_pieces_of_any_size_make_the_file(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, cuts: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("u")
    uploads, store = Uploads(folder / "uploads", 1000), BlobStore(folder / "store", 10**9)
    sha256 = hashlib.sha256(data).hexdigest()
    at = 0
    for size in [*cuts, len(data)]:
        at = uploads.take("me", sha256, at, data[at : at + size])
        assert uploads.arrived("me", sha256) == at
    assert uploads.waiting_bytes("me") == len(data)
    temp = uploads.finish("me", sha256, store)
    assert not store.has(sha256)
    store.put_file(sha256, "", temp)
    found = store.find(sha256)
    assert found is not None
    assert found.read_bytes() == data
    with pytest.raises(ConflictError, match="another request"):
        uploads.finish("me", sha256, store)
    assert uploads.arrived("me", sha256) == 0


def test_a_repeated_or_early_piece_is_answered_with_the_right_offset(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, 100)
    assert uploads.take("me", "ab" * 32, 0, b"12345") == 5
    for offset in (0, 9):
        with pytest.raises(ConflictError, match="continue at 5"):
            uploads.take("me", "ab" * 32, offset, b"678")
    with pytest.raises(DocumentError, match="larger"):
        uploads.take("me", "ab" * 32, 5, b"x" * 96)
    assert uploads.arrived("me", "ab" * 32) == 5


def test_content_that_does_not_match_its_hash_is_dropped(tmp_path: Path) -> None:
    uploads, store = Uploads(tmp_path / "u", 100), BlobStore(tmp_path / "s", 10**9)
    uploads.take("me", "cd" * 32, 0, b"something else")
    with pytest.raises(DocumentError, match="start again"):
        uploads.finish("me", "cd" * 32, store)
    assert uploads.arrived("me", "cd" * 32) == 0
    assert not store.has("cd" * 32)
    assert list((tmp_path / "s" / "incoming").glob("*")) == []


def test_owners_do_not_spoil_each_others_uploads(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, 100)
    uploads.take("me", "ef" * 32, 0, b"mine")
    assert uploads.arrived("you", "ef" * 32) == 0


def test_abandoned_uploads_are_swept(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, 100)
    uploads.take("me", "01" * 32, 0, b"old")
    uploads.take("me", "02" * 32, 0, b"new")
    old = next(tmp_path.glob("*/" + "01" * 32))
    os.utime(old, (time.time() - KEPT_S - 5,) * 2)
    assert uploads.sweep() == (1, 3)
    assert uploads.arrived("me", "02" * 32) == 3
