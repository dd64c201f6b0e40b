"""Why measures do not apply, in the languages of the exporter's page."""

import re
from datetime import date

import pytest
from flask import Flask

from tariffcalc.engine.reasons import (
    FactNotSaid,
    GivesWay,
    NothingLeft,
    NothingToBiteOn,
    OnTheWater,
    OriginLeftOut,
    ProductExcepted,
    ProductNotInProgramme,
    Reason,
    Relieved,
    Stopped,
)
from tariffcalc.law.schedule import Fact
from tariffcalc.web.pages.reasons import applies_not

DAY = date(2025, 3, 4)
NAMES = {"s232-steel": "Steel", "MEX": "Mexico"}

KINDS: list[tuple[Reason, str, str]] = [
    (
        OriginLeftOut("MEX"),
        "Goods of Mexico are not in it.",
        "Les marchandises de cette origine n'en font pas partie : Mexico.",
    ),
    (ProductNotInProgramme(), "The programme does not cover the product.", "Le programme ne couvre pas le produit."),
    (ProductExcepted(()), "The product is excepted.", "Le produit est excepté."),
    (ProductExcepted(("Energy",)), "The product is excepted: Energy.", "Le produit est excepté : [Energy]."),
    (
        FactNotSaid(Fact("usmca", "Claimed"), named=True),
        "Only for goods where this holds: Claimed.",
        "Seulement pour les marchandises où ceci est vrai : [Claimed].",
    ),
    (Stopped("ended", DAY, "EO 1"), "Ended since 4 March 2025 (EO 1).", "Terminé le 4 mars 2025 ([EO 1])."),
    (
        Stopped("suspended", DAY, "EO 1"),
        "Suspended since 4 March 2025 (EO 1).",
        "Suspendu depuis le 4 mars 2025 ([EO 1]).",
    ),
    (
        OnTheWater(DAY, DAY, "EO 1"),
        "Loaded before 4 March 2025 and entered before 4 March 2025 (EO 1).",
        "Chargées avant le 4 mars 2025, entrées avant le 4 mars 2025 ([EO 1]).",
    ),
    (
        Relieved(None, "EO 1"),
        "Relieved: the product is on the list of exemptions (EO 1).",
        "Le produit figure sur la liste des exemptions ([EO 1]).",
    ),
    (Relieved("Claimed", "EO 1"), "Relieved: Claimed (EO 1).", "Exempté : [Claimed (EO 1)]."),
    (GivesWay((("s232-steel", "EO 1"),)), "Yields to Steel (EO 1).", "Cède la place à : [Steel (EO 1)]."),
    (GivesWay((("s232-steel", ""),)), "Yields to Steel.", "Cède la place à : [Steel]."),
    (
        NothingToBiteOn(),
        "No part of the value is what the measure bites on.",
        "Aucune partie de la valeur n'est visée par la mesure.",
    ),
    (
        NothingLeft(("s232-steel",)),
        "Nothing of the value is left after Steel.",
        "Il ne reste rien de la valeur après : [Steel].",
    ),
]


def told(app: Flask, reason: Reason, language: str) -> str:
    """A reason as the page tells it, what stays English in square brackets."""
    with app.test_request_context(f"/?lang={language}"):
        text = str(applies_not(reason, NAMES))
    return re.sub(r'<span lang="en">(.*?)</span>', r"[\1]", text).replace("&#39;", "'").replace("\u00a0", " ")


@pytest.mark.parametrize(("reason", "english", "french"), KINDS)
def test_each_kind_of_reason_is_told_in_each_language(app: Flask, reason: Reason, english: str, french: str) -> None:
    assert told(app, reason, "en") == english
    assert told(app, reason, "fr").startswith(french)
    assert told(app, reason, "es").partition("[")[0] not in {told(app, reason, one) for one in ("en", "fr")}
