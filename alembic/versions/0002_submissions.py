"""The tables of submissions: files, assets, annotations, and what goes with them."""

import sqlalchemy as sa
from alembic import op
import houston.core.db.types


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('audit_log',
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('audit_type', sa.Enum('User Create', 'System Create', 'Update', 'Delete', 'Access', 'Front End Fault', 'Back End Fault', 'Houston Fault', 'Object Error', 'Object Warning', name='audit_type', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('module_name', sa.String(length=50), nullable=True),
    sa.Column('item_guid', houston.core.db.types.Guid(), nullable=True),
    sa.Column('user_email', sa.String(length=120), nullable=False),
    sa.Column('user_guid', houston.core.db.types.Guid(), nullable=True),
    sa.Column('address', sa.String(length=100), nullable=True),
    sa.Column('request_id', sa.String(length=100), nullable=True),
    sa.Column('job_guid', houston.core.db.types.Guid(), nullable=True),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('changes', sa.JSON(), nullable=False),
    sa.Column('duration', sa.Double(), nullable=True),
    sa.Column('guid', houston.core.db.types.Guid(), nullable=False),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_audit_log'))
    )
    with op.batch_alter_table('audit_log', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_log_audit_type'), ['audit_type'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_log_created'), ['created'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_log_item_guid_created'), ['item_guid', 'created'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_log_module_name'), ['module_name'], unique=False)

    op.create_table('keyword',
    sa.Column('value', sa.String(length=255), nullable=False),
    sa.Column('source', sa.Enum('user', 'wbia', name='source', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_keyword')),
    sa.UniqueConstraint('value', name='uq_keyword_value')
    )
    with op.batch_alter_table('keyword', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_keyword_created'), ['created'], unique=False)

    op.create_table('progress',
    sa.Column('description', sa.String(length=256), nullable=False),
    sa.Column('percentage', sa.SmallInteger(), nullable=False),
    sa.Column('eta', sa.Double(), nullable=True),
    sa.Column('job_guid', houston.core.db.types.Guid(), nullable=True),
    sa.Column('analysis_guid', houston.core.db.types.Guid(), nullable=True),
    sa.Column('message', sa.Text(), nullable=True),
    sa.Column('status', sa.Enum('created', 'healthy', 'completed', 'skipped', 'cancelled', 'failed', name='status', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('parent_guid', houston.core.db.types.Guid(), nullable=True),
    sa.Column('guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('percentage BETWEEN 0 AND 100', name=op.f('ck_progress_percentage_is_percent')),
    sa.ForeignKeyConstraint(['parent_guid'], ['progress.guid'], name=op.f('fk_progress_parent_guid_progress'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_progress'))
    )
    with op.batch_alter_table('progress', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_progress_created'), ['created'], unique=False)
        batch_op.create_index(batch_op.f('ix_progress_parent_guid'), ['parent_guid'], unique=False)

    op.create_table('stored_file',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('touched', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_stored_file'))
    )
    with op.batch_alter_table('stored_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stored_file_touched'), ['touched'], unique=False)

    op.create_table('file_upload',
    sa.Column('file_key', sa.String(length=64), nullable=False),
    sa.Column('mime_type', sa.String(length=100), nullable=False),
    sa.Column('guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['file_key'], ['stored_file.key'], name=op.f('fk_file_upload_file_key_stored_file')),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_file_upload'))
    )
    with op.batch_alter_table('file_upload', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_file_upload_created'), ['created'], unique=False)
        batch_op.create_index(batch_op.f('ix_file_upload_file_key'), ['file_key'], unique=False)

    op.create_table('site_setting',
    sa.Column('key', sa.String(length=100), nullable=False),
    sa.Column('value', sa.JSON(), nullable=False),
    sa.Column('file_upload_guid', houston.core.db.types.Guid(), nullable=True),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['file_upload_guid'], ['file_upload.guid'], name=op.f('fk_site_setting_file_upload_guid_file_upload'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_site_setting'))
    )
    with op.batch_alter_table('site_setting', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_site_setting_created'), ['created'], unique=False)
        batch_op.create_index(batch_op.f('ix_site_setting_file_upload_guid'), ['file_upload_guid'], unique=False)

    op.create_table('asset_group',
    sa.Column('owner_guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('submitter_guid', houston.core.db.types.Guid(), nullable=True),
    sa.Column('upload_type', sa.Enum('form', 'bulk', name='upload_type', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('description', sa.String(length=255), nullable=False),
    sa.Column('config', sa.JSON(), nullable=False),
    sa.Column('is_processed', sa.Boolean(), nullable=False),
    sa.Column('progress_preparation_guid', houston.core.db.types.Guid(), nullable=True),
    sa.Column('progress_detection_guid', houston.core.db.types.Guid(), nullable=True),
    sa.Column('progress_identification_guid', houston.core.db.types.Guid(), nullable=True),
    sa.Column('guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['owner_guid'], ['user.guid'], name=op.f('fk_asset_group_owner_guid_user')),
    sa.ForeignKeyConstraint(['progress_detection_guid'], ['progress.guid'], name=op.f('fk_asset_group_progress_detection_guid_progress'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['progress_identification_guid'], ['progress.guid'], name=op.f('fk_asset_group_progress_identification_guid_progress'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['progress_preparation_guid'], ['progress.guid'], name=op.f('fk_asset_group_progress_preparation_guid_progress'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['submitter_guid'], ['user.guid'], name=op.f('fk_asset_group_submitter_guid_user')),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_asset_group'))
    )
    with op.batch_alter_table('asset_group', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_asset_group_created'), ['created'], unique=False)
        batch_op.create_index(batch_op.f('ix_asset_group_owner_guid_is_processed'), ['owner_guid', 'is_processed'], unique=False)
        batch_op.create_index(batch_op.f('ix_asset_group_submitter_guid'), ['submitter_guid'], unique=False)

    op.create_table('notification',
    sa.Column('message_type', sa.String(length=50), nullable=False),
    sa.Column('message_values', sa.JSON(), nullable=False),
    sa.Column('recipient_guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('sender_guid', houston.core.db.types.Guid(), nullable=True),
    sa.Column('is_read', sa.Boolean(), nullable=False),
    sa.Column('is_resolved', sa.Boolean(), nullable=False),
    sa.Column('guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['recipient_guid'], ['user.guid'], name=op.f('fk_notification_recipient_guid_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_notification'))
    )
    with op.batch_alter_table('notification', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notification_created'), ['created'], unique=False)
        batch_op.create_index(batch_op.f('ix_notification_recipient_guid_is_read_created'), ['recipient_guid', 'is_read', 'created'], unique=False)

    op.create_table('upload',
    sa.Column('transaction_guid', houston.core.db.types.Guid(), nullable=True),
    sa.Column('owner_guid', houston.core.db.types.Guid(), nullable=True),
    sa.Column('filename', sa.String(length=255), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('expires', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('finished', houston.core.db.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('file_key', sa.String(length=64), nullable=True),
    sa.Column('mime_type', sa.String(length=100), nullable=True),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.Column('captured', sa.String(length=40), nullable=True),
    sa.Column('guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['file_key'], ['stored_file.key'], name=op.f('fk_upload_file_key_stored_file')),
    sa.ForeignKeyConstraint(['owner_guid'], ['user.guid'], name=op.f('fk_upload_owner_guid_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_upload'))
    )
    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_upload_created'), ['created'], unique=False)
        batch_op.create_index(batch_op.f('ix_upload_expires'), ['expires'], unique=False)
        batch_op.create_index(batch_op.f('ix_upload_file_key'), ['file_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_upload_owner_guid'), ['owner_guid'], unique=False)
        batch_op.create_index(batch_op.f('ix_upload_transaction_guid_filename'), ['transaction_guid', 'filename'], unique=False)

    op.create_table('asset',
    sa.Column('owner_guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('asset_group_guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('filename', sa.String(length=255), nullable=False),
    sa.Column('mime_type', sa.String(length=100), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('file_key', sa.String(length=64), nullable=False),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.Column('captured', sa.String(length=40), nullable=True),
    sa.Column('rotation', sa.SmallInteger(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('pending', 'ready', 'damaged', name='state', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('problem', sa.Text(), nullable=True),
    sa.Column('content_guid', houston.core.db.types.Guid(), nullable=True),
    sa.Column('guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['asset_group_guid'], ['asset_group.guid'], name=op.f('fk_asset_asset_group_guid_asset_group'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['file_key'], ['stored_file.key'], name=op.f('fk_asset_file_key_stored_file')),
    sa.ForeignKeyConstraint(['owner_guid'], ['user.guid'], name=op.f('fk_asset_owner_guid_user')),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_asset'))
    )
    with op.batch_alter_table('asset', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_asset_asset_group_guid'), ['asset_group_guid'], unique=False)
        batch_op.create_index(batch_op.f('ix_asset_created'), ['created'], unique=False)
        batch_op.create_index(batch_op.f('ix_asset_file_key'), ['file_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_asset_owner_guid'), ['owner_guid'], unique=False)

    op.create_table('asset_group_sighting',
    sa.Column('asset_group_guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('stage', sa.Enum('unknown', 'preparation', 'detection', 'curation', 'processed', 'failed', name='stage', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('sighting', sa.JSON(), nullable=False),
    sa.Column('updated_assets', sa.JSON(), nullable=False),
    sa.Column('detection_start', houston.core.db.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('curation_start', houston.core.db.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('detection_attempts', sa.SmallInteger(), nullable=False),
    sa.Column('progress_detection_guid', houston.core.db.types.Guid(), nullable=True),
    sa.Column('progress_identification_guid', houston.core.db.types.Guid(), nullable=True),
    sa.Column('sighting_guid', houston.core.db.types.Guid(), nullable=True),
    sa.Column('guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['asset_group_guid'], ['asset_group.guid'], name=op.f('fk_asset_group_sighting_asset_group_guid_asset_group'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['progress_detection_guid'], ['progress.guid'], name=op.f('fk_asset_group_sighting_progress_detection_guid_progress'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['progress_identification_guid'], ['progress.guid'], name=op.f('fk_asset_group_sighting_progress_identification_guid_progress'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_asset_group_sighting'))
    )
    with op.batch_alter_table('asset_group_sighting', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_asset_group_sighting_asset_group_guid'), ['asset_group_guid'], unique=False)
        batch_op.create_index(batch_op.f('ix_asset_group_sighting_created'), ['created'], unique=False)
        batch_op.create_index(batch_op.f('ix_asset_group_sighting_sighting_guid'), ['sighting_guid'], unique=False)
        batch_op.create_index(batch_op.f('ix_asset_group_sighting_stage_created'), ['stage', 'created'], unique=False)

    op.create_table('annotation',
    sa.Column('asset_guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('ia_class', sa.String(length=255), nullable=False),
    sa.Column('viewpoint', sa.String(length=50), nullable=False),
    sa.Column('bounds', sa.JSON(), nullable=False),
    sa.Column('content_guid', houston.core.db.types.Guid(), nullable=True),
    sa.Column('contributor_guid', houston.core.db.types.Guid(), nullable=True),
    sa.Column('guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['asset_guid'], ['asset.guid'], name=op.f('fk_annotation_asset_guid_asset'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['contributor_guid'], ['user.guid'], name=op.f('fk_annotation_contributor_guid_user'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_annotation'))
    )
    with op.batch_alter_table('annotation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_annotation_asset_guid'), ['asset_guid'], unique=False)
        batch_op.create_index(batch_op.f('ix_annotation_contributor_guid'), ['contributor_guid'], unique=False)
        batch_op.create_index(batch_op.f('ix_annotation_created'), ['created'], unique=False)

    op.create_table('asset_group_sighting_asset',
    sa.Column('asset_guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('asset_group_sighting_guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['asset_group_sighting_guid'], ['asset_group_sighting.guid'], name=op.f('fk_asset_group_sighting_asset_asset_group_sighting_guid_asset_group_sighting'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['asset_guid'], ['asset.guid'], name=op.f('fk_asset_group_sighting_asset_asset_guid_asset'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('asset_guid', name=op.f('pk_asset_group_sighting_asset'))
    )
    with op.batch_alter_table('asset_group_sighting_asset', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_asset_group_sighting_asset_asset_group_sighting_guid'), ['asset_group_sighting_guid'], unique=False)

    op.create_table('asset_group_sighting_encounter',
    sa.Column('asset_group_sighting_guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('owner_guid', houston.core.db.types.Guid(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('encounter', sa.JSON(), nullable=False),
    sa.Column('guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['asset_group_sighting_guid'], ['asset_group_sighting.guid'], name=op.f('fk_asset_group_sighting_encounter_asset_group_sighting_guid_asset_group_sighting'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['owner_guid'], ['user.guid'], name=op.f('fk_asset_group_sighting_encounter_owner_guid_user')),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_asset_group_sighting_encounter'))
    )
    with op.batch_alter_table('asset_group_sighting_encounter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_asset_group_sighting_encounter_asset_group_sighting_guid'), ['asset_group_sighting_guid'], unique=False)
        batch_op.create_index(batch_op.f('ix_asset_group_sighting_encounter_created'), ['created'], unique=False)
        batch_op.create_index(batch_op.f('ix_asset_group_sighting_encounter_owner_guid'), ['owner_guid'], unique=False)

    op.create_table('asset_image',
    sa.Column('asset_guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('format', sa.String(length=10), nullable=False),
    sa.Column('file_key', sa.String(length=64), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['asset_guid'], ['asset.guid'], name=op.f('fk_asset_image_asset_guid_asset'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['file_key'], ['stored_file.key'], name=op.f('fk_asset_image_file_key_stored_file')),
    sa.PrimaryKeyConstraint('asset_guid', 'format', name=op.f('pk_asset_image'))
    )
    with op.batch_alter_table('asset_image', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_asset_image_file_key'), ['file_key'], unique=False)

    op.create_table('asset_tag',
    sa.Column('asset_guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('keyword_guid', houston.core.db.types.Guid(), nullable=False),
    sa.ForeignKeyConstraint(['asset_guid'], ['asset.guid'], name=op.f('fk_asset_tag_asset_guid_asset'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['keyword_guid'], ['keyword.guid'], name=op.f('fk_asset_tag_keyword_guid_keyword'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('asset_guid', 'keyword_guid', name=op.f('pk_asset_tag'))
    )
    with op.batch_alter_table('asset_tag', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_asset_tag_keyword_guid'), ['keyword_guid'], unique=False)

    op.create_table('detection_job',
    sa.Column('asset_group_sighting_guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('model', sa.String(length=100), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('asset_guids', sa.JSON(), nullable=False),
    sa.Column('image_guids', sa.JSON(), nullable=False),
    sa.Column('ended', houston.core.db.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('result', sa.JSON(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('created', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated', houston.core.db.types.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['asset_group_sighting_guid'], ['asset_group_sighting.guid'], name=op.f('fk_detection_job_asset_group_sighting_guid_asset_group_sighting'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('guid', name=op.f('pk_detection_job'))
    )
    with op.batch_alter_table('detection_job', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_detection_job_active'), ['active'], unique=False)
        batch_op.create_index(batch_op.f('ix_detection_job_asset_group_sighting_guid'), ['asset_group_sighting_guid'], unique=False)
        batch_op.create_index(batch_op.f('ix_detection_job_created'), ['created'], unique=False)

    op.create_table('annotation_keyword',
    sa.Column('annotation_guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('keyword_guid', houston.core.db.types.Guid(), nullable=False),
    sa.ForeignKeyConstraint(['annotation_guid'], ['annotation.guid'], name=op.f('fk_annotation_keyword_annotation_guid_annotation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['keyword_guid'], ['keyword.guid'], name=op.f('fk_annotation_keyword_keyword_guid_keyword'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('annotation_guid', 'keyword_guid', name=op.f('pk_annotation_keyword'))
    )
    with op.batch_alter_table('annotation_keyword', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_annotation_keyword_keyword_guid'), ['keyword_guid'], unique=False)

    op.create_table('asset_group_sighting_annotation',
    sa.Column('annotation_guid', houston.core.db.types.Guid(), nullable=False),
    sa.Column('encounter_guid', houston.core.db.types.Guid(), nullable=False),
    sa.ForeignKeyConstraint(['annotation_guid'], ['annotation.guid'], name=op.f('fk_asset_group_sighting_annotation_annotation_guid_annotation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['encounter_guid'], ['asset_group_sighting_encounter.guid'], name=op.f('fk_asset_group_sighting_annotation_encounter_guid_asset_group_sighting_encounter'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('annotation_guid', name=op.f('pk_asset_group_sighting_annotation'))
    )
    with op.batch_alter_table('asset_group_sighting_annotation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_asset_group_sighting_annotation_encounter_guid'), ['encounter_guid'], unique=False)

    with op.batch_alter_table('user', schema=None) as batch_op:
        batch_op.add_column(sa.Column('profile_fileupload_guid', houston.core.db.types.Guid(), nullable=True))
        batch_op.add_column(sa.Column('notification_preferences', sa.JSON(), nullable=False, server_default='{}'))
        batch_op.create_foreign_key(batch_op.f('fk_user_profile_fileupload_guid_file_upload'), 'file_upload', ['profile_fileupload_guid'], ['guid'], ondelete='SET NULL')
    with op.batch_alter_table('user', schema=None) as batch_op:
        batch_op.alter_column('notification_preferences', existing_type=sa.JSON(), server_default=None)

    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.add_column(sa.Column('worker', sa.String(length=100), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.drop_column('worker')

    with op.batch_alter_table('user', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_user_profile_fileupload_guid_file_upload'), type_='foreignkey')
        batch_op.drop_column('notification_preferences')
        batch_op.drop_column('profile_fileupload_guid')

    with op.batch_alter_table('asset_group_sighting_annotation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_asset_group_sighting_annotation_encounter_guid'))

    op.drop_table('asset_group_sighting_annotation')
    with op.batch_alter_table('annotation_keyword', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_annotation_keyword_keyword_guid'))

    op.drop_table('annotation_keyword')
    with op.batch_alter_table('detection_job', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_detection_job_created'))
        batch_op.drop_index(batch_op.f('ix_detection_job_asset_group_sighting_guid'))
        batch_op.drop_index(batch_op.f('ix_detection_job_active'))

    op.drop_table('detection_job')
    with op.batch_alter_table('asset_tag', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_asset_tag_keyword_guid'))

    op.drop_table('asset_tag')
    with op.batch_alter_table('asset_image', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_asset_image_file_key'))

    op.drop_table('asset_image')
    with op.batch_alter_table('asset_group_sighting_encounter', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_asset_group_sighting_encounter_owner_guid'))
        batch_op.drop_index(batch_op.f('ix_asset_group_sighting_encounter_created'))
        batch_op.drop_index(batch_op.f('ix_asset_group_sighting_encounter_asset_group_sighting_guid'))

    op.drop_table('asset_group_sighting_encounter')
    with op.batch_alter_table('asset_group_sighting_asset', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_asset_group_sighting_asset_asset_group_sighting_guid'))

    op.drop_table('asset_group_sighting_asset')
    with op.batch_alter_table('annotation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_annotation_created'))
        batch_op.drop_index(batch_op.f('ix_annotation_contributor_guid'))
        batch_op.drop_index(batch_op.f('ix_annotation_asset_guid'))

    op.drop_table('annotation')
    with op.batch_alter_table('asset_group_sighting', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_asset_group_sighting_stage_created'))
        batch_op.drop_index(batch_op.f('ix_asset_group_sighting_sighting_guid'))
        batch_op.drop_index(batch_op.f('ix_asset_group_sighting_created'))
        batch_op.drop_index(batch_op.f('ix_asset_group_sighting_asset_group_guid'))

    op.drop_table('asset_group_sighting')
    with op.batch_alter_table('asset', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_asset_owner_guid'))
        batch_op.drop_index(batch_op.f('ix_asset_file_key'))
        batch_op.drop_index(batch_op.f('ix_asset_created'))
        batch_op.drop_index(batch_op.f('ix_asset_asset_group_guid'))

    op.drop_table('asset')
    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_upload_transaction_guid_filename'))
        batch_op.drop_index(batch_op.f('ix_upload_owner_guid'))
        batch_op.drop_index(batch_op.f('ix_upload_file_key'))
        batch_op.drop_index(batch_op.f('ix_upload_expires'))
        batch_op.drop_index(batch_op.f('ix_upload_created'))

    op.drop_table('upload')
    with op.batch_alter_table('notification', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notification_recipient_guid_is_read_created'))
        batch_op.drop_index(batch_op.f('ix_notification_created'))

    op.drop_table('notification')
    with op.batch_alter_table('asset_group', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_asset_group_submitter_guid'))
        batch_op.drop_index(batch_op.f('ix_asset_group_owner_guid_is_processed'))
        batch_op.drop_index(batch_op.f('ix_asset_group_created'))

    op.drop_table('asset_group')
    with op.batch_alter_table('site_setting', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_site_setting_file_upload_guid'))
        batch_op.drop_index(batch_op.f('ix_site_setting_created'))

    op.drop_table('site_setting')
    with op.batch_alter_table('file_upload', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_file_upload_file_key'))
        batch_op.drop_index(batch_op.f('ix_file_upload_created'))

    op.drop_table('file_upload')
    with op.batch_alter_table('stored_file', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stored_file_touched'))

    op.drop_table('stored_file')
    with op.batch_alter_table('progress', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_progress_parent_guid'))
        batch_op.drop_index(batch_op.f('ix_progress_created'))

    op.drop_table('progress')
    with op.batch_alter_table('keyword', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_keyword_created'))

    op.drop_table('keyword')
    with op.batch_alter_table('audit_log', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_log_module_name'))
        batch_op.drop_index(batch_op.f('ix_audit_log_item_guid_created'))
        batch_op.drop_index(batch_op.f('ix_audit_log_created'))
        batch_op.drop_index(batch_op.f('ix_audit_log_audit_type'))

    op.drop_table('audit_log')
