"""Tables of case files. Each group of fields has tables of its own, and none mixes sensitivities."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model

from infra.explained import Explained
from tenants.rows import TenantRow


class CaseStatus(Explained):
    """The path of a case, from the first contact to its closing."""

    CONTACT = "contact", "Somebody has come, and no more is known."
    REFERRED = "referred", "Sent on to whoever can listen."
    LISTENING = "listening", "Being listened to."
    ASSESSED = "assessed", "The needs are known."
    AT_TABLE = "at_table", "Discussed at the territorial table."
    IN_CHARGE = "in_charge", "The holder has taken the person on."
    PLAN_ACTIVE = "plan_active", "A personal plan is under way."
    MONITORING = "monitoring", "The plan is done, and looked after from time to time."
    SUSPENDED = "suspended", "Work rests, to be taken up again."
    TRANSFERRED = "transferred", "Taken over by somebody else; it is worked on no more here."
    NOT_TAKEN = "not_taken", "It was decided not to take the person on."
    CLOSED = "closed", "Ended, with a reason."


class ClosureReason(Explained):
    """Why a case was closed."""

    AUTONOMY_REACHED = "autonomy_reached", "The person gets on without help."
    GOALS_PARTLY_REACHED = "goals_partly_reached", "Not all that was meant was reached."
    TRANSFERRED_TO_SERVICE = "transferred_to_service", "A service has taken the person over."
    MOVED_AWAY = "moved_away", "They live elsewhere now."
    WITHDREW = "withdrew", "They did not want to go on."
    UNREACHABLE = "unreachable", "They could not be found any more."
    DECEASED = "deceased", "They have died."
    NOT_ELIGIBLE = "not_eligible", "The conditions for help were not met."
    OTHER = "other", "None of the others."


class CaseFile(TenantRow):
    """The unit that is shared under the pact."""

    number = fields.CharField(max_length=20)
    holder_id = fields.UUIDField()
    person_id = fields.UUIDField()
    status = fields.CharField(max_length=20, default=CaseStatus.LISTENING.value)
    opened_on = fields.DateField()
    opened_at = fields.DatetimeField()
    closed_on = fields.DateField(null=True)
    closure_reason = fields.CharField(max_length=40, null=True)
    opened_by = fields.UUIDField()
    is_demo = fields.BooleanField(default=False)

    class Meta:
        table = "case_file"


class CaseGroup(Model):
    """One row a case: the key is (territory, case)."""

    case_id = fields.UUIDField(primary_key=True)
    territory_id = fields.UUIDField()

    class Meta:
        abstract = True


class CaseIdentity(CaseGroup):
    given_name = fields.CharField(max_length=400, null=True)
    family_name = fields.CharField(max_length=400, null=True)
    birth_date = fields.DateField(null=True)
    birth_year = fields.IntField(null=True)
    sex = fields.CharField(max_length=1, null=True)

    class Meta:
        table = "case_identity"


class CaseIdentityCode(CaseGroup):
    code = fields.CharField(max_length=16, null=True)
    kind = fields.CharField(max_length=30, null=True)

    class Meta:
        table = "case_identity_code"


class CaseContacts(CaseGroup):
    municipality = fields.CharField(max_length=6, null=True)
    phone = fields.CharField(max_length=20, null=True)
    phone_note = fields.CharField(max_length=1200, null=True)
    email = fields.CharField(max_length=254, null=True)

    class Meta:
        table = "case_contacts"


class CaseAddress(CaseGroup):
    """A protected address is never shared, whatever the pact says."""

    address = fields.CharField(max_length=1200, null=True)
    protected = fields.BooleanField(default=False)

    class Meta:
        table = "case_address"


class CaseLegalStatus(CaseGroup):
    citizenship = fields.CharField(max_length=400, null=True)
    residence_permit = fields.CharField(max_length=400, null=True)

    class Meta:
        table = "case_legal_status"


class CaseDisadvantage(CaseGroup):
    statuses = ArrayField(element_type="text", null=True)

    class Meta:
        table = "case_disadvantage"


class CaseEconomic(CaseGroup):
    income_band = fields.CharField(max_length=30, null=True)
    debts = fields.CharField(max_length=4000, null=True)
    benefits = fields.CharField(max_length=4000, null=True)

    class Meta:
        table = "case_economic"


class CaseIsee(CaseGroup):
    isee_value = fields.DecimalField(max_digits=12, decimal_places=2, null=True)
    valid_until = fields.DateField(null=True)

    class Meta:
        table = "case_isee"


class CaseWork(CaseGroup):
    profile = fields.CharField(max_length=8000, null=True)
    history = fields.CharField(max_length=16000, null=True)

    class Meta:
        table = "case_work"


class CaseEducation(CaseGroup):
    level = fields.CharField(max_length=20, null=True)
    languages = fields.CharField(max_length=2000, null=True)

    class Meta:
        table = "case_education"


class CaseHousing(CaseGroup):
    situation = fields.CharField(max_length=8000, null=True)

    class Meta:
        table = "case_housing"


class CaseHealth(CaseGroup):
    """One row a field, keyed (territory, case, field): each special field is hidden by itself."""

    field_bit = fields.SmallIntField()
    detail = fields.CharField(max_length=16000)

    class Meta:
        table = "case_health"


class CaseJustice(CaseGroup):
    measures = fields.CharField(max_length=16000, null=True)

    class Meta:
        table = "case_justice"


class CaseNeed(TenantRow):
    """A need carries the fields that it tells: whoever does not read all of them does not see that it is there."""

    case_id = fields.UUIDField()
    macro = fields.CharField(max_length=40)
    fields_mask = fields.BigIntField()
    recorded_on = fields.DateField()

    class Meta:
        table = "case_need"


class CaseNeedDetail(Model):
    """What a need is precisely: more confidential than that it exists."""

    need_id = fields.UUIDField(primary_key=True)
    territory_id = fields.UUIDField()
    case_id = fields.UUIDField()
    fields_mask = fields.BigIntField()
    item = fields.CharField(max_length=60, null=True)
    note = fields.CharField(max_length=8000, null=True)

    class Meta:
        table = "case_need_detail"


class CaseChange(CaseGroup):
    """Who last changed fields of a part of the case, and when; its versions count every change of the case."""

    part = fields.CharField(max_length=20)
    fields_mask = fields.BigIntField()
    version = fields.IntField()
    at = fields.DatetimeField()
    account_id = fields.UUIDField()
    organisation_id = fields.UUIDField()

    class Meta:
        table = "case_change"


class CaseNameWord(CaseGroup):
    """What the name of the person is found by; see tenants/cases/names.py."""

    word = fields.CharField(max_length=40)

    class Meta:
        table = "case_name_word"


class CaseReference(CaseGroup):
    """What the holder's own program calls the case; nobody else reads it."""

    holder_id = fields.UUIDField()
    reference = fields.CharField(max_length=400)

    class Meta:
        table = "case_reference"
