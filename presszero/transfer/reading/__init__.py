"""Large files, an item at a time: JSON in lines or lists, and XML. Bounded whatever stands in them."""
