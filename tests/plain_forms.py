"""What a browser without script sends of a form that it was shown."""

from html.parser import HTMLParser


class _Form(HTMLParser):
    def __init__(self, action: str):
        super().__init__()
        self.action, self.inside, self.fields, self.steps = action, False, {}, []
        self.textarea = self.select = None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.inside = (
                given.get("method") == "post" and (given.get("action") or self.action) == self.action
            )
        if not self.inside:
            return
        name, value = given.get("name"), given.get("value") or ""
        if tag == "input" and name:
            if given.get("type") in {"checkbox", "radio"}:
                if "checked" in given:
                    self.fields.setdefault(name, []).append(value or "on")
            else:
                self.fields[name] = value
        elif tag == "button" and name:
            self.steps.append(value)
        elif tag == "textarea":
            self.textarea, self.fields[name] = name, ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and (self.select not in self.fields or "selected" in given):
            self.fields[self.select] = value

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "textarea":
            # Browsers drop the first line end of a textarea, and Django's widget writes one.
            self.fields[self.textarea] = self.fields[self.textarea].removeprefix("\n")
            self.textarea = None
        elif tag == "select":
            self.select = None

    def handle_data(self, data):
        if self.textarea:
            self.fields[self.textarea] += data


def fields(answer, action: str = "") -> dict:
    """The fields of the posting form of this page, that leads to `action` (unset: to itself), as they would be sent."""
    form = _Form(action)
    form.feed(answer.content.decode())
    form.fields.pop("csrfmiddlewaretoken", None)
    return form.fields


def steps(answer, action: str = "") -> list[str]:
    """What its buttons say that is to be done."""
    form = _Form(action)
    form.feed(answer.content.decode())
    return form.steps
