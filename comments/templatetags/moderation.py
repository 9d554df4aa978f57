"""What the pages of the desk print around themselves."""

from django import template

from comments.frame import Frame, frame

register = template.Library()


@register.simple_tag(takes_context=True)
def desk_frame(context) -> Frame:
    """What waits, and what can be taken back: asked once for each page, whatever prints it."""
    request = context["request"]
    if not hasattr(request, "desk_frame"):
        request.desk_frame = frame(request.user)
    return request.desk_frame
