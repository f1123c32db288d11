"""The elements of an XML file, as the same shapes JSON has. No entities, no network, no DTD."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext_noop
from lxml import etree

from ..vocabulary import NotUnderstood

DEEPEST = 30


def elements(stream: IO[bytes], *tags: str) -> Iterator[Any]:
    """Each element of these names as a mapping (`-` in names is `_`); NotUnderstood where the file breaks off."""
    try:
        for _event, element in etree.iterparse(
            stream, events=("end",), tag=tags, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        ):
            if any(parent.tag in tags for parent in element.iterancestors()):
                continue
            yield _value(element, 0)
            _forget(element)
    except etree.XMLSyntaxError:
        yield NotUnderstood(gettext_noop("The XML breaks off, or is not well-formed."))


def _value(element: Any, depth: int) -> Any:
    """A mapping, a list (`type="array"`), or text."""
    children = [child for child in element if isinstance(child.tag, str)]
    if depth > DEEPEST or element.get("nil") == "true":
        return None
    if element.get("type") == "array":
        return [_value(child, depth + 1) for child in children]
    if not children:
        return element.text or ""
    return {child.tag.replace("-", "_"): _value(child, depth + 1) for child in children}


def _forget(element: Any) -> None:
    """Gives the memory of what was read back."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]
