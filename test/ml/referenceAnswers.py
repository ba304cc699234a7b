"""Writes scikit-learn's data and answers that the tests of models are held against: `python3 referenceAnswers.py`.

Data: test/ml/answers/data.json, compact. Answers: one file a room, each a list of named results. Run once; the files are kept.
"""

import json
import os

import numpy as np
import sklearn
from sklearn import datasets
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression, PoissonRegressor, Ridge
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "answers")


def plain(value):
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, (np.floating, float)):
        return None if np.isnan(value) else float(value)
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, np.integer):
        return int(value)
    return value


def write(name, value):
    with open(os.path.join(here, name + ".json"), "w") as file:
        json.dump({"scikit-learn": sklearn.__version__, **plain(value)}, file, separators=(",", ":"))
        file.write("\n")


def load():
    iris, cancer, diabetes = datasets.load_iris(), datasets.load_breast_cancer(), datasets.load_diabetes(scaled=False)
    digits = datasets.load_digits()
    return {
        "iris": (iris.data, iris.target),
        "cancer": (cancer.data, cancer.target),
        "diabetes": (diabetes.data, diabetes.target),
        "digits": (digits.data, digits.target),
    }


def linear(data):
    x, y = data["diabetes"]
    weight = 1 + (np.arange(len(y)) % 3)
    answers = {}

    def regression(name, model, target=y, **fit):
        model.fit(x, target, **fit)
        score = model.score(x, target)
        answers[name] = {"coef": model.coef_, "intercept": model.intercept_, "score": score, "first": model.predict(x[:5])}

    regression("LinearRegression", LinearRegression())
    regression("LinearRegression weighted", LinearRegression(), sample_weight=weight)
    regression("LinearRegression without intercept", LinearRegression(fit_intercept=False))
    regression("Ridge", Ridge(alpha=10, solver="svd"))
    regression("Ridge weighted", Ridge(alpha=10, solver="cholesky"), sample_weight=weight)
    tight = {"tol": 1e-14, "max_iter": 1000000}
    regression("Lasso", Lasso(alpha=2, **tight))
    regression("ElasticNet", ElasticNet(alpha=0.5, l1_ratio=0.3, **tight))
    regression("ElasticNet weighted", ElasticNet(alpha=0.5, l1_ratio=0.3, **tight), sample_weight=weight)
    scaled = StandardScaler().fit_transform(x)
    poisson = PoissonRegressor(alpha=0.5, tol=1e-12, max_iter=10000).fit(scaled, y)
    answers["PoissonRegressor"] = {"coef": poisson.coef_, "intercept": poisson.intercept_, "first": poisson.predict(scaled[:5])}

    def classes(name, which, model, **fit):
        x, y = data[which]
        x = StandardScaler().fit_transform(x)
        model.fit(x, y, **fit)
        answers[name] = {"coef": model.coef_, "intercept": model.intercept_, "score": model.score(x, y)}
        if hasattr(model, "predict_proba"):
            answers[name]["probabilities"] = model.predict_proba(x[:3])

    exact = {"tol": 1e-12, "max_iter": 100000}
    weight = 1 + (np.arange(len(data["cancer"][1])) % 3)
    classes("LogisticRegression cancer", "cancer", LogisticRegression(solver="newton-cholesky", **exact))
    classes("LogisticRegression cancer weighted", "cancer", LogisticRegression(C=0.1, solver="newton-cholesky", **exact), sample_weight=weight)
    classes("LogisticRegression iris", "iris", LogisticRegression(C=2, solver="newton-cg", **exact))
    classes("LogisticRegression digits", "digits", LogisticRegression(C=0.1, solver="newton-cg", tol=1e-9, max_iter=100000))
    classes("LinearSVC cancer", "cancer", LinearSVC(dual=False, C=0.1, **exact))
    classes("LinearSVC iris", "iris", LinearSVC(dual=False, **exact))
    return answers


if __name__ == "__main__":
    data = load()
    write(
        "data",
        {
            **{name: {"x": data[name][0], "y": data[name][1]} for name in ("iris", "cancer", "diabetes")},
            # Pixels are 0 to 16: one letter each.
            "digits": {
                "x": ["".join(chr(97 + int(each)) for each in row) for row in data["digits"][0]],
                "y": "".join(str(each) for each in data["digits"][1]),
            },
        },
    )
    write("linear", linear(data))
    for room in ("preprocessing", "selection"):
        if room in globals():
            write(room, globals()[room](data))
