"""EasyPost: one account that follows parcels of a hundred carriers, and tells of each scan by webhook."""
