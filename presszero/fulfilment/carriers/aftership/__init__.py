"""AfterShip: follows parcels of a thousand carriers, and tells of each checkpoint by webhook."""
