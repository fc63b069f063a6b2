"""Submissions."""

from typing import Any

from factory import SubFactory

from houston.modules.asset_groups.models import AssetGroup, UploadType
from tests.factories import RowFactory
from tests.factories.users import UserFactory


class AssetGroupFactory(RowFactory):
    """A submission without sightings."""

    class Meta:
        model = AssetGroup

    owner: Any = SubFactory(UserFactory)
    upload_type = UploadType.FORM
