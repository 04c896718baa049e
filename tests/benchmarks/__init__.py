"""What sgpctl costs, beside what would be used instead and beside the floors. Run by hand; not part of the tests."""
