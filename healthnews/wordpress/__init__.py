"""Moving in from WordPress: its export file (WXR) read, converted and brought in through our own doors.

wxr.py reads the file and body.py converts its texts; both are pure. writer.py, discussion.py, pictures.py and
addresses.py write; report.py counts. The command is `manage.py import_wordpress`.
"""
