"""Forms of the catalogue: the curators' own, and the steps in which members write their entries."""

from solutions.forms.curating import EntryForm, NeedLineForm, NoteActionForm
from solutions.forms.files import FileForm, ImportForm, LetterForm
from solutions.forms.moving import NoteForm
from solutions.forms.posting import NewEntryForm, StepForm
from solutions.forms.steps import STEPS, Step
from solutions.forms.translating import TranslationForm

__all__ = [
    "STEPS",
    "EntryForm",
    "FileForm",
    "ImportForm",
    "LetterForm",
    "NeedLineForm",
    "NewEntryForm",
    "NoteActionForm",
    "NoteForm",
    "Step",
    "StepForm",
    "TranslationForm",
]
