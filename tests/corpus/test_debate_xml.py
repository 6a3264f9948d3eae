from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.corpus.loaders import UnusableFileError, load, load_all
from qa_bot.corpus.loaders.base import Loaded

TEI = """<?xml version="1.0" encoding="UTF-8"?>
<TEI xmlns="http://www.tei-c.org/ns/1.0" xml:lang="sl"><teiHeader><fileDesc><titleStmt>
<title type="main" xml:lang="en">Session 9 [ParlaMint SAMPLE]</title>
<title type="main" xml:lang="sl">9. seja [ParlaMint SAMPLE]</title></titleStmt>
<publicationStmt><date when="2024-01-23"/></publicationStmt>
<sourceDesc><bibl><idno type="URI">https://parliament.example/9</idno></bibl></sourceDesc></fileDesc>
<profileDesc><settingDesc><setting><name type="city">Ljubljana</name><date when="2022-04-06"/>
</setting></settingDesc><particDesc><listPerson><person xml:id="BergAda"><persName>
<surname>Berg</surname><forename>Ada</forename></persName></person></listPerson></particDesc>
</profileDesc></teiHeader><text><body><div type="debateSection"><head>Budget</head>
<note type="time">The sitting began at nine.</note>
<note type="speaker">VICE-PRESIDENT BRANKO SIMONOVIČ:</note>
<u who="#SimonovičBranko" ana="#chair"><seg>Good morning.</seg>
<seg>I give the floor to Ms Berg.</seg></u>
<note type="speaker">ADA BERG (PS):</note>
<u who="#BergAda" ana="#regular"><seg>The harbour will cost<note>sic</note> 40 million, to be paid
</seg><kinesic type="applause"><desc>Applause</desc></kinesic><seg>in ten years.</seg></u>
<gap reason="editorial"><desc>SAMPLING</desc></gap>
<u who="#SimonovičBranko" ana="#chair">Thank you.</u></div></body></text></TEI>"""

AKOMA = """<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><debate>
<meta><identification><FRBRWork><FRBRdate date="2023-05-16" name="sitting"/></FRBRWork>
<FRBRExpression><FRBRlanguage language="eng"/></FRBRExpression></identification>
<references source="#s"><TLCPerson eId="berg" href="/p/1" showAs="Ada Berg"/>
<TLCRole eId="minister" href="/r/1" showAs="Minister of Ports"/></references></meta>
<preface><p><docTitle>Debates, 16 May 2023</docTitle></p></preface><debateBody><debateSection>
<heading>The harbour</heading><narrative>The House met at 2 p.m.</narrative>
<question by="#lund"><from>Mr. Bo Lund:</from>
<p>What will it <i>cost</i>?<noteRef href="#n"/></p></question>
<answer by="#berg" as="#minister"><from>The Minister</from><p>Forty million.</p>
<ul><li>Half this year.</li></ul><p>Half the next.
<authorialNote><p>Estimate.</p></authorialNote></p>
</answer><summary>Question put and agreed to.</summary>
</debateSection></debateBody></debate></akomaNtoso>"""


def spoken(loaded: Loaded) -> list[tuple[str, str, str]]:
    return [(t.speaker, t.role, loaded.text[t.start : t.end]) for t in loaded.turns]


def test_a_record_in_tei_as_parlamint_writes_it() -> None:
    loaded = load("a.xml", TEI.encode())
    assert spoken(loaded) == [
        ("Branko Simonovič", "chair", "Good morning.\n\nI give the floor to Ms Berg."),
        ("Ada Berg", "", "The harbour will cost 40 million, to be paid\n\nin ten years."),
        ("Branko Simonovič", "chair", "Thank you."),
    ]
    assert loaded.text.startswith("Budget\n\nGood morning.")
    assert loaded.facts == {
        "title": "9. seja",
        "date": "2022-04-06",
        "place": "Ljubljana",
        "language": "sl",
        "source": "https://parliament.example/9",
    }
    assert loaded.omissions[0].count >= 4


def test_words_marked_one_by_one_are_put_together() -> None:
    words = """<seg><s><w>Iebildumu</w> <w join="right">nav</w>\n<pc>.</pc>
    <linkGrp><link/></linkGrp></s>
    <s><name>\n<w>Jāņa</w>\n<w>Plepa</w>\n</name><w>runa</w></s></seg>"""
    page = f'<TEI><text><body><u who="#x.y:PlepsJānis">{words}</u></body></text></TEI>'
    loaded = load("a.xml", page.encode())
    assert spoken(loaded) == [("Pleps Jānis", "", "Iebildumu nav. Jāņa Plepa runa")]


