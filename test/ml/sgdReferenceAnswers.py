"""Writes scikit-learn's answers that stochastic gradient descent is held against: test/ml/answers/sgd.json.

`python3 sgdReferenceAnswers.py` reads data.json beside it. Rows are in their order (shuffle=False), so that every step is told.
"""

import json
import os

import numpy as np
import sklearn
from sklearn.linear_model import SGDClassifier, SGDRegressor

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "answers")
raw = json.load(open(os.path.join(here, "data.json")))


def scaled(name):
    x, y = np.array(raw[name]["x"], float), np.array(raw[name]["y"])
    # The order of the rows is that of their numbers' remainders: classes do not stand together.
    order = np.argsort(np.arange(len(y)) % 17, kind="stable")
    return ((x - x.mean(0)) / x.std(0))[order], y[order]


def answer(model):
    return {"coef": np.atleast_2d(model.coef_).tolist(), "intercept": model.intercept_.tolist(), "iterations": int(model.n_iter_)}


answers = {"scikit-learn": sklearn.__version__, "classifiers": {}, "regressors": {}}
for name, params in {
    "hinge": {},
    "logLoss": {"loss": "log_loss", "alpha": 0.001},
    "modifiedHuber": {"loss": "modified_huber", "learning_rate": "invscaling", "eta0": 0.01},
    "squaredHinge": {"loss": "squared_hinge", "learning_rate": "constant", "eta0": 0.001},
    "perceptron": {"loss": "perceptron", "penalty": None, "learning_rate": "constant", "eta0": 1.0},
    "l1": {"loss": "log_loss", "penalty": "l1", "alpha": 0.01},
    "elasticnet": {"loss": "hinge", "penalty": "elasticnet", "alpha": 0.01, "learning_rate": "adaptive", "eta0": 0.05},
}.items():
    answers["classifiers"][name] = {}
    for data in ["cancer", "iris"]:
        x, y = scaled(data)
        answers["classifiers"][name][data] = answer(SGDClassifier(shuffle=False, **params).fit(x, y))
x, y = scaled("diabetes")
for name, params in {
    "squaredError": {},
    "huber": {"loss": "huber", "epsilon": 20},
    "epsilonInsensitive": {"loss": "epsilon_insensitive", "epsilon": 5, "eta0": 0.1},
    "squaredEpsilonInsensitive": {"loss": "squared_epsilon_insensitive", "epsilon": 5, "penalty": "l1", "alpha": 1.0},
}.items():
    answers["regressors"][name] = answer(SGDRegressor(shuffle=False, **params).fit(x, y))
weight = 1 + np.arange(len(y)) % 3
answers["weighted"] = answer(SGDRegressor(shuffle=False).fit(x, y, sample_weight=weight))

with open(os.path.join(here, "sgd.json"), "w") as file:
    json.dump(answers, file, separators=(",", ":"))
    file.write("\n")
