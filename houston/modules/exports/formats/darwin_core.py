"""Darwin Core archives: occurrences for GBIF and other catalogues of biodiversity.

An archive has a table of encounters, `occurrence.txt`, its description, `meta.xml`, and that of the
dataset, `eml.xml` (Darwin Core text guide, TDWG; EML 2.2.0). An occurrence is an encounter, its
event is the sighting, and its organism is the individual.
"""

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from houston.modules.exports.formats.archives import new_archive, text_file
from houston.modules.exports.services.dataset import Dataset
from houston.modules.exports.services.observations import Observation, interval, observations

DWC = "http://rs.tdwg.org/dwc/terms/"
TERMS = (
    "occurrenceID",
    "basisOfRecord",
    "occurrenceStatus",
    "eventID",
    "eventDate",
    "scientificName",
    "individualCount",
    "organismID",
    "sex",
    "locationID",
    "locality",
    "verbatimLocality",
    "decimalLatitude",
    "decimalLongitude",
    "geodeticDatum",
    "coordinateUncertaintyInMeters",
    "coordinatePrecision",
    "dataGeneralizations",
    "informationWithheld",
    "associatedMedia",
    "institutionCode",
)
"""The columns of a row, all terms of Darwin Core."""
SEPARATOR = " | "
SPACES = re.compile(r"\s+")
NOT_OF_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
META = """<?xml version="1.0" encoding="UTF-8"?>
<archive xmlns="http://rs.tdwg.org/dwc/text/" metadata="eml.xml">
  <core encoding="UTF-8" fieldsTerminatedBy="\\t" linesTerminatedBy="\\n" fieldsEnclosedBy=""
        ignoreHeaderLines="1" rowType="http://rs.tdwg.org/dwc/terms/Occurrence">
    <files><location>occurrence.txt</location></files>
    <id index="0"/>
{fields}
  </core>
</archive>
"""
EML = """<?xml version="1.0" encoding="UTF-8"?>
<eml:eml xmlns:eml="https://eml.ecoinformatics.org/eml-2.2.0" packageId="{guid}"
         system="{name}" scope="system" xml:lang="en">
  <dataset>
    <title>Occurrences of {name}</title>
    <creator><organizationName>{name}</organizationName></creator>
    <metadataProvider><organizationName>{name}</organizationName></metadataProvider>
    <pubDate>{date}</pubDate>
    <language>en</language>
    <abstract><para>{abstract}</para></abstract>
    <intellectualRights><para>{rights}</para></intellectualRights>
    <contact><organizationName>{name}</organizationName></contact>
  </dataset>
</eml:eml>
"""
ABSTRACT = (
    "Encounters with animals that were seen, and in part identified by photographs. Coordinates of "
    "sensitive species are blurred or withheld."
)
RIGHTS = "The data belong to those who reported them: ask them before you publish the dataset."


def write(dataset: Dataset, path: Path, _options: Mapping[str, Any]) -> None:
    """Write the archive of an export."""
    with new_archive(path) as archive:
        archive.writestr("meta.xml", META.format(fields="\n".join(map(_field, enumerate(TERMS)))))
        archive.writestr("eml.xml", _eml(dataset))
        with text_file(archive, "occurrence.txt") as file:
            file.write("\t".join(TERMS) + "\n")
            for observation in observations(dataset):
                values = _values(dataset, observation)
                file.write("\t".join(_text(values.get(term)) for term in TERMS) + "\n")


def _values(dataset: Dataset, seen: Observation) -> dict[str, Any]:
    """The values of an occurrence by term."""
    protection = seen.protection
    has_point = seen.latitude is not None
    values: dict[str, Any] = {
        "occurrenceID": seen.guid,
        "basisOfRecord": "HumanObservation",
        "occurrenceStatus": "present",
        "eventID": seen.sighting,
        "eventDate": interval(seen.moment) if seen.moment else None,
        "scientificName": seen.species,
        "individualCount": 1,
        "organismID": seen.individual,
        "sex": seen.sex,
        "locationID": seen.region_guid,
        "locality": seen.region,
        "verbatimLocality": seen.locality,
        "associatedMedia": SEPARATOR.join(picture.address for picture in seen.pictures),
        "institutionCode": dataset.site.name,
    }
    if has_point:
        values |= {
            "decimalLatitude": seen.latitude,
            "decimalLongitude": seen.longitude,
            "geodeticDatum": "EPSG:4326",
        }
    if has_point and protection.is_blurred:
        values |= {
            "coordinateUncertaintyInMeters": protection.uncertainty,
            "coordinatePrecision": protection.level,
            "dataGeneralizations": f"Coordinates rounded to {protection.level} degrees.",
        }
    if protection.is_withheld:
        values["informationWithheld"] = "Coordinates of a sensitive species."
    return values


def _field(numbered: tuple[int, str]) -> str:
    index, term = numbered
    return f'    <field index="{index}" term="{DWC}{term}"/>'


def _eml(dataset: Dataset) -> str:
    name = NOT_OF_XML.sub("", dataset.site.name)
    return EML.format(
        guid=dataset.guid,
        name=escape(name),
        date=dataset.created.date(),
        abstract=escape(ABSTRACT),
        rights=escape(RIGHTS),
    )


def _text(value: Any) -> str:
    """A value in a row, where no text has a separator of fields or of lines."""
    return "" if value is None else SPACES.sub(" ", str(value)).strip()
