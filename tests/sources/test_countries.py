"""Countries by any usual spelling."""

import pycountry
import pytest

from tariffcalc.errors import UnknownOriginError
from tariffcalc.sources.countries import country_code, country_codes, country_names


@pytest.mark.parametrize(
    ("text", "iso3"),
    [
        ("CAN", "CAN"),
        ("ca", "CAN"),
        (" Canada ", "CAN"),
        ("1220", "CAN"),
        ("2010", "MEX"),
        ("5700", "CHN"),
        ("south  korea", "KOR"),
        ("Korea, South", "KOR"),
        ("UK", "GBR"),
        ("Türkiye", "TUR"),
        ("Turkey", "TUR"),
        ("Côte d'Ivoire", "CIV"),
        ("Cote d'Ivoire", "CIV"),
        ("C\u00d4TE D\u2019IVOIRE", "CIV"),
        ("Burma", "MMR"),
        ("NA", "NAM"),
        ("XK", "XKX"),
        ("5082", "PSE"),
        ("5083", "PSE"),
    ],
)
def test_usual_spellings_are_known(text: str, iso3: str) -> None:
    """Codes and names of any capitals, with and without accents."""
    assert country_code(text) == iso3


@pytest.mark.parametrize("text", ["Korea", "Congo", "", "EU", "Atlantis", "0000"])
def test_what_is_no_country_or_means_two_is_refused(text: str) -> None:
    """A name that stands for two countries is never guessed."""
    with pytest.raises(UnknownOriginError):
        country_code(text)


def test_every_iso_country_is_known_by_its_codes_and_name() -> None:
    """No country of ISO 3166 is missing from the compiled table, and each has a name to show."""
    codes = country_codes()
    countries = list(pycountry.countries)
    wanted = {(text, country.alpha_3) for country in countries for text in (country.alpha_3, country.alpha_2)}
    assert [pair for pair in sorted(wanted) if codes.get(pair[0]) != pair[1]] == []
    assert {country.alpha_3 for country in countries} <= set(country_names())


def test_a_misspelt_country_gets_the_nearest_name() -> None:
    """The hint names what was probably meant."""
    with pytest.raises(UnknownOriginError) as caught:
        country_code("Germnay")
    assert "Germany" in str(caught.value.hint)
