"""What is imported in the rounds."""

POSTS, COMMENTS = 30, 4  # of one file, and of one post


def export(site: str) -> str:
    """A WXR of POSTS posts with COMMENTS comments each."""
    items = []
    for post in range(1, POSTS + 1):
        at = f"2016-05-{post:02d} 06:30:00"
        comments = "".join(
            f"<wp:comment><wp:comment_id>{post}{number}</wp:comment_id><wp:comment_author>Ann</wp:comment_author>"
            f"<wp:comment_date_gmt>{at}</wp:comment_date_gmt><wp:comment_content>Words {number}.</wp:comment_content>"
            "<wp:comment_approved>1</wp:comment_approved><wp:comment_parent>0</wp:comment_parent></wp:comment>"
            for number in range(1, COMMENTS + 1)
        )
        items.append(
            f"<item><title>Post {post}</title><link>https://{site}/{post}/</link><dc:creator>zoe</dc:creator>"
            f"<content:encoded><![CDATA[<p>Words of {post}.</p>]]></content:encoded><wp:post_id>{post}</wp:post_id>"
            f"<wp:post_date_gmt>{at}</wp:post_date_gmt><wp:post_name>post-{post}</wp:post_name>"
            f"<wp:status>publish</wp:status><wp:post_type>post</wp:post_type>{comments}</item>"
        )
    spaces = {
        "excerpt": "http://wordpress.org/export/1.2/excerpt/",
        "content": "http://purl.org/rss/1.0/modules/content/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "wp": "http://wordpress.org/export/1.2/",
    }
    names = " ".join(f'xmlns:{name}="{address}"' for name, address in spaces.items())
    head = f"<title>Old</title><link>https://{site}</link><wp:wxr_version>1.2</wp:wxr_version>"
    head += f"<wp:base_site_url>https://{site}</wp:base_site_url><wp:base_blog_url>https://{site}</wp:base_blog_url>"
    return f'<?xml version="1.0"?><rss version="2.0" {names}><channel>{head}{"".join(items)}</channel></rss>'
