"""Composing on an NVIDIA GPU: planes in its memory, and the CUDA forms of the compositor's kernels."""
