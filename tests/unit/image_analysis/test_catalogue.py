"""The catalogue is read from files, merged, and validated at the start."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from houston.core.settings import SettingsError
from houston.modules.image_analysis.catalogue import Catalogue, load_catalogue

SPECIES = {"_common_name": "Wild dog", "_itis_id": -3, "_detectors": ["@_detectors.dogs"]}
DOGS = {"name": "Dogs", "description": "Finds dogs.", "config_dict": {"model_tag": "dogs_v0"}}


@pytest.fixture
def packaged() -> Catalogue:
    return load_catalogue(None)


def write(folder: Path, **files: Any) -> Path:
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / f"IA.{name}.json").write_text(text)
    return folder


def refusal(folder: Path, **files: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        load_catalogue(write(folder, **files))
    return str(caught.value)


def numbers(catalogue: Catalogue, detector: str) -> dict[str, int]:
    species = catalogue.detection_config()[detector]["supported_species"]
    return {each["scientific_name"]: each["itis_id"] for each in species}


def test_packaged_species_have_their_numbers(packaged: Catalogue) -> None:
    assert numbers(packaged, "african_terrestrial") == {
        "Equus quagga": 624996,
        "Equus grevyi": 202400,
    }
    assert numbers(packaged, "seals_v1") == {
        "Halichoerus grypus": 180653,
        "Monachus monachus": 180659,
        "Neomonachus schauinslandi": 1133135,
        "Phoca vitulina": 180649,
        "Pusa hispida": 622018,
        "Pusa hispida botnica": 622062,
        "Pusa hispida hispida": 622061,
        "Pusa hispida ochotensis": 622065,
        "Pusa hispida saimensis": 622064,
    }


def test_packaged_detectors_of_deer_and_snails(packaged: Catalogue) -> None:
    deer, snails = numbers(packaged, "deer_model_v0"), numbers(packaged, "snail_v0")
    assert (len(deer), len(snails)) == (6, 41)
    assert deer["Odocoileus virginianus"] == 180699
    assert {"Axis axis", "Cervus nippon", "Dama dama", "Rucervis eldii", "Rusa alfredi"} < set(deer)
    assert {name.split()[0] for name in snails} > {"Achatinella", "Partula", "Partulina"}
    numbered = [species.itis_id for species in packaged.species]
    assert len(set(numbered)) == len(numbered)
    assert all(
        species.classes == {ia_class: ("hotspotter_nosv",)}
        for species in packaged.species
        for key, ia_class in (("deer_model_v0", "deer_unknown"), ("snail_v0", "snail"))
        if key in species.detectors
    )
    assert packaged.detectors["snail_v0"]["config_dict"] == {
        "labeler_algo": "efficientnet",
        "labeler_model_tag": "snail_effnet_v0",
        "model_tag": "snail_v0",
        "nms_thresh": 0.4,
        "orienter_algo": "plugin:orientation",
        "sensitivity": 0.65,
    }


def test_detection_config_has_the_format_of_clients(packaged: Catalogue) -> None:
    offered = packaged.detection_config()["african_terrestrial"]
    assert offered["name"] == "African terrestrial mammal detector"
    assert offered["supported_species"][1] == {
        "scientific_name": "Equus grevyi",
        "common_name": "Grevy's zebra",
        "itis_id": 202400,
        "ia_classes": ["zebra_grevys"],
        "id_algos": {"hotspotter_nosv": {"description": "HotSpotter pattern-matcher"}},
    }


def test_classes_are_those_of_all_species(packaged: Catalogue) -> None:
    assert packaged.ia_classes() == [
        "deer_unknown",
        "grey_seal_femaleyoung",
        "grey_seal_male",
        "grey_seal_pup",
        "grey_seal_unknown",
        "harbour_seal",
        "hawaiian_monk_seal",
        "mediterranean_monk_seal",
        "seal",
        "seal_ringed",
        "snail",
        "zebra",
        "zebra_grevys",
    ]


def test_known_species_have_the_format_of_the_site_setting(packaged: Catalogue) -> None:
    known = packaged.known_species()
    assert len(known) == 11 + 47
    assert {
        "scientificName": "Phoca vitulina",
        "commonNames": ["Harbour seal"],
        "itisTsn": 180649,
    } in known


def test_configuration_that_is_sent_with_requests(packaged: Catalogue) -> None:
    assert packaged.detectors["african_terrestrial"]["config_dict"] == {
        "labeler_algo": "densenet",
        "labeler_model_tag": "zebra_v1",
        "model_tag": "ggr2",
        "nms_thresh": 0.4,
        "sensitivity": 0.4,
    }
    assert packaged.identifiers["hotspotter_nosv"]["sage"] == {"query_config_dict": {"sv_on": True}}


def test_packaged_files_are_consistent(caplog: pytest.LogCaptureFixture) -> None:
    load_catalogue(None)
    assert caplog.records == []


def test_files_of_a_folder_are_added(tmp_path: Path) -> None:
    quagga = {"_detectors": ["@_detectors.dogs"]}
    files = {"_detectors": {"dogs": DOGS}, "Lycaon": {"pictus": SPECIES}}
    catalogue = load_catalogue(write(tmp_path, dogs={**files, "Equus": {"quagga": quagga}}))
    assert numbers(catalogue, "dogs") == {"Equus quagga": 624996, "Lycaon pictus": -3}
    assert "Equus quagga" in numbers(catalogue, "african_terrestrial")


def test_species_and_classes_need_neither_detectors_nor_identifiers(tmp_path: Path) -> None:
    lone = {"_common_name": "Wild dog", "_itis_id": -4, "wild_dog": {}}
    catalogue = load_catalogue(write(tmp_path, lone={"Lycaon": {"pictus": lone}}))
    assert catalogue.species[-1].detectors == ()
    assert catalogue.species[-1].classes == {"wild_dog": ()}
    assert "wild_dog" in catalogue.ia_classes()


def test_metadata_and_fields_for_other_readers_are_ignored(tmp_path: Path) -> None:
    detectors = {"_note": 5, "dogs": {**DOGS, "licence": "none"}}
    species = {**SPECIES, "_save_as": [], "wild_dog": {"_default": True, "colour": "brown"}}
    files = {"_detectors": detectors, "Lycaon": {"_note": "x", "pictus": species}, "_note": []}
    catalogue = load_catalogue(write(tmp_path, dogs=files))
    assert catalogue.detectors["dogs"] == DOGS
    assert catalogue.species[-1].classes == {"wild_dog": ()}


def test_link_to_a_detector_may_go_through_another_link(tmp_path: Path) -> None:
    species = {**SPECIES, "_detectors": "@Shared._lists.dogs"}
    shared = {"_lists": {"dogs": ["@Shared._lists.dog"], "dog": "@_detectors.dogs"}}
    files = {"_detectors": {"dogs": DOGS}, "Lycaon": {"pictus": species}, "Shared": shared}
    catalogue = load_catalogue(write(tmp_path, dogs=files))
    assert catalogue.species[-1].detectors == ("dogs",)


def test_other_files_of_the_folder_are_ignored(tmp_path: Path) -> None:
    (tmp_path / "readme.json").write_text("no JSON")
    assert load_catalogue(tmp_path) == load_catalogue(None)


def test_links_are_followed_at_any_depth_and_in_chains(tmp_path: Path) -> None:
    tree = {
        "_detectors": {"dogs": {**DOGS, "config_dict": "@Shared._configs.first"}},
        "Shared": {"_configs": {"first": "@Shared._configs.second", "second": ["@_tag"]}},
        "_tag": "@_last",
        "_last": "v1",
    }
    tree["Shared"]["_configs"]["second"] = {"nested": [{"tag": "@_tag"}]}
    catalogue = load_catalogue(write(tmp_path, a=tree))
    assert catalogue.detectors["dogs"]["config_dict"] == {"nested": [{"tag": "v1"}]}


def test_contradictions_are_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    deer = {"_identifiers": {"hotspotter_nosv": {"sage": {"query_config_dict": {"sv_on": False}}}}}
    zebra = {"Equus": {"quagga": {"_common_name": "Burchell's zebra", "_itis_id": 624996}}}
    catalogue = load_catalogue(write(tmp_path, deer=deer, zebra=zebra))
    assert [record.getMessage() for record in caplog.records] == [
        "IA.deer.json replaces _identifiers.hotspotter_nosv of an earlier file",
        "IA.zebra.json replaces Equus.quagga._common_name of an earlier file",
    ]
    assert catalogue.species[0].common_name == "Burchell's zebra"
    assert catalogue.identifiers["hotspotter_nosv"]["sage"]["query_config_dict"]["sv_on"] is False


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("no JSON", "IA.bad.json cannot be read: Expecting value at line 1, column 1."),
        ("[]", "IA.bad.json must hold an object."),
        ({"Lycaon": 5}, "Lycaon: Not a valid mapping."),
        (
            {"Lycaon": {"pictus": {"_itis_id": 1}}},
            "Lycaon.pictus._common_name: Missing data for required field.",
        ),
        (
            {"Lycaon": {"pictus": {**SPECIES, "_detectors": []}, "b.c": {}}},
            "Lycaon.b.c: Must not contain a dot.",
        ),
        (
            {"Lycaon": {"pictus": SPECIES}},
            "Lycaon.pictus._detectors.0: Must be the link of an entry, such as @_detectors.<key>.",
        ),
        (
            {"Lycaon": {"pictus": {**SPECIES, "_detectors": [], "_common_name": ""}}},
            "Lycaon.pictus._common_name: Shorter than minimum length 1.",
        ),
        (
            {"Lycaon": {"pictus": {**SPECIES, "_detectors": [], "_itis_id": "3"}}},
            "Lycaon.pictus._itis_id: Not a valid integer.",
        ),
        (
            {"Lycaon": {"pictus": {**SPECIES, "_detectors": "seals_v1"}}},
            "Lycaon.pictus._detectors: Not a valid list.",
        ),
        (
            {"Lycaon": {"pictus": {**SPECIES, "_detectors": ["seals_v1"]}}},
            "Lycaon.pictus._detectors.0: Must be the link of an entry, such as @_detectors.<key>.",
        ),
        (
            {"_detectors": {"dogs": {**DOGS, "config_dict": 5}}},
            "_detectors.dogs.config_dict: Not a valid mapping.",
        ),
        ({"_a": {"b": "@_a.b"}, "Lycaon": "@_a.b"}, "_a.b is a link that leads to itself."),
        (
            {"_detectors": {"dogs": {**DOGS, "config_dict": {"a": "@_detectors.dogs"}}}},
            "_detectors.dogs.config_dict is nested too deeply, or contains itself.",
        ),
        (
            {"_identifiers": {"new": {"frontend": {}, "sage": {}}}},
            "_identifiers.new.frontend.description: Missing data for required field.",
        ),
    ],
)
def test_invalid_file_is_refused_by_field(tmp_path: Path, content: Any, problem: str) -> None:
    assert refusal(tmp_path, bad=content) == f"houston.image_analysis.configs: {problem}"


def test_folder_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="must be a folder that can be read"):
        load_catalogue(tmp_path / "missing")
