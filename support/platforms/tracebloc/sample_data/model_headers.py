"""What every model file says of itself before its code. Source: tracebloc SDK 1.2.63."""

HEADER = """
framework = "{framework}"
model_type = ""
category = "tabular_classification"
num_feature_points = 8
output_classes = 3
batch_size = 8
"""
