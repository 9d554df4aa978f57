"""What is the same on every page, rendered once: addresses, styles and names cost more than all that varies."""

from django import template
from django.conf import settings

register = template.Library()
MOST = 64  # renderings that one place keeps


class Constant(template.Node):
    """Nodes that depend on nothing but the build, the site's name, and the given values."""

    def __init__(self, values, nodelist):
        self.values, self.nodelist = values, nodelist
        self.made: dict[tuple, str] = {}

    def render(self, context):
        """What the nodes gave the first time for these values."""
        key = (settings.SITE_NAME, *(str(value.resolve(context)) for value in self.values))
        if key not in self.made:
            if len(self.made) >= MOST:
                self.made.clear()
            self.made[key] = self.nodelist.render(context)
        return self.made[key]


@register.tag
def constant(parser, token):
    """`{% constant here … %}…{% endconstant %}`: what stands between depends on the values named, and on nothing else."""
    values = [parser.compile_filter(bit) for bit in token.split_contents()[1:]]
    nodelist = parser.parse(("endconstant",))
    parser.delete_first_token()
    return Constant(values, nodelist)
