"""The gallery: every element, easing, blend mode, mask, motion and template on real material, moving, on one page."""
