"""What a browser and an address give away about a shop, so that nobody has to type it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import available_timezones

_CURRENCIES = {
    "GB": "GBP", "US": "USD", "CH": "CHF", "SE": "SEK", "NO": "NOK", "DK": "DKK", "PL": "PLN", "CZ": "CZK", "CA": "CAD",
    "AU": "AUD", "NZ": "NZD", "JP": "JPY", "MX": "MXN", "AR": "ARS", "CO": "COP", "CL": "CLP", "AE": "AED", "SA": "SAR",
    "EG": "EGP", "TR": "TRY", "IN": "INR", "ZA": "ZAR", "BR": "BRL", "SG": "SGD", "HK": "HKD", "HU": "HUF", "RO": "RON",
    "IL": "ILS", "KR": "KRW", "MA": "MAD", "JO": "JOD", "QA": "QAR", "KW": "KWD",
}  # fmt: skip
# Where the language leaves the country open, the clock on the wall says it.
_BY_ZONE = {"Europe/London": "GBP", "Europe/Zurich": "CHF", "Asia/Tokyo": "JPY", "Europe/Warsaw": "PLN"}


def zone(asked: str) -> str:
    """The browser's time zone if it is one; otherwise UTC."""
    return asked if asked in available_timezones() else "UTC"


def currency(tag: str, timezone: str) -> str:
    """ISO 4217, from a language tag with a country ("en-GB") or the time zone; otherwise the euro, or the US dollar."""
    country = next((part.upper() for part in tag.replace("_", "-").split("-")[1:] if len(part) == 2), "")
    if country in _CURRENCIES and not (country == "US" and timezone.startswith("Europe/")):
        return _CURRENCIES[country]
    if timezone in _BY_ZONE:
        return _BY_ZONE[timezone]
    return "USD" if timezone.startswith(("America/", "US/")) else "EUR"


def language(tag: str, ours: Sequence[str]) -> str:
    """One of our languages, "en" where theirs is none of them."""
    code = tag.lower().replace("_", "-").partition("-")[0]
    return code if code in ours else "en"
