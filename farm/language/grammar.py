"""The grammar of expressions: text to a tree, with no way to write anything but a computation.

::

    expression := "if" expression "then" expression "else" expression | or
    or         := and ("or" and)*
    and        := not ("and" not)*
    not        := "not" not | comparison
    comparison := other (("==" | "!=" | "<" | "<=" | ">" | ">=" | "in") other)?
    other      := sum ("??" sum)*
    sum        := product (("+" | "-") product)*
    product    := unary (("*" | "/") unary)*
    unary      := "-" unary | postfix
    postfix    := primary ("." name | "[" expression "]")*
    primary    := number unit? | text | colour | "yes" | "no" | "none" | name
                | name "(" arguments ")" | "(" expression ")" | "[" expressions "]"
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple, NoReturn

from farm.errors import shortened
from farm.language.tree import Binary, Call, Choice, Item, Listed, Literal, Member, Name, Tree, Unary
from farm.language.types import UNITS

LONGEST: Final = 2_000
"""The most characters of an expression."""
DEEPEST: Final = 24
"""How deep its brackets and conditions nest."""


class GrammarError(Exception):
    """Text is no expression; ``at`` is the character at which that shows."""

    def __init__(self, message: str, at: int) -> None:
        self.at = at
        """Counted from 0."""
        super().__init__(message)


_COMPARED: Final = 3
_LEVELS: Final = {
    "or": 1, "and": 2, **dict.fromkeys(("==", "!=", "<", "<=", ">", ">=", "in"), _COMPARED), "??": 4,
    "+": 5, "-": 5, "*": 6, "/": 6,
}  # fmt: skip
"""How tightly operators bind."""
WORDS: Final = frozenset(
    {"if", "then", "else", "and", "or", "not", "in", "yes", "no", "true", "false", "none"}
)
"""Words that are no names."""
_SCAN: Final = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?:e-?\d{1,2})?)(?P<unit>%|[A-Za-z_]\w*)?"
    r"|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<color>\#[0-9A-Fa-f]+)"
    r"|(?P<sign>\?\?|==|!=|<=|>=|[-+*/<>().,\[\]=]))",
    re.ASCII,
)


class _Token(NamedTuple):
    kind: str
    text: str
    at: int
    unit: str = ""


def _tokens(text: str) -> list[_Token]:
    if len(text) > LONGEST:
        raise GrammarError(f"an expression has at most {LONGEST:,} characters; name parts of it in `let`", 0)
    found, at = [], 0
    end = len(text.rstrip())
    while at < end:
        match = _SCAN.match(text, at)
        if match is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            _stray(text, at)
        kind = str(match.lastgroup if match.lastgroup != "unit" else "number")
        found.append(_Token(kind, match[kind], match.start(kind), match["unit"] or ""))
        at = match.end()
    return [*found, _Token("end", "", len(text))]


def _stray(text: str, at: int) -> NoReturn:
    sign = text[at]
    hint = {
        "'": "a text has no closing quote",
        '"': "a text has no closing quote",
        "!": "write `not`",
        "&": "write `and`",
        "|": "write `or`",
        "?": "write `if … then … else …`, or `a ?? b` for `a`, or `b` where there is no `a`",
        "%": "for the remainder of a division write `mod(a, b)`",
        "^": "there are no powers",
        "#": "a colour is #rgb, #rrggbb or #rrggbbaa",
    }.get(sign, "it has no meaning in an expression")
    raise GrammarError(f"`{shortened(sign, 4)}`: {hint}", at)


def parse(text: str) -> Tree:
    """Return the tree of an expression.

    Raises:
        GrammarError: it is none.
    """
    reader = _Reader(_tokens(text))
    tree = reader.expression()
    reader.end()
    return tree


class _Reader:
    """Reads tokens by recursive descent, to a bounded depth."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._token = tokens[0]
        self._next = 0
        self._depth = 0

    def _take(self) -> _Token:
        token = self._token
        self._next += 1
        self._token = self._tokens[self._next] if self._next < len(self._tokens) else token
        return token

    def _sees(self, *words: str) -> bool:
        token = self._token
        return token.text in words and token.kind in ("sign", "name")

    def _expect(self, word: str, after: str) -> _Token:
        if not self._sees(word):
            self._lack(f"`{word}` {after}")
        return self._take()

    def _lack(self, wanted: str) -> NoReturn:
        token = self._token
        found = f"`{shortened(token.text, 30)}`" if token.kind != "end" else "the end"
        raise GrammarError(f"{wanted} is due, but found {found}", token.at)

    def end(self) -> None:
        token = self._token
        if token.kind != "end":
            hint = "; write `==` to compare" if token.text == "=" else ""
            raise GrammarError(f"`{shortened(token.text, 30)}` follows a complete expression{hint}", token.at)

    def expression(self) -> Tree:
        self._depth += 1
        if self._depth > DEEPEST:
            raise GrammarError(
                f"nested deeper than {DEEPEST} levels; name parts of it in `let`", self._token.at
            )
        tree = self._choice() if self._sees("if") else self._binary(1)
        self._depth -= 1
        return tree

    def _choice(self) -> Tree:
        at = self._take().at
        condition = self.expression()
        self._expect("then", "after the condition of `if`")
        then = self.expression()
        self._expect("else", "after the value of `then`")
        return Choice(condition, then, self.expression(), at)

    def _binary(self, least: int) -> Tree:
        """Read operators that bind at least as tightly as a level, by precedence climbing."""
        if self._sees("not"):
            if least > _COMPARED:
                self._lack("a value")
            token = self._take()
            tree: Tree = Unary("not", self._deeper(lambda: self._binary(_COMPARED)), token.at)
        else:
            tree = self._unary()
        while True:
            token = self._token
            level = _LEVELS.get(token.text, 0) if token.kind in ("sign", "name") else 0
            if level < least or not level:
                return tree
            self._take()
            tree = Binary(token.text, tree, self._binary(level + 1), token.at)
            if level == _COMPARED and _LEVELS.get(self._token.text) == _COMPARED:
                raise GrammarError("comparisons are joined by `and`", self._token.at)

    def _unary(self) -> Tree:
        if not self._sees("-"):
            return self._postfix()
        token = self._take()
        return Unary("-", self._deeper(self._unary), token.at)

    def _deeper(self, read: Callable[[], Tree]) -> Tree:
        self._depth += 1
        if self._depth > DEEPEST:
            raise GrammarError(
                f"nested deeper than {DEEPEST} levels; name parts of it in `let`", self._token.at
            )
        tree = read()
        self._depth -= 1
        return tree

    def _postfix(self) -> Tree:
        tree = self._primary()
        while self._sees(".", "["):
            token = self._take()
            if token.text == "[":
                index = self.expression()
                self._expect("]", "after an index")
                tree = Item(tree, index, token.at)
            elif self._token.kind != "name":
                self._lack("a field's name")
            else:
                name = self._take()
                tree = Member(tree, name.text, name.at)
        return tree

    def _primary(self) -> Tree:
        token = self._token
        if token.kind == "number":
            self._take()
            return _number(token)
        if token.kind == "text":
            self._take()
            return Literal(token.text[1:-1], "text", "", token.at)
        if token.kind == "color":
            self._take()
            return Literal(token.text, "color", "", token.at)
        if token.kind == "name":
            return self._named()
        if self._sees("("):
            self._take()
            tree = self.expression()
            self._expect(")", "to close the bracket")
            return tree
        if self._sees("["):
            self._take()
            items: list[Tree] = []
            while not self._sees("]"):
                items.append(self.expression())
                if not self._sees("]"):
                    self._expect(",", "between items")
            self._take()
            return Listed(tuple(items), token.at)
        return self._lack("a value")

    def _named(self) -> Tree:
        token = self._token
        if token.text in ("yes", "true", "no", "false"):
            self._take()
            return Literal(token.text in ("yes", "true"), "flag", "", token.at)
        if token.text == "none":
            self._take()
            return Literal(None, "none", "", token.at)
        if token.text in WORDS:
            self._lack("a value")
        self._take()
        if self._sees("("):
            return self._call(token)
        return Name(token.text, token.at)

    def _call(self, name: _Token) -> Tree:
        self._take()
        args: list[Tree] = []
        named: list[tuple[str, Tree]] = []
        while not self._sees(")"):
            following = self._tokens[self._next + 1] if self._next + 1 < len(self._tokens) else self._token
            if self._token.kind == "name" and following.text == "=":
                word = self._take()
                self._take()
                if word.text in dict(named):
                    raise GrammarError(f"`{word.text}` is given twice", word.at)
                named.append((word.text, self.expression()))
            elif named:
                raise GrammarError("arguments without a name come first", self._token.at)
            else:
                args.append(self.expression())
            if not self._sees(")"):
                self._expect(",", "between arguments")
        self._take()
        return Call(name.text, tuple(args), tuple(named), name.at)


def _number(token: _Token) -> Literal:
    value = float(token.text) if any(sign in token.text for sign in ".e") else int(token.text)
    if abs(value) > 1e12:
        raise GrammarError("numbers are at most 1e12", token.at)
    if token.unit == "%":
        return Literal(value / 100, "number", "", token.at)
    if token.unit and token.unit not in UNITS:
        allowed = ", ".join([*UNITS, "%"])
        raise GrammarError(f"`{shortened(token.unit, 20)}` is no unit; allowed: {allowed}", token.at)
    return Literal(value, "number", token.unit, token.at)
