"""Our own way of telling where a parcel is: for a warehouse's program, a carrier's script, or a bridge from another."""
