"""The code behind elements that a program defines itself: hashed by source, with all of the program that it reaches.

An installed plugin is its files. A class in a script or a notebook is its methods, the functions, kernels, constants
and modules that these use, and so on; libraries count with their version, farm's plugins with their own identity.
"""

from __future__ import annotations

import dataclasses
import dis
import functools
import hashlib
import inspect
import logging
import re
import sys
import textwrap
import types
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from importlib import import_module
from importlib.util import resolve_name
from pathlib import Path, PurePath
from types import CodeType, FunctionType, GenericAlias, MethodType, ModuleType, UnionType
from typing import Any, Final, get_args, get_origin

import numpy as np
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from farm.plugins.origin import library_version

_PLAIN: Final = (
    *(
        type(None),
        bool,
        int,
        float,
        complex,
        str,
        bytes,
        type(...),
        Fraction,
        Decimal,
        range,
        slice,
        PurePath,
    ),
    *(GenericAlias, UnionType, np.dtype, np.generic),
)
"""Types of values that are described in full by their `repr`."""
_BUILT_IN: Final = (
    *(types.BuiltinFunctionType, types.WrapperDescriptorType, types.MethodWrapperType),
    *(types.MethodDescriptorType, types.ClassMethodDescriptorType, types.GetSetDescriptorType, np.ufunc),
)
"""Types of compiled functions, which are identified by their names."""
_SKIPPED: Final = re.compile(
    r"__(?!call__|init_subclass__|getattr__|post_init__)\w+__|_abc_impl|model_(fields|computed_fields)|_(member|value2)\w*_"
)
"""Attributes of classes that Python and pydantic make themselves."""


class SourceLackedError(Exception):
    """Something that an element uses cannot be hashed; the message says what, and the remedy."""


@dataclasses.dataclass(frozen=True, slots=True)
class Code:
    """The code behind some elements."""

    digest: str
    """SHA-256 of all of it."""
    modules: tuple[ModuleType, ...]
    """The program's own modules that hold it."""


def code_of(elements: Iterable[tuple[str, object]]) -> Code:
    """Return the code behind elements, given with their names; equal digests promise equal pixels.

    Raises:
        SourceLackedError: a source is not available, or a global is of a type whose content cannot be hashed.
    """
    gatherer = _Gatherer()
    for name, element in elements:
        gatherer.take(name, element)
    return Code(gatherer.digest, tuple(gatherer.modules.values()))


