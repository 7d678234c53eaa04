"""What happens in the village, each time with a look at everybody who was told of it (tests.notifications.opened)."""
