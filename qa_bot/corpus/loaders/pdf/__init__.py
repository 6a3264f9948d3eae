"""PDF: text by page in reading order, found from where the characters stand.

From the file to the text: ``file`` (pages, labels, pictures), ``glyphs`` (characters with boxes),
``words`` (words and rows), ``furniture`` and ``line_numbers`` (what stands beside the text),
``letters`` (lost ligatures), ``columns``, ``notes``, ``paragraphs``, ``layout``; ``reader`` calls
them in this order.

pypdfium2 was chosen for the characters: of the libraries measured on the same files it is the only
quick one that gives a box for each character and draws the page from the same reading. Measured
beside it: pdfplumber (rows of two columns fused, a tenth of the speed), pdfminer.six (columns
right, a tenth of the speed), pypdf (order of the file), pdf_oxide (columns right and quickest, but
no boxes of the text it puts out). None of them tells footnotes and their marks, running heads, line
numbers or lost letters, so the layout is found here.
"""

from qa_bot.corpus.loaders.pdf.reader import Read, load, read

__all__ = ["Read", "load", "read"]
