"""Writes scikit-learn's answers that weights by class are held against: test/ml/answers/classWeight.json.

`python3 classWeightReferenceAnswers.py` reads data.json beside it. Classes of a dataset are thinned out, so that none has as many rows as another.
"""

import json
import os

import numpy as np
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.svm import LinearSVC
from sklearn.utils.class_weight import compute_class_weight

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "answers")
raw = json.load(open(os.path.join(here, "data.json")))


def thinned(name):
    """Of class c every (c + 1)th row is left; rows stand by their numbers' remainders, so that classes do not stand together."""
    own = raw[name]
    if isinstance(own["y"], str):
        x, y = np.array([[ord(c) - 97 for c in row] for row in own["x"]], float), np.array([int(c) for c in own["y"]])
    else:
        x, y = np.array(own["x"], float), np.array(own["y"])
    kept = np.arange(len(y)) % (y + 1) == 0
    x, y = x[kept], y[kept]
    order = np.argsort(np.arange(len(y)) % 17, kind="stable")
    return x[order], y[order]


def scaled(name):
    x, y = thinned(name)
    return (x - x.mean(0)) / x.std(0), y


WEIGHTS = {
    "cancer": {"balanced": "balanced", "named": {0: 0.5, 1: 3}, "one": {1: 2.5}},
    "iris": {"balanced": "balanced", "named": {0: 0.5, 1: 3, 2: 1.5}, "one": {2: 4}},
}
answers = {"scikit-learn": sklearn.__version__, "linear": {}, "sgd": {}, "boosting": {}, "forest": {}, "weights": {}}


def coefficients(model):
    return {"coef": np.atleast_2d(model.coef_).tolist(), "intercept": model.intercept_.tolist()}


exact = {"tol": 1e-12, "max_iter": 100000}
for data, choices in WEIGHTS.items():
    x, y = scaled(data)
    weight = 1.0 + np.arange(len(y)) % 3
    for name, class_weight in choices.items():
        logistic = LogisticRegression(C=0.5, solver="newton-cholesky" if data == "cancer" else "newton-cg", class_weight=class_weight, **exact)
        machine = LinearSVC(C=0.5, dual=False, class_weight=class_weight, **exact)
        for model in (logistic, machine):
            kind = f"{type(model).__name__} {data} {name}"
            answers["linear"][kind] = coefficients(model.fit(x, y))
            answers["linear"][kind + " weighted"] = coefficients(model.fit(x, y, sample_weight=weight))
        for loss in ("hinge", "log_loss"):
            model = SGDClassifier(loss=loss, alpha=0.001, shuffle=False, class_weight=class_weight)
            kind = f"{'logLoss' if loss == 'log_loss' else loss} {data} {name}"
            answers["sgd"][kind] = {**coefficients(model.fit(x, y)), "iterations": int(model.n_iter_)}
            answers["sgd"][kind + " weighted"] = {**coefficients(model.fit(x, y, sample_weight=weight)), "iterations": int(model.n_iter_)}
    model = SGDClassifier(loss="log_loss", alpha=0.001, shuffle=False, class_weight=choices["named"])
    model.partial_fit(x[:30], y[:30], classes=np.unique(y)).partial_fit(x[30:], y[30:])
    answers["sgd"][f"parts {data}"] = coefficients(model)

# Classes of numbers, and few leaves, so that no two splits gain the same.
x, numbers = np.array(raw["diabetes"]["x"], float), np.array(raw["diabetes"]["y"])
weight = 1.0 + np.arange(len(numbers)) % 3
for classes, y, named in (("two", (numbers > 200) * 1, {0: 0.5, 1: 3}), ("three", (numbers > 80) * 1 + (numbers > 200), {0: 0.5, 1: 3, 2: 1.5})):
    for name, class_weight in {"balanced": "balanced", "named": named, "one": {1: 2.5}}.items():
        model = HistGradientBoostingClassifier(early_stopping=False, max_iter=10, max_leaf_nodes=6, class_weight=class_weight)
        answers["boosting"][f"{classes} {name}"] = model.fit(x, y).predict_proba(x)[:10].tolist()
        answers["boosting"][f"{classes} {name} weighted"] = model.fit(x, y, sample_weight=weight).predict_proba(x)[:10].tolist()
    # A class that is rare: its curvature is not that of the others.
    y = (numbers > 30) * 1 + (numbers > 200) if classes == "three" else (numbers > 310) * 1
    answers["boosting"][f"{classes} rare"] = HistGradientBoostingClassifier(early_stopping=False, max_iter=30, max_leaf_nodes=6).fit(x, y).predict_proba(x)[:10].tolist()

for data in ("cancer", "digits"):
    x, y = thinned(data)
    test = np.arange(len(y)) % 4 == 0
    answers["forest"][data] = {}
    for name in ("balanced", "balanced_subsample"):
        scores = [RandomForestClassifier(class_weight=name, random_state=seed).fit(x[~test], y[~test]).score(x[test], y[test]) for seed in range(5)]
        answers["forest"][data]["balancedSubsample" if name == "balanced_subsample" else name] = float(np.mean(scores))

# What each class weighs; null where it is refused.
for text in ("{}", '{"1": 2}', '{"0": 2, "1": 3, "2": 4}', '{"0": 2, "1": 3, "2": 4, "7": 5}', '{"0": 2, "7": 5}', '{"7": 5}'):
    named = {int(label): weight for label, weight in json.loads(text).items()}
    y = np.array([0, 1, 1, 2, 2, 2])
    try:
        answers["weights"][text] = compute_class_weight(named, classes=np.unique(y), y=y).tolist()
    except ValueError:
        answers["weights"][text] = None
answers["weights"]["balanced"] = compute_class_weight("balanced", classes=np.unique(y), y=y).tolist()

with open(os.path.join(here, "classWeight.json"), "w") as file:
    json.dump(answers, file, separators=(",", ":"))
    file.write("\n")
