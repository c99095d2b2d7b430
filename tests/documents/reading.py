"""Papers as their readers see them."""

import io

from pypdf import PdfReader

from kinbook.documents.render import document_pdf


def words(document):
    """Return the words of a document's paper, in order."""
    return words_in(document_pdf(document))


def words_in(paper):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages).split())
