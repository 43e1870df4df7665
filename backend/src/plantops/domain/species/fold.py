"""Names as they are compared: without case, accents, umlauts and punctuation."""

import re
import unicodedata

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "o", "æ": "ae", "œ": "oe"})
_NO_LETTER = re.compile(r"[^a-z0-9]+")


def fold(name: str) -> str:
    """Give a name in plain lower-case letters and single blanks; an umlaut is written out: ``Grünlilie``, gruenlilie.

    Letters of other scripts are dropped.
    """
    return _plain(unicodedata.normalize("NFC", name).casefold().translate(_UMLAUTS))


def fold_bare(name: str) -> str:
    """Give a name as who has no umlaut on the keyboard may write it too: ``Grünlilie``, grunlilie."""
    return _plain(name.casefold())


def _plain(text: str) -> str:
    stripped = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return _NO_LETTER.sub(" ", stripped).strip()
