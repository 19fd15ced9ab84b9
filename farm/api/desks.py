"""The desks as the routes see them: every call is awaited, wherever the desk runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

Ask = Callable[[str, str, tuple[Any, ...]], Awaitable[Any]]
"""Calls a method of a desk, both by name; raises what the method raises, or an error if the desk is unreachable."""


class Desk:
    """Proxy for a desk, by name: its methods are awaited."""

    def __init__(self, name: str, ask: Ask) -> None:
        self._name = name
        self._ask = ask

    def __getattr__(self, method: str) -> Callable[..., Awaitable[Any]]:
        def call(*values: Any) -> Awaitable[Any]:
            return self._ask(self._name, method, values)

        return call


class Desks:
    """All desks of a farm, called through one function."""

    def __init__(self, ask: Ask) -> None:
        self.jobs = Desk("jobs", ask)
        """:class:`farm.service.jobs.JobDesk`"""
        self.batches = Desk("batches", ask)
        """:class:`farm.service.batches.BatchDesk`"""
        self.access = Desk("access", ask)
        """:class:`farm.service.access.AccessDesk`"""
        self.audit = Desk("audit", ask)
        """:class:`farm.service.audit.AuditDesk`"""
        self.fleet = Desk("fleet", ask)
        """:class:`farm.service.fleet.FleetDesk`"""
        self.assets = Desk("assets", ask)
        """:class:`farm.library.assets.AssetDesk`"""
        self.scripts = Desk("scripts", ask)
        """:class:`farm.library.scripts.ScriptDesk`"""
        self.templates = Desk("templates", ask)
        """:class:`farm.library.templates.TemplateDesk`"""
        self.works = Desk("works", ask)
        """:class:`farm.library.works.WorkDesk`"""
        self.productions = Desk("productions", ask)
        """:class:`farm.library.productions.ProductionDesk`"""
        self.studio = Desk("studio", ask)
        """:class:`farm.service.works.StudioDesk`"""
        self.office = Desk("office", ask)
        """:class:`farm.service.office.Office`"""
        self.learned = Desk("learned", ask)
        """:class:`farm.library.learned.LearnedDesk`"""
        self.catalog = Desk("catalog", ask)
        """:class:`farm.library.keeping.CatalogDesk`"""
        self.storage = Desk("storage", ask)
        """:class:`farm.service.storage.StorageDesk`"""
        self.previews = Desk("previews", ask)
        """:class:`farm.service.previews.Previews`"""
