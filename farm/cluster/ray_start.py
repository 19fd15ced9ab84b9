"""`ray start` without processes that a farm does not need: ``python -m farm.cluster.ray_start start --block …``

Ray has no options to disable these two. Its server for remote drivers is skipped as if its library were missing, its
dashboard server as if it could not be started: Ray handles both cases.
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
