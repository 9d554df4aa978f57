"""What is the same on every page, rendered once: addresses, styles and names cost more than all that varies."""

from django import template
from django.conf import settings

register = template.Library()


class Constant(template.Node):
    """Nodes that depend on nothing but the build and the site's name."""

    def __init__(self, nodelist):
        self.nodelist = nodelist
        self.made = ("", "")

    def render(self, context):
        """What the nodes gave the first time under this name."""
        name, html = self.made
        if not html or name != settings.SITE_NAME:
            html = self.nodelist.render(context)
            self.made = (settings.SITE_NAME, html)
        return html


@register.tag
def constant(parser, token):
    """`{% constant %}…{% endconstant %}`: what stands between must not depend on the page or the viewer."""
    nodelist = parser.parse(("endconstant",))
    parser.delete_first_token()
    return Constant(nodelist)
