"""Drawing a phone menu: what an editor does to a flow, how it is shown, and how it is published."""
