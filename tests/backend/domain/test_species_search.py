"""Real typing errors find the plant that was meant; nonsense finds nothing."""

import pytest
from aioplantops.needs import Needs
from aioplantops.species import Species, SpeciesSource
from hypothesis import given
from hypothesis import strategies as st
from plantops.domain.species.fold import fold, fold_bare
from plantops.domain.species.search import Index, best, distance, likeness
from plantops.domain.species.table import builtin
from virtualgarden.plants import PLANTS, PlantKind

INDEX = Index(builtin().values())


def found(text: str, most: int = 5) -> list[str]:
    return [hit.species.id for hit in best(INDEX.hits(text), most)]


@pytest.mark.parametrize(
    ("text", "species_id"),
    [
        ("monstera delicosa", "monstera-deliciosa"),
        ("Monsterra deliciosa", "monstera-deliciosa"),
        ("monst", "monstera-deliciosa"),
        ("efeutute", "epipremnum-aureum"),
        ("Efeututte", "epipremnum-aureum"),
        ("photos", "epipremnum-aureum"),
        ("bogenhanf", "dracaena-trifasciata"),
        ("bogen hanf", "dracaena-trifasciata"),
        ("sansevieria trifasciata", "dracaena-trifasciata"),
        ("sanseveria trifasiata", "dracaena-trifasciata"),
        ("snakeplant", "dracaena-trifasciata"),
        ("basilkum", "ocimum-basilicum"),
        ("basillikum", "ocimum-basilicum"),
        ("bazil", "ocimum-basilicum"),
        ("zz plant", "zamioculcas-zamiifolia"),
        ("ZZ-Plant", "zamioculcas-zamiifolia"),
        ("zz", "zamioculcas-zamiifolia"),
        ("zamiocalcus", "zamioculcas-zamiifolia"),
        ("grünlilie", "chlorophytum-comosum"),
        ("gruenlilie", "chlorophytum-comosum"),
        ("grunlilie", "chlorophytum-comosum"),
        ("GRÜNLILLIE", "chlorophytum-comosum"),
        ("spider plnat", "chlorophytum-comosum"),
        ("geigen feige", "ficus-lyrata"),
        ("geigenfiege", "ficus-lyrata"),
        ("fiddle leaf fig", "ficus-lyrata"),
        ("ficus lyratta", "ficus-lyrata"),
        ("peace lilly", "spathiphyllum-wallisii"),
        ("einblat", "spathiphyllum-wallisii"),
        ("spathiphylum", "spathiphyllum-wallisii"),
        ("phalenopsis", "phalaenopsis-amabilis"),
        ("schmetterlings orchidee", "phalaenopsis-amabilis"),
        ("usambara veilchen", "streptocarpus-ionanthus"),
        ("saintpaulia", "streptocarpus-ionanthus"),
        ("alo vera", "aloe-vera"),
        ("alovera", "aloe-vera"),
        ("rosmarien", "salvia-rosmarinus"),
        ("rosemarin", "salvia-rosmarinus"),
        ("lavendell", "lavandula-angustifolia"),
        ("petersielie", "petroselinum-crispum"),
        ("schnitlauch", "allium-schoenoprasum"),
        ("fuschia", "fuchsia-hybrida"),
        ("bougainvilla", "bougainvillea-glabra"),
        ("oleandar", "nerium-oleander"),
        ("strelizia reginae", "strelitzia-reginae"),
        ("weinachtsstern", "euphorbia-pulcherrima"),
        ("pointsettia", "euphorbia-pulcherrima"),
        ("venusfliegen falle", "dionaea-muscipula"),
        ("string of pearl", "curio-rowleyanus"),
        ("Möhre", "daucus-carota"),
        ("mohre", "daucus-carota"),
        ("fleissiges lieschen", "impatiens-walleriana"),
        ("fleißiges lischen", "impatiens-walleriana"),
        ("tomaten", "solanum-lycopersicum"),
        ("calathea orbifolia", "goeppertia-orbifolia"),
        ("orbifolia calathea", "goeppertia-orbifolia"),
        ("chrysanteme", "chrysanthemum-morifolium"),
        ("stiefmutterchen", "viola-wittrockiana"),
    ],
)
def test_typing_errors_are_forgiven(text: str, species_id: str) -> None:
    assert found(text, 1) == [species_id]


def test_what_has_the_very_name_comes_first() -> None:
    for species in builtin().values():
        for name in species.names:
            assert found(name, 1) == [species.id], name


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
def test_the_demos_plants_are_known(plant: PlantKind) -> None:
    (hit,) = best(INDEX.hits(plant.species), 1)
    assert hit.matched == plant.species


def test_a_genus_finds_its_species_before_those_that_left_it() -> None:
    assert {"philodendron-erubescens", "philodendron-hederaceum"} == set(found("philodendron", 2))
    assert all(species_id.startswith("ficus") for species_id in found("ficus"))


def test_a_part_of_a_german_word_is_found() -> None:
    assert "phalaenopsis-amabilis" in found("orchidee", 10)
    assert "schlumbergera-truncata" in found("kaktus", 30)


def test_a_hit_tells_which_name_fits() -> None:
    (hit,) = best(INDEX.hits("bogenhanff"), 1)
    assert (hit.matched, hit.species.name) == ("Bogenhanf", "Dracaena trifasciata")


@pytest.mark.parametrize(
    "text", ["", "   ", "xyzqq", "12345", "植物", "!?", "\x00", "<script>", "' OR 1=1 --", "q" * 5000]
)
def test_nonsense_finds_nothing(text: str) -> None:
    assert found(text) == []


def test_a_name_of_its_own_alphabet_does_no_harm() -> None:
    species = Species(id="custom:1", source=SpeciesSource.CUSTOM, name="ばら", needs=Needs())
    assert Index([species]).hits("ばら") == []


def test_folding_evens_out_what_keyboards_differ_in() -> None:
    assert fold("Grünlilie") == fold("GRÜNLILIE") == fold("Gru\u0308nlilie") == fold("gruenlilie") == "gruenlilie"
    assert fold_bare("Grünlilie") == "grunlilie"
    assert fold("Fleißiges  Lieschen") == "fleissiges lieschen"
    assert fold("Mâche, Citrus (sinensis)") == "mache citrus sinensis"


WORDS = st.text(alphabet="abcd", max_size=8)


@given(one=WORDS, other=WORDS)
def test_a_distance_is_one(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one) <= max(len(one), len(other))
    assert (distance(one, other) == 0) == (one == other)


@pytest.mark.parametrize(
    ("one", "other", "errors"),
    [("", "abc", 3), ("kitten", "sitting", 3), ("ab", "ba", 1), ("plnat", "plant", 1), ("ca", "abc", 3)],
)
def test_a_distance_counts_typing_errors(one: str, other: str, errors: int) -> None:
    """The last pair tells the restricted distance (3) from the unrestricted one (2)."""
    assert distance(one, other) == errors


@given(one=WORDS.filter(bool), other=WORDS.filter(bool))
def test_likeness_stays_between_nothing_and_all(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert (likeness(one, other) == 1) == (one == other)
