"""Writes scikit-learn's scores on real flights: test/ml/answers/flights.json.

`python3 flightsReferenceAnswers.py FLIGHTS` reads vega-datasets' flights-200k.json: delay, distance and time of each.
Every fourth flight is for testing; what is learnt is the delay, and whether it is above 15 minutes.
"""

import json
import os
import sys

import numpy as np
import sklearn
from sklearn.cluster import KMeans
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB

flights = json.load(open(sys.argv[1]))
x = np.array([[each["distance"], each["time"]] for each in flights], float)
delay = np.array([each["delay"] for each in flights], float)
late = delay > 15
test = np.arange(len(x)) % 4 == 0
mean, std = x[~test].mean(0), x[~test].std(0)
x = (x - mean) / std
learn, held = x[~test], x[test]

answers = {"scikit-learn": sklearn.__version__, "rows": len(x), "late": int(late.sum())}
for name, model in [
    ("boosting", HistGradientBoostingClassifier(max_iter=30, early_stopping=False)),
    ("forest", RandomForestClassifier(20, max_depth=8, random_state=0, max_features=None)),
    ("logistic", LogisticRegression()),
    ("bayes", GaussianNB()),
]:
    model.fit(learn, late[~test])
    chance = model.predict_proba(held)[:, 1]
    answers[name] = {"accuracy": model.score(held, late[test]), "auc": roc_auc_score(late[test], chance)}
answers["boostedDelay"] = HistGradientBoostingRegressor(max_iter=30, early_stopping=False).fit(learn, delay[~test]).score(held, delay[test])
answers["line"] = LinearRegression().fit(learn, delay[~test]).score(held, delay[test])
answers["inertia"] = KMeans(8, n_init=3, random_state=0).fit(learn).inertia_

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "answers", "flights.json"), "w") as file:
    json.dump(answers, file, indent=2)
    file.write("\n")
