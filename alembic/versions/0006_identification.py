"""identification"""

import sqlalchemy as sa
from alembic import op
import houston.core.db.types


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('identification_job',
    sa.Column('sighting_guid', sa.Uuid(), nullable=False),
    sa.Column('annotation_guid', sa.Uuid(), nullable=False),
    sa.Column('algorithm', sa.String(length=255), nullable=False),
    sa.Column('matching_set', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('remote_guid', sa.Uuid(), nullable=False),
    sa.Column('query_content_guid', sa.Uuid(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('started', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('accepted', houston.core.db.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('ended', houston.core.db.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('success', sa.Boolean(), nullable=True),
    sa.Column('failure_reason', sa.Text(), nullable=True),
    sa.Column('attempts', sa.SmallInteger(), nullable=False),
    sa.Column('extern_reference', sa.String(length=200), nullable=True),
    sa.Column('progress_guid', sa.Uuid(), nullable=True),
    sa.Column('guid', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['annotation_guid'], ['annotation.guid'], name=op.f('fk_identification_job_annotation_guid_annotation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['progress_guid'], ['progress.guid'], name=op.f('fk_identification_job_progress_guid_progress'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['sighting_guid'], ['sighting.guid'], name=op.f('fk_identification_job_sighting_guid_sighting'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_identification_job'))
    )
    with op.batch_alter_table('identification_job', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_identification_job_active'), ['active'], unique=False)
        batch_op.create_index(batch_op.f('ix_identification_job_annotation_guid'), ['annotation_guid'], unique=False)
        batch_op.create_index(batch_op.f('ix_identification_job_progress_guid'), ['progress_guid'], unique=False)
        batch_op.create_index(batch_op.f('ix_identification_job_sighting_guid_started'), ['sighting_guid', 'started'], unique=False)

    op.create_table('identification_score',
    sa.Column('job_guid', sa.Uuid(), nullable=False),
    sa.Column('annotation_guid', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('annotation', 'individual', name='kind', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('content_guid', sa.Uuid(), nullable=False),
    sa.Column('score', sa.Double(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('heatmap_key', sa.String(length=64), nullable=True),
    sa.Column('guid', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['annotation_guid'], ['annotation.guid'], name=op.f('fk_identification_score_annotation_guid_annotation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['heatmap_key'], ['stored_file.key'], name=op.f('fk_identification_score_heatmap_key_stored_file')),
    sa.ForeignKeyConstraint(['job_guid'], ['identification_job.guid'], name=op.f('fk_identification_score_job_guid_identification_job'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_identification_score'))
    )
    with op.batch_alter_table('identification_score', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_identification_score_annotation_guid'), ['annotation_guid'], unique=False)
        batch_op.create_index(batch_op.f('ix_identification_score_heatmap_key'), ['heatmap_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_identification_score_job_guid_kind_rank'), ['job_guid', 'kind', 'rank'], unique=True)

    with op.batch_alter_table('annotation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_annotation_content_guid'), ['content_guid'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('annotation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_annotation_content_guid'))

    with op.batch_alter_table('identification_score', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_identification_score_job_guid_kind_rank'))
        batch_op.drop_index(batch_op.f('ix_identification_score_heatmap_key'))
        batch_op.drop_index(batch_op.f('ix_identification_score_annotation_guid'))

    op.drop_table('identification_score')
    with op.batch_alter_table('identification_job', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_identification_job_sighting_guid_started'))
        batch_op.drop_index(batch_op.f('ix_identification_job_progress_guid'))
        batch_op.drop_index(batch_op.f('ix_identification_job_annotation_guid'))
        batch_op.drop_index(batch_op.f('ix_identification_job_active'))

    op.drop_table('identification_job')
