"""The questions that lead to situations: all as one tree, and one by one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from codes.models import Question, QuestionChoice
from statuscodes.web.decorators import public

from .alternates import with_alternates
from .rows import Row, situation_row

MAX_DEPTH = 12  # questions one below the other in the tree


@public
@with_alternates()
def question_list(request: HttpRequest) -> HttpResponse:
    """Show all questions as one tree, with the situations at its ends."""
    questions = {each.pk: each for each in Question.objects.prefetch_related("choices__situations")}
    reached = {choice.next_id for each in questions.values() for choice in each.choices.all()}
    roots = [each for each in questions.values() if each.pk not in reached]
    drawn: set[str] = set()
    return render(request, "codes/question_list.html", {"roots": [_branch(each, questions, drawn) for each in roots]})


def _branch(question: Question, questions: dict[str, Question], drawn: set[str], depth: int = 1) -> Row:
    """Return a question with everything below it.

    One that was drawn before, perhaps above, is shown without its answers: else a few questions that many answers share
    would make a page without end.
    """
    choices = [] if question.pk in drawn or depth > MAX_DEPTH else question.choices.all()
    drawn.add(question.pk)
    return {
        "url": question.get_absolute_url(),
        "question": question.question,
        "choices": [
            {
                "answer": choice.answer,
                "branch": _branch(questions[choice.next_id], questions, drawn, depth + 1) if choice.next_id else None,
                "rows": [situation_row(each) for each in choice.situations.all()],
            }
            for choice in choices
        ],
    }


@public
@with_alternates()
def question_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask one question: each answer leads to the next one or to situations."""
    question = get_object_or_404(Question, slug=slug)
    choices = question.choices.select_related("next").prefetch_related("situations")
    before = QuestionChoice.objects.filter(next=slug).select_related("question")
    context = {
        "question": question,
        "before": [(choice.question.get_absolute_url(), choice.question.question, choice.answer) for choice in before],
        "choices": [
            {
                "answer": choice.answer,
                "url": choice.next.get_absolute_url() if choice.next else "",
                "question": choice.next.question if choice.next else "",
                "rows": [situation_row(each) for each in choice.situations.all()],
            }
            for choice in choices
        ],
    }
    return render(request, "codes/question_detail.html", context)
