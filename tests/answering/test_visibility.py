import threading

from qa_bot.answering.visibility import MOST_KEPT, Visibility
from qa_bot.schema import Document

OPEN = Document("a", text="The secretariat met in Geneva.", title="Opening", speaker="Ada Berg")
CLOSED = Document("b", text="A confidential merger.", title="Closed", groups=("board",))
KNOWN = Visibility({d.id: d for d in (OPEN, CLOSED)}, lambda: ["about"])


def test_names_and_words_are_kept_to_the_groups_of_their_documents() -> None:
    assert [d.id for d in KNOWN.documents(None)] == ["a", "b"]
    assert [d.id for d in KNOWN.documents(("staff",))] == ["a"]
    assert KNOWN.groups(["staff", "board"]) == ("board",)
    mistyped = "What of the confidentail secretariet and Clsoed?"
    for groups in (None, ("board",)):
        meant = KNOWN.spelling(groups).respelled(mistyped)
        assert meant == "What of the confidential secretariat and Closed?"
    # Two strange words against one: nothing tells that a hidden speech holds them.
    assert KNOWN.spelling(()).respelled(mistyped) == mistyped
    assert KNOWN.spelling(()).respelled("the secretariet") == "the secretariat"
    assert KNOWN.spelling(()).respelled("the confidentail") == "the confidentail"


def test_everything_is_made_once_also_for_many_at_a_time() -> None:
    asked: list[int] = []
    known = Visibility({"a": OPEN}, lambda: asked.append(1) or ["about"])  # type: ignore[func-returns-value]
    made: list[object] = []
    threads = [threading.Thread(target=lambda: made.append(known.spelling(None))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(asked) == 1
    assert len(set(map(id, made))) == 1


def test_what_is_kept_is_bounded_and_the_oldest_goes_first() -> None:
    names = [f"g{n}" for n in range(MOST_KEPT + 1)]
    known = Visibility({n: Document(n, text=n, groups=(n,)) for n in names}, list)
    first, second = known.entities((names[0],)), known.entities((names[1],))
    for name in names[2:]:
        known.entities((name,))
    assert known.entities((names[1],)) is second
    assert known.entities((names[0],)) is not first
