"""detection acceptance"""

import sqlalchemy as sa
from alembic import op
import houston.core.db.types


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('detection_job', schema=None) as batch_op:
        batch_op.add_column(sa.Column('accepted', houston.core.db.types.UtcDateTime(timezone=True), nullable=True))

    # Those without an answer are collected as before.
    op.execute('UPDATE detection_job SET accepted = updated')


def downgrade() -> None:
    with op.batch_alter_table('detection_job', schema=None) as batch_op:
        batch_op.drop_column('accepted')
