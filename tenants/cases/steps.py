"""The path of a case: which step may follow which. PostgreSQL holds the same table: no statement goes around it.

A change of this table needs a migration that makes `change_case_status` again.
"""

from collections.abc import Mapping
from types import MappingProxyType

from tenants.cases.models import CaseStatus

_S = CaseStatus
AWAY = (_S.SUSPENDED, _S.TRANSFERRED, _S.CLOSED)

STEPS: Mapping[CaseStatus, tuple[CaseStatus, ...]] = MappingProxyType(
    {
        _S.CONTACT: (_S.REFERRED, _S.LISTENING, _S.NOT_TAKEN, _S.CLOSED),
        _S.REFERRED: (_S.LISTENING, _S.ASSESSED, _S.AT_TABLE, _S.NOT_TAKEN, _S.CLOSED),
        _S.LISTENING: (_S.REFERRED, _S.ASSESSED, _S.AT_TABLE, _S.IN_CHARGE, _S.NOT_TAKEN, *AWAY),
        _S.ASSESSED: (_S.LISTENING, _S.AT_TABLE, _S.IN_CHARGE, _S.NOT_TAKEN, *AWAY),
        _S.AT_TABLE: (_S.LISTENING, _S.ASSESSED, _S.IN_CHARGE, _S.NOT_TAKEN, *AWAY),
        _S.IN_CHARGE: (_S.AT_TABLE, _S.PLAN_ACTIVE, _S.MONITORING, *AWAY),
        _S.PLAN_ACTIVE: (_S.AT_TABLE, _S.IN_CHARGE, _S.MONITORING, *AWAY),
        _S.MONITORING: (_S.AT_TABLE, _S.IN_CHARGE, _S.PLAN_ACTIVE, *AWAY),
        _S.SUSPENDED: (
            *(_S.LISTENING, _S.ASSESSED, _S.AT_TABLE, _S.IN_CHARGE, _S.PLAN_ACTIVE, _S.MONITORING),
            *(_S.TRANSFERRED, _S.CLOSED),
        ),
        _S.TRANSFERRED: (_S.LISTENING, _S.IN_CHARGE, _S.CLOSED),
        _S.NOT_TAKEN: (_S.LISTENING, _S.CLOSED),
        _S.CLOSED: (_S.LISTENING, _S.IN_CHARGE),
    }
)
"""From each state to those that may follow it, in the order of the page."""
