"""The web form: a page of ours, or framed in the shop's; with JavaScript or without."""
