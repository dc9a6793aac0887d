"""What an editor looks at twice before it is done: nothing is refused, but a tick is asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

LOOKED_TWICE = "looked_twice"
"""The name of the tick in the forms of all pages."""
TITLE = "Look at this twice"


def _key(questions: Sequence[str]) -> str:
    """A word for exactly these questions: a tick says nothing of others that have come up since."""
    return hashlib.sha256("\n".join(questions).encode()).hexdigest()[:16]


def looked_twice_field(questions: Sequence[str]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        choices=[(_key(questions), "I have looked at these")],
        widget=forms.CheckboxSelectMultiple,
        label="Looked at",
        help_text="Nothing is refused: it is done as you entered it, once this is ticked.",
        error_messages={
            "required": "Look at what is asked above, and tick this.",
            "invalid_choice": "What is asked has changed: look again, and tick this.",
        },
    )


def ask_in(form: forms.Form, questions: Sequence[str]) -> None:
    """Add the tick to a form, if there is something to look at."""
    if questions:
        form.fields[LOOKED_TWICE] = looked_twice_field(questions)
        if form.is_bound:
            form.full_clean()


def were_looked_at(questions: Sequence[str], data: QueryDict) -> bool:
    """Whether the tick was sent with these very questions, if there are any."""
    return not questions or data.getlist(LOOKED_TWICE) == [_key(questions)]


def as_list(questions: Sequence[str]) -> SafeString:
    return format_html(
        '<ul class="questions">{}</ul>',
        format_html_join("", "<li>{}</li>", ([question] for question in questions)),
    )
