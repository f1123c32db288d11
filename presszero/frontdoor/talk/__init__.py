"""Talk now: a telephone in the browser, on the shop's page. The same menu, the same queue, the same 0."""
