"""Captions: files of several formats as typed captions, their words in time, lines, and places on the canvas."""
