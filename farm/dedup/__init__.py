"""Signatures of pictures and videos, and near-duplicates."""
