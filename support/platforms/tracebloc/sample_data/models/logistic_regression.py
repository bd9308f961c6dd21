"""Logistic regression: scikit-learn, fitted once, its coefficients averaged."""

from sklearn.linear_model import LogisticRegression

framework = "sklearn"
model_type = "linear"
main_method = "logistic_regression"
category = "tabular_classification"
num_feature_points = 8
output_classes = 3
batch_size = 8


def logistic_regression() -> LogisticRegression:
    return LogisticRegression(random_state=42)
