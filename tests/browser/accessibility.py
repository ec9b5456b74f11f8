"""What axe holds against a page, looked at once its colours have come to rest."""

from axe_playwright_python.sync_playwright import Axe

_AXE = Axe()
_SETTLE = """
() => {
  for (const one of document.getAnimations()) {
    if (one.effect.getComputedTiming().endTime === Infinity) one.pause();
    else one.finish();
  }
}
"""


def complaints(page, only=()):
    """What axe holds against a page, by all its rules or by some.

    A change from light to dark runs through the colours between, which no one
    is meant to read by; so whatever moves is brought to its end first.
    """
    page.evaluate(_SETTLE)
    options = {"resultTypes": ["violations"]}  # the rest need not be described at length
    if only:
        options["runOnly"] = {"type": "rule", "values": list(only)}
    found = _AXE.run(page, options=options).response["violations"]
    return [
        (rule["id"], [node["html"][:160] for node in rule["nodes"]][:3])
        for rule in found
        if rule["impact"] in {"serious", "critical"}
    ]
