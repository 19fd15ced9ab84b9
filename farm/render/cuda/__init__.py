"""Composing on an NVIDIA GPU: planes in its memory, and the CUDA versions of the compositor's kernels."""
