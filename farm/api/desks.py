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
        """:class:`farm.services.jobs.JobDesk`"""
        self.batches = Desk("batches", ask)
        """:class:`farm.services.batches.BatchDesk`"""
        self.access = Desk("access", ask)
        """:class:`farm.services.access.AccessDesk`"""
        self.audit = Desk("audit", ask)
        """:class:`farm.services.audit.AuditDesk`"""
        self.fleet = Desk("fleet", ask)
        """:class:`farm.services.fleet.FleetDesk`"""
        self.assets = Desk("assets", ask)
        """:class:`farm.services.assets.AssetDesk`"""
        self.scripts = Desk("scripts", ask)
        """:class:`farm.services.scripts.ScriptDesk`"""
        self.templates = Desk("templates", ask)
        """:class:`farm.services.templates.TemplateDesk`"""
        self.works = Desk("works", ask)
        """:class:`farm.services.works.WorkDesk`"""
        self.productions = Desk("productions", ask)
        """:class:`farm.services.productions.ProductionDesk`"""
        self.studio = Desk("studio", ask)
        """:class:`farm.services.renders.StudioDesk`"""
        self.controller = Desk("office", ask)
        """:class:`farm.controller.controller.FarmController`"""
        self.learned = Desk("learned", ask)
        """:class:`farm.services.audience.LearnedDesk`"""
        self.catalog = Desk("catalog", ask)
        """:class:`farm.services.catalog.CatalogDesk`"""
        self.storage = Desk("storage", ask)
        """:class:`farm.services.storage.StorageDesk`"""
        self.previews = Desk("previews", ask)
        """:class:`farm.services.previews.Previews`"""
