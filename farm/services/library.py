"""The services over one catalog, wired together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from farm.contract.assets import AssetService
from farm.contract.audience import AudienceService
from farm.contract.catalog import CatalogService
from farm.contract.productions import ProductionService
from farm.contract.scripts import ScriptService, TemplateService
from farm.contract.works import WorkService
from farm.journal.entry import NewJob
from farm.journal.quotas import Quotas
from farm.plugins.registry import Registry
from farm.services.assets import CatalogAssets
from farm.services.audience import CatalogAudience
from farm.services.catalog import CatalogMaintenance
from farm.services.library_media import Media
from farm.services.productions import CatalogProductions
from farm.services.scripts import CatalogScripts
from farm.services.templates import CatalogTemplates
from farm.services.work_maker import WorkMaker
from farm.services.works import CatalogWorks
from farm_catalog.catalog import Catalog


@dataclass(frozen=True, slots=True)
class LibraryServices:
    """All services over one catalog."""

    media: Media
    """The library's media."""
    assets: CatalogAssets
    """Assets."""
    scripts: CatalogScripts
    """Scripts."""
    templates: CatalogTemplates
    """Declarative templates."""
    works: CatalogWorks
    """Works."""
    productions: CatalogProductions
    """Productions."""
    audience: CatalogAudience
    """Events of productions, and their statistics."""
    maintenance: CatalogMaintenance
    """The catalog itself."""

    def services(self) -> dict[type, object]:
        """Return the implementations by the Protocols of the contract."""
        return {
            AssetService: self.assets,
            ScriptService: self.scripts,
            TemplateService: self.templates,
            WorkService: self.works,
            ProductionService: self.productions,
            AudienceService: self.audience,
            CatalogService: self.maintenance,
        }


def build_library(
    catalog: Callable[[], Catalog],
    media: Media,
    registry: Callable[[], Registry],
    *,
    quotas: Quotas | None,
    arrived: Callable[[], None],
    accept: Callable[[NewJob], tuple[str, bool]],
    fresh_id: Callable[[], str],
) -> LibraryServices:
    """Return the services over a catalog.

    Args:
        catalog: Returns the open catalog.
        media: The library's media.
        registry: Returns the plugin registry; called when a template is saved.
        quotas: Limits the number of assets; None for no limit.
        arrived: Called when assets have been added that need analysis.
        accept: Accepts the job of a production; returns its id, and whether it repeats an earlier one.
        fresh_id: Returns a new unique id for a production's job.
    """
    assets = CatalogAssets(catalog, media, quotas, arrived)
    scripts = CatalogScripts(catalog)
    templates = CatalogTemplates(catalog, registry)
    works = CatalogWorks(catalog, WorkMaker(catalog, assets, scripts, templates), templates)
    return LibraryServices(
        media,
        assets,
        scripts,
        templates,
        works,
        CatalogProductions(catalog, works, accept, fresh_id),
        CatalogAudience(catalog),
        CatalogMaintenance(catalog, media),
    )
