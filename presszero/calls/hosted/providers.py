"""Who speaks TwiML, and how each differs: where its API is, how we sign in to it, and how it signs what it sends."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Provider:
    """`api` may hold {space} (SignalWire's own host for a customer) and stands before /Accounts/…"""

    key: str
    name: str
    api: str
    suffix: str = ".json"  # behind each resource; recordings have one everywhere
    bearer: bool = False  # signs in with one key instead of account and token
    ed25519: bool = False  # signs its webhooks with a key pair, over timestamp and body
    program: str = ""  # where its program in a member's page connects to; "" without one
    texml: bool = False  # is asked in JSON, names the application a call belongs to, and takes several words as one

    def behind(self, resource: str) -> str:
        """What its address ends with."""
        return self.suffix or (".json" if "Recordings" in resource.split("/") else "")


TWILIO = Provider("twilio", "Twilio", "https://api.twilio.com/2010-04-01", program="wss://*.twilio.com")
SIGNALWIRE = Provider("signalwire", "SignalWire", "https://{space}/api/laml/2010-04-01")
TELNYX = Provider(
    "telnyx", "Telnyx", "https://api.telnyx.com/v2/texml", suffix="", bearer=True, ed25519=True, texml=True
)

PROVIDERS = {each.key: each for each in (TWILIO, SIGNALWIRE, TELNYX)}

# A voice of Amazon Polly for each language, as all of them name it. Without one a provider speaks English to everybody.
VOICES = {
    "en": "Polly.Amy",
    "de": "Polly.Vicki",
    "es": "Polly.Lucia",
    "fr": "Polly.Lea",
    "it": "Polly.Bianca",
    "nl": "Polly.Lotte",
    "pt": "Polly.Ines",
    "pl": "Polly.Ewa",
    "da": "Polly.Naja",
    "sv": "Polly.Astrid",
    "nb": "Polly.Liv",
    "ja": "Polly.Mizuki",
    "tr": "Polly.Filiz",
}
# What a provider wants where a merchant only says the language.
REGIONS = {"en": "en-GB", "de": "de-DE", "es": "es-ES", "fr": "fr-FR", "it": "it-IT", "nl": "nl-NL", "pt": "pt-PT"}
REGIONS |= {"pl": "pl-PL", "da": "da-DK", "sv": "sv-SE", "nb": "nb-NO", "ja": "ja-JP", "tr": "tr-TR"}


def provider_of(settings: Mapping[str, Any]) -> Provider:
    """The one a line is at; Twilio where it says nothing."""
    return PROVIDERS.get(str(settings.get("provider", "")), TWILIO)


def is_hosted(settings: Mapping[str, Any]) -> bool:
    return settings.get("driver") == "hosted"


def base_of(settings: Mapping[str, Any]) -> str:
    """The address before /Accounts/…, without a slash at its end."""
    found = str(settings.get("api") or provider_of(settings).api)
    return found.replace("{space}", str(settings.get("space", ""))).rstrip("/")


def sign_in(settings: Mapping[str, Any], secrets: Mapping[str, str]) -> str:
    """The Authorization header of a request to the API."""
    if provider_of(settings).bearer:
        return f"Bearer {secrets.get('api_secret', '')}"
    name, word = str(settings.get("account", "")), secrets.get("auth_token", "")
    if secrets.get("api_key") and secrets.get("api_secret"):
        name, word = secrets["api_key"], secrets["api_secret"]
    return "Basic " + base64.b64encode(f"{name}:{word}".encode()).decode()


def voice_of(settings: Mapping[str, Any], language: str) -> str:
    """The voice a merchant chose for a language, or ours; "" leaves it to the provider."""
    chosen = settings.get("voices") or {}
    short = language.partition("-")[0].lower()
    return str(chosen.get(language) or chosen.get(short) or VOICES.get(short, ""))


def region_of(language: str) -> str:
    """en-GB for en; what has a region already stays."""
    return language if "-" in language else REGIONS.get(language.lower(), language)
