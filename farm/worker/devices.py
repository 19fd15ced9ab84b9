"""Where a worker composes frames and decodes clips: on the CPU, or on this machine's GPU."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from farm.media.nvdec import Decoder, why_no_nvdec
from farm.plan.segment import Plan
from farm.render.device import Cpu, Device

if TYPE_CHECKING:
    from farm.render.cuda.device import CudaFacts


class Devices:
    """The devices of this machine; each is probed once, when first asked for."""

    @property
    def has_gpu(self) -> bool:
        """Whether there is a GPU on which a test kernel ran with correct pixels."""
        return self._cuda.works

    @property
    def working(self) -> list[str]:
        """The names of the devices that work here, as plans name them."""
        return ["cpu", "gpu"] if self.has_gpu else ["cpu"]

    def of(self, plan: Plan) -> tuple[Device, Decoder, tuple[str, ...]]:
        """Return the device for a plan's frames, the decoder for its clips, and related warnings.

        Raises:
            MachineError: the plan requires a GPU, and there is no working one here.
        """
        if plan.device == "cpu":
            return Cpu(), "software", ()
        from farm.render.cuda.device import open_cuda

        gpu = open_cuda(self._cuda)
        if not self._nvdec:
            return gpu, "nvdec", ()
        warning = (
            f"clips were decoded in software, with the same pixels: there is no NVDEC here ({self._nvdec})"
        )
        return gpu, "software", (warning,)

    @cached_property
    def _cuda(self) -> CudaFacts:
        from farm.render.cuda.device import probe_cuda

        return probe_cuda()

    @cached_property
    def _nvdec(self) -> str:
        """Why clips are not decoded on the card; empty if they are."""
        return why_no_nvdec()
