"""Every table, for Tortoise: it looks for models in one module."""

from tenants.access_log.models import AccessLogEntry, AccessSeal
from tenants.account.models import FactorReset, Letter, PasswordReset
from tenants.authorisations.models import Authorisation
from tenants.cases.models import (
    CaseAddress,
    CaseChange,
    CaseContacts,
    CaseDisadvantage,
    CaseEconomic,
    CaseEducation,
    CaseFile,
    CaseHealth,
    CaseHousing,
    CaseIdentity,
    CaseIdentityCode,
    CaseIsee,
    CaseJustice,
    CaseLegalStatus,
    CaseNameWord,
    CaseNeed,
    CaseNeedDetail,
    CaseReference,
    CaseWork,
)
from tenants.events.models import Event, Processed
from tenants.invitations.models import Invitation
from tenants.joint_work.models import (
    JointIntervention,
    JointInterventionAuthorisation,
    JointInterventionOffer,
    JointInterventionPartner,
)
from tenants.members.models import Account, KnownDevice, Member, RoleMask, SecondFactor, Session, SignInThrottle
from tenants.notifications.models import Notification
from tenants.operations.models import Idempotency
from tenants.organisations.models import Organisation
from tenants.pacts.models import PactClause, PactGrant, PactParty, PactTerm, PactVersion
from tenants.persons.models import Person
from tenants.sharing.models import CaseAccess
from tenants.territories.models import Territory

__all__ = [
    "AccessLogEntry",
    "AccessSeal",
    "Account",
    "Authorisation",
    "CaseAccess",
    "CaseAddress",
    "CaseChange",
    "CaseContacts",
    "CaseDisadvantage",
    "CaseEconomic",
    "CaseEducation",
    "CaseFile",
    "CaseHealth",
    "CaseHousing",
    "CaseIdentity",
    "CaseIdentityCode",
    "CaseIsee",
    "CaseJustice",
    "CaseLegalStatus",
    "CaseNameWord",
    "CaseNeed",
    "CaseNeedDetail",
    "CaseReference",
    "CaseWork",
    "Event",
    "FactorReset",
    "Idempotency",
    "Invitation",
    "JointIntervention",
    "JointInterventionAuthorisation",
    "JointInterventionOffer",
    "JointInterventionPartner",
    "KnownDevice",
    "Letter",
    "Member",
    "Notification",
    "Organisation",
    "PactClause",
    "PactGrant",
    "PactParty",
    "PactTerm",
    "PactVersion",
    "PasswordReset",
    "Person",
    "Processed",
    "RoleMask",
    "SecondFactor",
    "Session",
    "SignInThrottle",
    "Territory",
]
