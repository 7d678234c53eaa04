"""Forms of the notification pages, a module a page."""
