"""Pixels: planar YUV frames, kernels, drawn rasters, the compositor. Pure: equal inputs give equal bytes."""
