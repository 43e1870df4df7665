"""Who may come in: tokens and browser sessions, what they allow, and patience with wrong ones."""

from dataclasses import dataclass
from uuid import UUID

from aioplantops.models import Scope


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who showed a valid token or session."""

    token_id: UUID
    name: str
    """The token's name."""
    scopes: tuple[Scope, ...]
    by_session: bool = False
    """True: a browser with a cookie, whose Origin must be checked."""

    def may(self, scope: Scope) -> bool:
        """Tell whether one of the token's scopes allows it."""
        return any(held.grants(scope) for held in self.scopes)


class Access:
    """The doorkeeper."""
