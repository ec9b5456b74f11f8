"""How often long-lived programs look for rubbish. Nothing here frees anything that is in use."""

import gc

#: A page or a batch makes tens of thousands of short-lived objects and next to no cycles.
_RARELY = (20_000, 20, 50)
_VERY_RARELY = (100_000, 50, 100)


def collect_rarely(*, by_the_batch: bool = False) -> None:
    """Let what is loaded now stay, and the collector come round less often.

    A program that works by the batch holds hundreds of rows at a time: the collector would walk over
    all of them again and again, and find none to free.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*(_VERY_RARELY if by_the_batch else _RARELY))
