"""Bodies that have broken somebody's inbox; the bench sends the same ones."""

from opsconsole.bench.bodies import HOSTILE

__all__ = ["HOSTILE"]
