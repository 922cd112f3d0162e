"""The models of works, editions and files."""

from publications.models.editions import Edition, EditionFile, GoodPractice, Guidance, Publication
from publications.models.files import FileVersion, LibraryDocument, Reading, ReadSection
from publications.models.imports import ImportRun
from publications.models.tree import LibraryPage, SectionPage
from publications.models.works import MovedFile, Work, WorkIdentifier, WorkOrganisation

__all__ = [
    "Edition",
    "EditionFile",
    "FileVersion",
    "GoodPractice",
    "Guidance",
    "ImportRun",
    "LibraryDocument",
    "LibraryPage",
    "MovedFile",
    "Publication",
    "ReadSection",
    "Reading",
    "SectionPage",
    "Work",
    "WorkIdentifier",
    "WorkOrganisation",
]
