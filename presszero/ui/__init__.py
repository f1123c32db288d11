"""What every screen is made of: the base page, components, tokens, icons, safe headers and error pages.

No domain words. A page or a fragment is drawn with `presszero.ui.page`; the kit is shown at /ui.
"""
