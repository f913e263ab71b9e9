"""A telephone number as people read it: grouped, and with its country when that is another one."""

import phonenumbers
from babel import Locale

from tenants.cases.catalogues import HOME_COUNTRY


def telephone(number: str, language: str = "") -> str:
    """Return the number of the API as it is written; in a language, with the country that a foreign one is of."""
    try:
        known = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    if known.country_code == phonenumbers.country_code_for_region(HOME_COUNTRY):
        return phonenumbers.format_number(known, phonenumbers.PhoneNumberFormat.NATIONAL)
    written = phonenumbers.format_number(known, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    country = Locale(language).territories.get(phonenumbers.region_code_for_number(known)) if language else None
    return f"{written} ({country})" if country else written
