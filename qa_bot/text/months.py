"""The names of months, in the languages that speeches and questions write dates in."""

from __future__ import annotations

# English, French, Spanish, German, Portuguese, Italian; English abbreviations.
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january janvier enero januar janeiro gennaio jan",
            "february février fevrier febrero februar fevereiro febbraio feb",
            "march mars marzo märz março mar",
            "april avril abril aprile apr",
            "may mai mayo maio maggio",
            "june juin junio juni junho giugno jun",
            "july juillet julio juli julho luglio jul",
            "august août aout agosto aug",
            "september septembre septiembre setiembre setembro settembre sept sep",
            "october octobre octubre oktober outubro ottobre oct",
            "november novembre noviembre novembro nov",
            "december décembre decembre diciembre dezember dezembro dicembre dec",
        ),
        start=1,
    )
    for name in names.split()
}
