"""What there is to ask for, a noun a file. Each operation is opened with its scope; none is reachable without one."""
