"""No sentence reaches a screen unmarked: in templates, in what is raised and said, in scripts."""

import ast
import re
from html.parser import HTMLParser

import pytest
from django.template.base import Lexer, TokenType

from tests.architecture.sentences import spoken
from tests.architecture.source import ROOT

WORD = re.compile(r"[A-Za-z]{2,}")
#: Names, which are the same in every language.
NAMES = {"opsconsole", "English", "Facebook", "HTTP", "https", "Ctrl", "Enter", "VIP"}
SEEN_ATTRIBUTES = {"title", "aria-label", "aria-description", "placeholder", "alt", "label"}
#: Names of keys are printed on the keyboard.
UNREAD = {"script", "style", "kbd", "code", "svg"}
#: Blocks that fill attributes.
NO_TEXT = {"page_class", "live_url"}
REFUSALS = {"DomainError", "Invalid", "Conflict", "NotAllowed", "NotFound", "ValidationError"}
#: What a script writes for people to read: the rest of the line is looked at.
WRITES = re.compile(
    r"(?:\.(?:textContent|innerText|innerHTML|title|placeholder|ariaLabel)\s*=(?!=)"
    r"|\b(?:alert|confirm|prompt)\("
    r"|setAttribute\(\"(?:title|aria-label|placeholder|alt)\",)([^;\n]*)"
)
LITERAL = re.compile(r"(?<!== )(\"[^\"]*\"|'[^']*'|`[^`]*`)")


def is_english(text):
    return bool(set(WORD.findall(text)) - NAMES)


class Screen(HTMLParser):
    """Collects what a person reads or hears of a template."""

    def __init__(self):
        super().__init__()
        self.said, self.unread = [], 0

    def handle_starttag(self, tag, attrs):
        self.said += [text for name, text in attrs if name in SEEN_ATTRIBUTES and text]
        if tag == "input" and dict(attrs).get("type") in {"submit", "button"}:
            self.said.append(dict(attrs).get("value") or "")
        self.unread += tag in UNREAD

    def handle_endtag(self, tag):
        self.unread -= tag in UNREAD

    def handle_data(self, data):
        if not self.unread:
            self.said.append(data)


def unmarked_in_script(source):
    """Words written into the page; what is compared with, or filled in at run time, does not count."""
    written = [re.sub(r"\$\{[^{}]*\}", "", rest) for rest in WRITES.findall(source)]
    return [text for rest in written for text in LITERAL.findall(rest) if is_english(text)]


def without_tags(source):
    """What a template says by itself: tags become gaps; what is translated or no text disappears."""
    kept, is_inside = [], False
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.BLOCK:
            word, _, rest = token.contents.partition(" ")
            if word in {"blocktranslate", "comment"} or (word == "block" and rest in NO_TEXT):
                is_inside = True
            elif word in {"endblocktranslate", "endcomment", "endblock"}:
                is_inside = False
            kept.append(" ")
        elif token.token_type == TokenType.TEXT and not is_inside:
            kept.append(token.contents)
    return "".join(kept)


def unmarked_in_template(source):
    screen = Screen()
    screen.feed(without_tags(source))
    screen.close()
    return [text.strip() for text in screen.said if is_english(text)]


def is_plain(node):
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and is_english(node.value)
    )


def unmarked_in_python(source):
    """Literal sentences where a refusal is raised, a message is said, or a form names its fields."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
        owner = getattr(getattr(node.func, "value", None), "id", "")
        if name in REFUSALS:
            said = node.args[:1]
        elif owner == "messages":
            said = node.args[1:2]
        elif owner == "forms":
            said = [key.value for key in node.keywords if key.arg in {"label", "help_text"}]
        else:
            continue
        found += [ast.unparse(part) for part in said if is_plain(part)]
    return found


def faults(unmarked_in, *endings):
    return [
        f"{name}: {text}"
        for name in spoken(*endings)
        for text in unmarked_in((ROOT / name).read_text(encoding="utf-8"))
    ]


def test_templates_say_nothing_unmarked():
    assert faults(unmarked_in_template, ".html") == []


def test_python_says_nothing_unmarked():
    assert faults(unmarked_in_python, ".py") == []


def test_scripts_take_their_words_from_the_page():
    assert faults(unmarked_in_script, ".js") == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>{{ name }} waits</p>",
        '<a title="Open it">{% icon "link" %}</a>',
        '{% if a %}<input type="submit" value="Send">{% endif %}',
    ],
)
def test_plain_words_in_a_template_are_noticed(source):
    assert len(unmarked_in_template(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        '<p>{% translate "Waits" %} · {{ n }} <kbd>Esc</kbd></p>',
        "<p>{% blocktranslate %}{{ name }} waits{% endblocktranslate %}</p>",
        "{# a remark #}<div class='queue list' data-tone='quiet'>Facebook</div>",
    ],
)
def test_marked_words_and_names_are_no_fault(source):
    assert unmarked_in_template(source) == []


def test_plain_words_in_python_are_noticed():
    source = 'Invalid("No.")\nmessages.error(r, f"{a} no")\nforms.CharField(label="Name here")\nInvalid(_("No."))'
    assert unmarked_in_python(source) == ["'No.'", "f'{a} no'", "'Name here'"]


def test_words_in_a_script_are_noticed():
    assert unmarked_in_script('sign.textContent = isUp ? "Live" : "Down";')
    assert unmarked_in_script("button.title = `Close ${name}`;")
    assert not unmarked_in_script("sign.textContent = `${left} · ${sign.dataset.over}`;")
