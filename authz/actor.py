"""Who is asking: a member of one organisation, in one role, from the sign-in to the row."""

from dataclasses import dataclass
from uuid import UUID

from authz.actions import Action, action_mask
from authz.kinds import OrganisationKind
from authz.roles import MASKS, Role
from infra.errors import Refused


@dataclass(frozen=True)
class Actor:
    """A signed-in member; every verb starts with `actor.require(Action.…)`."""

    account_id: UUID
    member_id: UUID
    territory_id: UUID
    organisation_id: UUID
    organisation_slug: str
    organisation_kind: OrganisationKind
    is_lead: bool
    role: Role
    language: str

    @property
    def read_mask(self) -> int:
        """Fields that this role may ever read, whoever's case it is."""
        return MASKS[self.role].read

    @property
    def write_mask(self) -> int:
        """Fields that this role may ever write, whoever's case it is."""
        return MASKS[self.role].write

    def may(self, action: Action) -> bool:
        """Tell whether the role has this verb."""
        return bool(MASKS[self.role].actions & action_mask([action]))

    def require(self, action: Action) -> None:
        """Go on only if the role has this verb. Raises `Refused`, which names the action."""
        if not self.may(action):
            raise Refused(action=action.value)
