"""The data plane: drafting, planning, rendering, analysing and assembling, as a plain class that any executor runs."""
