"""The template language: documents with slots, expressions, parts and anchors, checked, then drafted as timelines."""
