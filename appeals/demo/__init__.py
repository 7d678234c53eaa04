"""What residents of the demo village object to and make good, told by the services as workflows.demo tells the months."""
