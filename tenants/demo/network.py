"""What the cases of a demonstration territory hang on: its organisations, who acts for them, what the pact gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import accumulate
from random import Random
from uuid import UUID

from authz.purposes import Purpose
from infra.clock import now
from infra.database import Connection
from tenants.demo.catalogue import LANDS, Body, Land, Scene

CASES_EACH = 2
"""Every organisation that holds cases holds at least this many, once the scenes are set."""

FAVOURED = {
    Purpose.TRAINEESHIP: 6,
    Purpose.TABLE_DISCUSSION: 4,
    Purpose.MATERIAL_AID: 3,
    Purpose.JOB_ACCOMPANIMENT: 3,
    Purpose.HEALTH_SOCIAL_PATHWAY: 3,
    Purpose.HIRE: 2,
}

ACTING = """
SELECT DISTINCT ON (o.slug) o.slug, o.id, m.account_id
  FROM organisation o JOIN member m ON m.territory_id = o.territory_id AND m.organisation_id = o.id
 WHERE o.territory_id = $1 AND o.is_demo AND m.role = 'case_manager'
 ORDER BY o.slug, m.id
"""
GROUNDS = """
SELECT o.slug, t.purpose, t.basis, min(t.until_days) AS until_days,
       bit_or(t.read_mask) AS read_mask, bit_or(t.read_mask | t.write_mask) AS mask
  FROM pact_term t JOIN organisation o ON o.territory_id = t.territory_id AND o.id = t.organisation_id
 WHERE t.territory_id = $1
 GROUP BY o.slug, t.purpose, t.basis
HAVING bit_or(t.read_mask) <> 0
 ORDER BY o.slug, t.purpose, t.basis
"""


@dataclass(frozen=True, slots=True)
class Office:
    """An organisation with the account that acts for it."""

    body: Body
    id: UUID
    account_id: UUID


@dataclass(frozen=True, slots=True)
class Ground:
    """What the pact in force gives one partner for one purpose on one legal basis."""

    partner: Office
    purpose: Purpose
    basis: str
    until_days: int | None
    read_mask: int
    mask: int

    @property
    def weight(self) -> int:
        """How often this is what a holder asks for."""
        return self.partner.body.asked * FAVOURED.get(self.purpose, 1)


@dataclass(frozen=True)
class Network:
    """A demonstration territory as its cases need it; the same seed and position draw the same case."""

    land: Land
    territory_id: UUID
    offices: Mapping[str, Office]
    grounds: Sequence[Ground]
    moment: datetime
    seed: int
    favourite: str | None = None
    """An organisation with which most cases are shared, for whoever has to see a great many."""

    @cached_property
    def holders(self) -> list[Office]:
        return [self.offices[body.slug] for body in self.land.bodies if body.weight]

    @cached_property
    def _holder_weights(self) -> list[int]:
        return list(accumulate(office.body.weight for office in self.holders))

    @cached_property
    def _ground_weights(self) -> list[int]:
        return list(accumulate(ground.weight for ground in self.grounds))

    @cached_property
    def _favoured(self) -> list[Ground]:
        return [ground for ground in self.grounds if ground.partner.body.slug == self.favourite]

    def chance(self, position: int) -> Random:
        """Return the dice of one case: what it is does not depend on how many were made before it."""
        return Random(f"{self.seed}/{self.land.slug}/{position}")  # noqa: S311 - a demonstration, not a secret

    def scene(self, position: int) -> Scene | None:
        """Return the scene that this case sets, the first ones do."""
        return self.land.scenes[position] if position < len(self.land.scenes) else None

    @cached_property
    def partners(self) -> set[str]:
        """Return who takes part in the sharing: the pact gives them something."""
        return {ground.partner.body.slug for ground in self.grounds}

    def holder_at(self, position: int, chance: Random) -> Office:
        """Return whose case it is: the scenes first, then everyone gets some, then by weight."""
        scene = self.scene(position)
        if scene is not None:
            return self.offices[scene.holder]
        dealt = position - len(self.land.scenes)
        if dealt < CASES_EACH * len(self.holders):
            return self.holders[dealt % len(self.holders)]
        return chance.choices(self.holders, cum_weights=self._holder_weights)[0]

    def ground(self, holder: Office, chance: Random) -> Ground:
        """Return some ground on which this holder may share."""
        while True:
            ground = chance.choices(self.grounds, cum_weights=self._ground_weights)[0]
            if ground.partner is not holder:
                return ground

    def ground_of_favourite(self, holder: Office, chance: Random) -> Ground | None:
        """Return some ground on which this holder may share with the favourite; there may be no favourite."""
        if not self._favoured or holder.body.slug == self.favourite:
            return None
        return chance.choices(self._favoured, [ground.weight for ground in self._favoured])[0]

    def ground_of(self, scene: Scene) -> Ground:
        """Return the ground that a scene names; `LookupError` if the pact gives none."""
        for ground in self.grounds:
            if ground.partner.body.slug == scene.partner and ground.purpose == scene.purpose:
                return ground
        raise LookupError(f"the pact of {self.land.slug} gives {scene.partner} nothing for {scene.purpose}")

    def second_partner(self, first: Ground, holder: Office, chance: Random) -> Ground | None:
        """Return another organisation with a ground for the same purpose on the same basis."""
        others = [
            ground
            for ground in self.grounds
            if (ground.purpose, ground.basis) == (first.purpose, first.basis)
            and ground.partner not in (holder, first.partner)
        ]
        return chance.choice(others) if others else None


async def read_network(connection: Connection, slug: str, seed: int, favourite: str | None = None) -> Network:
    """Read a demonstration territory and enter its context for the rest of the transaction."""
    land = LANDS[slug]
    territory_id = await connection.fetchval("SELECT id FROM territory WHERE slug = $1 AND is_demo", slug)
    if territory_id is None:
        raise LookupError(f"there is no demonstration territory {slug}")
    await work_in(connection, territory_id)
    bodies = {body.slug: body for body in land.bodies}
    offices = {
        row["slug"]: Office(bodies[row["slug"]], row["id"], row["account_id"])
        for row in await connection.fetch(ACTING, territory_id)
        if row["slug"] in bodies
    }
    grounds = [
        Ground(offices[partner], Purpose(purpose), *terms)
        for partner, purpose, *terms in await connection.fetch(GROUNDS, territory_id)
        if partner in offices
    ]
    return Network(land, territory_id, offices, grounds, now(), seed, favourite)


async def work_in(connection: Connection, territory_id: UUID) -> None:
    """Say in which territory the owner works until the end of the transaction: row security holds for it too."""
    await connection.execute("SELECT set_config('win.territory_id', $1, true)", str(territory_id))
