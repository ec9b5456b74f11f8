"""Languages of customers, each called as its speakers call it. Data only."""

#: As X names them -> its own name. In the order in which customers of a Korean telecom write most.
LANGUAGES = {
    "ko": "한국어",
    "en": "English",
    "zh": "中文",
    "ja": "日本語",
    "vi": "Tiếng Việt",
    "th": "ไทย",
    "ru": "Русский",
    "es": "Español",
    "fr": "Français",
    "de": "Deutsch",
}


def language_name(code: str) -> str:
    """Return a language's own name; the code itself when we do not know it."""
    return LANGUAGES.get(code.partition("-")[0], code)
