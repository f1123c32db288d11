"""The screens: bringing in, and taking out."""
