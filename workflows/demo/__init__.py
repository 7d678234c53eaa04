"""The demo village 柳溪村: invented people and facts, told through the same services that a real village uses."""
