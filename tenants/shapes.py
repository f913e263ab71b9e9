"""Every shape by its name; a noun that can be read has its line here."""

from tenants.access_log.shape import ACCESS_LOG_ENTRY
from tenants.account.shape import FACTOR_RESET, SESSION
from tenants.authorisations.shape import AUTHORISATION
from tenants.cases.disclosure import DISCLOSURE
from tenants.cases.need_shape import NEED
from tenants.cases.shape import CASE
from tenants.events.shape import EVENT
from tenants.invitations.shape import INVITATION
from tenants.joint_work.shape import JOINT_INTERVENTION, PARTNER
from tenants.members.shape import MEMBER, VIEWER
from tenants.notifications.shape import NOTIFICATION
from tenants.organisations.shape import ORGANISATION, TERRITORY
from tenants.pacts.shape import CLAUSE, PACT, PARTY, SHARE
from tenants.reading.shapes import Shape
from tenants.sharing.shape import FIELD_PREVIEW, PARTNER_PREVIEW, READER

ALL = (
    *(CASE, NEED, DISCLOSURE),
    *(JOINT_INTERVENTION, PARTNER, AUTHORISATION, ACCESS_LOG_ENTRY),
    *(FIELD_PREVIEW, PARTNER_PREVIEW, READER),
    *(EVENT, NOTIFICATION),
    *(MEMBER, INVITATION, FACTOR_RESET),
    *(ORGANISATION, TERRITORY, PACT, CLAUSE, SHARE, PARTY, VIEWER, SESSION),
)

SHAPES: dict[str, Shape] = {shape.name: shape for shape in ALL}
NODES: dict[str, Shape] = {shape.prefix: shape for shape in ALL if shape.prefix}
