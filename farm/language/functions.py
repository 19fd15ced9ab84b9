"""The functions of the language: all that an expression can call besides a template's own parts."""

from __future__ import annotations

from farm.language import design_functions, plain_functions
from farm.language.function_table import FUNCTIONS, NAMED

__all__ = ["FUNCTIONS", "NAMED", "design_functions", "plain_functions"]
