"""A dozen ready answers to begin with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class ReadyAnswer:
    """`does` as a macro's actions."""

    key: str
    name: str
    text: str
    does: Mapping[str, object] = field(default_factory=dict)


def answers() -> list[ReadyAnswer]:
    """In the language of whoever sets up; each says the next step, and who takes it."""
    return [*_parcels(), *_returns(), *_rest()]


def _parcels() -> list[ReadyAnswer]:
    """Where it is, and what happens when it is not."""
    return [
        ReadyAnswer(
            "where",
            _("Where is my order"),
            _(
                "Hi {{ customer.first_name }},\n\nI have just looked it up with the carrier, and tell you by "
                "tomorrow noon where it is, even if there is nothing new."
            ),
        ),
        ReadyAnswer(
            "late",
            _("Your parcel is late"),
            _(
                "Hi {{ customer.first_name }},\n\nyou are right, it should be with you by now, and I am sorry. I"
                " am asking the carrier today. If it has not moved by tomorrow, I send you a new one."
            ),
        ),
        ReadyAnswer(
            "damaged",
            _("It came damaged"),
            _(
                "Hi {{ customer.first_name }},\n\nthat should not have happened. Please send me one photo; then "
                "I send a new one at once. There is no need to post the broken one back."
            ),
            {"priority": 3},
        ),
        ReadyAnswer(
            "wrong",
            _("The wrong thing came"),
            _(
                "Hi {{ customer.first_name }},\n\nour mistake, I am sorry. The right one leaves today. Keep the "
                "other safe for a few days; I send a label, so that returning it costs you nothing."
            ),
            {"priority": 3},
        ),
    ]


def _returns() -> list[ReadyAnswer]:
    """Back, another one, or the money."""
    return [
        ReadyAnswer(
            "return",
            _("How to send it back"),
            _(
                "Hi {{ customer.first_name }},\n\nof course you may send it back. Put it in any box with the "
                "order number and use the label I attach. You have your money within three days of its arrival."
            ),
        ),
        ReadyAnswer(
            "swap",
            _("Another size or colour"),
            _(
                "Hi {{ customer.first_name }},\n\ngladly. Tell me which one you would like, and I put it aside "
                "for you while yours is on its way back."
            ),
        ),
        ReadyAnswer(
            "refund",
            _("Your money is on its way"),
            _(
                "Hi {{ customer.first_name }},\n\nthe money left us today. Banks take up to five working days to"
                " show it; if it is not there then, write to me and I find it."
            ),
        ),
        ReadyAnswer(
            "cancel",
            _("Stopped in time"),
            _(
                "Hi {{ customer.first_name }},\n\nit had not left yet, so I have cancelled your order. You are "
                "charged nothing."
            ),
        ),
    ]


def _rest() -> list[ReadyAnswer]:
    """What else is asked every week."""
    return [
        ReadyAnswer(
            "invoice",
            _("Your invoice"),
            _(
                "Hi {{ customer.first_name }},\n\nhere is your invoice, attached. Tell me if another name or "
                "address should be on it."
            ),
        ),
        ReadyAnswer(
            "stock",
            _("When is it back"),
            _(
                "Hi {{ customer.first_name }},\n\nit is sold out at the moment. I have noted your address and "
                "write to you the day it is back."
            ),
        ),
        ReadyAnswer(
            "looking",
            _("I am looking into it"),
            _(
                "Hi {{ customer.first_name }},\n\nthank you for telling us. I want to give you a proper answer "
                "and need a little time; you hear from me tomorrow at the latest."
            ),
        ),
        ReadyAnswer(
            "thanks",
            _("Glad it is settled"),
            _(
                "Hi {{ customer.first_name }},\n\nI am glad it worked out. If anything else comes up, answer "
                "this message and it reaches me."
            ),
            {"resolve": True},
        ),
    ]
