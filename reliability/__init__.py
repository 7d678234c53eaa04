"""What happens when parts die: an installation of its own, killed in the middle of its work, then looked over.

`make reliability` runs it; docs/reliability.md says what it found. Nothing here touches a service that runs already.
"""