class _Gatherer:
    """Walks from elements to all that they use, in an order that depends on nothing but the code."""

    def __init__(self) -> None:
        self.modules: dict[str, ModuleType] = {}
        self._hash = hashlib.sha256()
        self._seen: dict[int, int] = {}
        self._kept: list[object] = []
        self._libraries: dict[str, str | None] = {}

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def take(self, path: str, value: Any) -> None:
        """Hash a value; ``path`` says how it was reached, as ``mine.pulse.apply.LEVELS``."""
        if isinstance(value, Enum):
            self.take(path, type(value))
            self._note("member", value.name)
            self.take(path, value.value)
        elif isinstance(value, _PLAIN):
            self._note(type(value).__name__, repr(value))
        elif isinstance(value, re.Pattern):
            self._note("pattern", repr(value.pattern), str(value.flags))
        elif isinstance(value, np.ndarray) and value.dtype != object:
            self._note("array", value.dtype.str, repr(value.shape), np.ascontiguousarray(value).tobytes())
        elif id(value) in self._seen:
            self._note("again", str(self._seen[id(value)]))
        else:
            self._seen[id(value)] = len(self._seen)
            self._kept.append(value)  # an id is an object's own only while it lives
            self._take_new(path, value)

    def _take_new(self, path: str, value: Any) -> None:
        if isinstance(value, ModuleType):
            self._module(path, value)
        elif isinstance(value, type):
            self._class(path, value)
        elif isinstance(value, FunctionType):
            self._function(path, value)
        elif isinstance(value, Mapping):
            self._note("mapping", str(len(value)))
            for name, item in value.items():
                self.take(f"{path}[{name!r}]", name)
                self.take(f"{path}[{name!r}]", item)
        elif isinstance(value, list | tuple):
            self._note(type(value).__name__, str(len(value)))
            for index, item in enumerate(value):
                self.take(f"{path}[{index}]", item)
        elif isinstance(value, set | frozenset) and all(isinstance(one, _PLAIN) for one in value):
            self._note("set", repr(sorted(map(repr, value))))
        elif not self._wrapper(path, value) and not self._instance(path, value):
            raise SourceLackedError(
                f"`{path}` is a {type(value).__module__}.{type(value).__qualname__}, whose content cannot be hashed; "
                "make it inside the method that uses it, or from a function, numbers, text or arrays"
            )

    def _wrapper(self, path: str, value: Any) -> bool:
        """Hash what stands around a function: a descriptor, a compiled kernel, a cache, a partial call."""
        inner: tuple[Any, ...]
        if isinstance(value, staticmethod | classmethod | MethodType):
            inner = (value.__func__,)
        elif isinstance(value, property):
            inner = tuple(one for one in (value.fget, value.fset) if one is not None)
        elif isinstance(value, functools.cached_property):
            inner = (value.func,)
        elif isinstance(value, functools.partial):
            inner = (value.func, value.args, value.keywords)
        elif isinstance(getattr(value, "py_func", None), FunctionType):
            inner = (value.py_func, getattr(value, "targetoptions", {}))
        elif isinstance(getattr(value, "__wrapped__", None), FunctionType):
            inner = (value.__wrapped__,)
        elif isinstance(value, _BUILT_IN):
            self._note("built in", str(getattr(value, "__module__", "numpy")), value.__name__)
            return True
        else:
            return False
        self._note(type(value).__name__)
        for one in inner:
            self.take(path, one)
        return True

    def _instance(self, path: str, value: Any) -> bool:
        """Hash an object whose fields are all that there is to it."""
        fields: dict[str, Any]
        if isinstance(value, logging.Logger):
            self._note("logger", value.name)
            return True
        if isinstance(value, BaseModel):
            fields = {name: getattr(value, name) for name in type(value).model_fields}
        elif dataclasses.is_dataclass(value):
            fields = {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}
        elif type(value).__module__ in ("typing", "types"):
            self._note("type", repr(value))
            return True
        else:
            return False
        self.take(path, type(value))
        for name, item in fields.items():
            self._note(name)
            self.take(f"{path}.{name}", item)
        return True

    def _function(self, path: str, function: FunctionType) -> None:
        if self._is_foreign(function.__module__, function.__qualname__):
            return
        self._own(path, function.__module__)
        self._note("function", _source(path, function))
        self._code(path, function, function.__code__)
        self.take(path, function.__defaults__)
        self.take(path, function.__kwdefaults__)
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            self._note(name)
            try:
                self.take(f"{path}.{name}", cell.cell_contents)
            except ValueError:
                self._note("an empty cell")

    def _code(self, path: str, function: FunctionType, code: CodeType) -> None:
        """Hash the bytecode too, for a file may have been edited since it was imported, and what its names mean."""
        self._note("code", code.co_code, repr(code.co_names), repr(code.co_varnames))
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                self._code(path, function, constant)
            elif isinstance(constant, frozenset):
                self._note("constant", repr(sorted(map(repr, constant))))
            else:
                self._note("constant", repr(constant))
        for step in dis.get_instructions(code):
            if step.opname in ("LOAD_GLOBAL", "LOAD_NAME") and step.argval in function.__globals__:
                self._note(str(step.argval))
                self.take(f"{path}.{step.argval}", function.__globals__[step.argval])
            elif step.opname == "IMPORT_NAME":
                self._import(path, function, str(step.argval))

    def _import(self, path: str, function: FunctionType, name: str) -> None:
        package = str(function.__globals__.get("__package__") or "")
        for known in (name, f"{package}.{name}" if package else ""):
            if known in sys.modules:
                self.take(f"{path}.{name}", sys.modules[known])
                return
        if self._is_foreign(name, name):
            return
        try:
            module = import_module(name)
        except ImportError:
            try:
                module = import_module(resolve_name(f".{name}", package))
            except ImportError as error:
                raise SourceLackedError(
                    f"`{path}` imports `{name}`, which cannot be imported: {error}"
                ) from error
        self.take(f"{path}.{name}", module)

    def _class(self, path: str, kind: type) -> None:
        if self._is_foreign(kind.__module__, kind.__qualname__):
            return
        self._own(path, kind.__module__)
        self._note("class", kind.__qualname__)
        for parent in kind.__bases__:
            self.take(path, parent)
        if issubclass(kind, BaseModel):
            for name, field in kind.model_fields.items():
                self._field(f"{path}.{name}", name, field)
        made = dataclasses.is_dataclass(kind)
        for name, value in vars(kind).items():
            if _SKIPPED.fullmatch(name) or name.startswith("__pydantic_"):
                continue
            if made and isinstance(value, FunctionType) and value.__code__.co_filename == "<string>":
                continue  # what `@dataclass` writes from the fields
            self._note("attribute", name)
            if type(value).__name__ != "member_descriptor":
                self.take(f"{path}.{name}", value)

    def _field(self, path: str, name: str, field: FieldInfo) -> None:
        self._note("field", name)
        self._annotation(path, field.annotation)
        if not field.is_required() and field.default_factory is None:
            self.take(path, field.default)
        for one in (field.default_factory, *field.metadata):
            check = getattr(one, "func", one)
            if isinstance(check, FunctionType):
                self.take(path, check)
            else:
                self._note(_stable(one))

    def _annotation(self, path: str, annotation: Any) -> None:
        """Hash a parameter's type: a choice may have methods of its own."""
        parts = get_args(annotation)
        if parts:
            self._note(_stable(get_origin(annotation)))
            for part in parts:
                self._annotation(path, part)
        elif isinstance(annotation, type):
            self.take(path, annotation)
        else:
            self._note(_stable(annotation))

    def _module(self, path: str, module: ModuleType) -> None:
        if self._is_foreign(module.__name__, module.__name__):
            return
        file = getattr(module, "__file__", None)
        if module.__name__ == "__main__" or not file or not Path(file).is_file():
            raise SourceLackedError(
                f"`{path}` is the module `{module.__name__}`, which has no file; import the names that are used"
            )
        self._own(path, module.__name__)
        self._note("module", module.__name__, Path(file).read_bytes())
        for name, value in vars(module).items():
            if not name.startswith("__") and self._belongs(value):
                self._note(name)
                self.take(f"{path}.{name}", value)

    @staticmethod
    def _belongs(value: object) -> bool:
        """Whether something in a module is code; its file covers everything else."""
        return isinstance(value, ModuleType | type | FunctionType) or hasattr(value, "py_func")

    def _own(self, path: str, module: str) -> None:
        known = sys.modules.get(module)
        if known is not None:
            self.modules[module] = known
        elif module != "__main__":
            raise SourceLackedError(
                f"`{path}` is of the module `{module}`, which is not loaded under this name; import it"
            )

    def _is_foreign(self, module: str | None, name: str) -> bool:
        """Whether code is no part of the program; if so, hash its version."""
        root = (module or "builtins").partition(".")[0]
        if root not in self._libraries:
            self._libraries[root] = library_version(root)
        version = self._libraries[root]
        if version is None:
            return False
        self._note("foreign", str(module), name, version)
        return True

    def _note(self, *parts: str | bytes) -> None:
        for part in parts:
            data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
            self._hash.update(b"%d " % len(data))
            self._hash.update(data)
        self._hash.update(b"\n")


def _stable(value: object) -> str:
    """Return a value as text, without the addresses of objects."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))


def _source(path: str, function: FunctionType) -> str:
    try:
        return textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError) as error:
        raise SourceLackedError(
            f"the source of `{path}` ({function.__code__.co_filename}) is not available, so changes to it "
            "could not be detected; write it into a file or a notebook"
        ) from error
