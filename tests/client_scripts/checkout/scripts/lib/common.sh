greeting="from the checkout"
