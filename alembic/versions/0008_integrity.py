"""integrity"""

import sqlalchemy as sa
from alembic import op
import houston.core.db.types


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('integrity_report',
    sa.Column('result', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('faults', sa.Integer(), nullable=True),
    sa.Column('job_guid', sa.Uuid(), nullable=True),
    sa.Column('guid', sa.Uuid(), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_integrity_report'))
    )
    with op.batch_alter_table('integrity_report', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_integrity_report_created'), ['created'], unique=False)


def downgrade() -> None:
    op.drop_table('integrity_report')