def test_plays_and_plain_texts_in_tei() -> None:
    body = "<p>Preface.</p><sp><speaker>Chair.</speaker><p>Order!</p></sp>"
    loaded = load("a.xml", f"<TEI><text><body>{body}</body></text></TEI>".encode())
    assert loaded.text == "Preface.\n\nOrder!"
    assert spoken(loaded) == [("Chair", "", "Order!")]


def test_a_debate_in_akoma_ntoso() -> None:
    loaded = load("a.xml", AKOMA.encode())
    assert loaded.text == (
        "The harbour\n\nThe House met at 2 p.m.\n\nWhat will it cost?\n\nForty million.\n\n"
        "Half this year.\n\nHalf the next.\n\nQuestion put and agreed to."
    )
    assert [turn[:2] for turn in spoken(loaded)] == [
        ("Mr. Bo Lund", ""),
        ("Ada Berg", "Minister of Ports"),
    ]
    assert loaded.turns[-1].end == loaded.text.index("\n\nQuestion")
    assert loaded.facts["title"] == "Debates, 16 May 2023"
    assert (loaded.facts["date"], loaded.facts["language"]) == ("2023-05-16", "en")


def test_a_corpus_in_one_file_gives_its_records() -> None:
    person = '<person xml:id="x1"><persName>Ada <surname>Berg</surname></persName></person>'
    record = "<TEI xml:id='{0}'><text><body><u who='#x1'>Speech {0}.</u>{1}</body></text></TEI>"
    unknown = "<u who='#unknown-F'>Who knows.</u>"
    records = record.format("one", unknown) + record.format("two", "")
    corpus = f"<teiCorpus><teiHeader>{person}</teiHeader>{records}</teiCorpus>"
    first, second = load_all("a.xml", corpus.encode()).speeches
    assert (first.name, second.name) == ("one", "two")
    assert [turn[0] for turn in spoken(first)] == ["Berg", ""]
    assert second.text == "Speech two."


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("<listPerson><person/></listPerson>", "list"),
        ("<TEI><teiHeader/></TEI>", "without a text"),
        ("<akomaNtoso><act><body2/></act></akomaNtoso>", "law"),
        ("<rss/>", r"not known \(rss\)"),
        ("<TEI>", "no XML"),
        ("no tags", "no XML"),
        ("<a>" * 400 + "</a>" * 400, "no XML"),
    ],
)
def test_other_xml_is_told_apart(data: str, reason: str) -> None:
    with pytest.raises(UnusableFileError, match=reason):
        load("a.xml", data.encode())


def test_nothing_outside_the_file_is_read() -> None:
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 9 if n else "ha"}">' for n in range(9))
    file = '<!ENTITY f SYSTEM "file:///etc/hostname">'
    text = "<TEI><text><body><p>Before &{}; after.</p></body></text></TEI>"
    own = load("a.xml", f"<!DOCTYPE TEI [{bomb}]>{text.format('e0')}".encode())
    assert own.text == "Before ha after."
    for entity in ("e8", "f"):
        with pytest.raises(UnusableFileError, match="no XML"):
            load("a.xml", f"<!DOCTYPE TEI [{bomb}{file}]>{text.format(entity)}".encode())


TAGS = (
    "<u who='#AaBb'>|</u>|<seg>|</seg>|<note type='speaker'>|</note>|<w join='right'>|</w>|<p>|</p>"
    "|x|<!--c-->|&amp;|<sp>|</sp>|<speech by='#a'>|</speech>|<from>a</from>"
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(TAGS.split("|")), max_size=20))
def test_any_elements_are_text_or_a_reason(parts: list[str]) -> None:
    for frame in (
        "<TEI><body>{}</body></TEI>",
        "<akomaNtoso><debateBody>{}</debateBody></akomaNtoso>",
    ):
        try:
            loaded = load("a.xml", frame.format(" ".join(parts)).encode())
        except UnusableFileError as error:
            assert "damaged" not in error.reason
        else:
            assert all(t.start < t.end <= len(loaded.text) for t in loaded.turns)
