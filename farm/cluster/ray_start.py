"""`ray start` without the processes that a farm has no use for: ``python -m farm.cluster.ray_start start --block …``

Ray has no options for these two. Its server for drivers elsewhere is left out as where its library is missing, its
dashboard's server as where it could not be started: Ray is made for both.
"""

from __future__ import annotations

from ray._private import services
from ray.scripts import scripts


def main() -> None:
    """Run Ray's command line."""
    scripts.get_ray_client_dependency_error = lambda: "a farm has no drivers elsewhere"
    services.start_api_server = lambda *_values, **_named: (None, None)
    scripts.main()


if __name__ == "__main__":
    main()
