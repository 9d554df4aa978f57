"""Moving in from WordPress: its export file (WXR) read, converted and brought in through our own doors.

wxr.py reads the file into the records of old.py, threads.py orders comments, body.py converts texts: pure. writer.py,
discussion.py, people.py, pictures.py and addresses.py write; report.py counts. The command is `manage.py import_wordpress`.
"""
