"""The public holidays of a country, with those that follow the moon and those that are made up for."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays

#: Country code -> the languages its holidays are named in, by ours.
COUNTRIES: dict[str, dict[str, str]] = {"KR": {"ko": "ko", "en": "en_US"}}


@lru_cache(maxsize=256)
def holidays_of(country: str, year: int, language: str = "ko") -> Mapping[date, str]:
    """Return a year's holidays by date, named in the language ("ko", "en")."""
    named = COUNTRIES[country].get(language, "en_US")
    return dict(holidays.country_holidays(country, years=year, language=named).items())
