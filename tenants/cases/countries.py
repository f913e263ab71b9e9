"""The countries that somebody can be a citizen of: ISO 3166-1 alpha-2, with the names of the Unicode CLDR."""

from types import MappingProxyType

from babel import Locale

from tenants.cases.catalogues import Catalogue

STATELESS = "XX"
"""Of nobody's country; ISO 3166 leaves this code to its users."""
NO_COUNTRIES = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])
"""Two letters that the CLDR names beside the countries: unions, islands of other countries, and what is for tests."""


def _countries() -> Catalogue:
    italian, english = (
        {str(code): str(name) for code, name in Locale(language).territories.items()} for language in ("it", "en")
    )
    codes = [code for code in italian if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES]
    named = {code: (italian[code], english[code]) for code in sorted(codes, key=lambda code: italian[code])}
    return MappingProxyType({**named, STATELESS: ("Apolide", "Stateless")})


COUNTRIES = _countries()
"""By the Italian name. Kosovo is among them as XK, which is how the European Union writes it."""
