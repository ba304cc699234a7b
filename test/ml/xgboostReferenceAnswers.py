"""Writes XGBoost's answers that reading and writing its JSON models is held against: test/ml/answers/xgboost.json.

`python3 xgboostReferenceAnswers.py NODE` reads data.json beside it. `saved` are models that XGBoost trained and saved, with
what it predicts; `ours` is what it predicts by models that heddle wrote (`NODE programs/exportXGBoost.ts` prints them).
"""

import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import xgboost as xgb

tests = os.path.dirname(os.path.abspath(__file__))
raw = json.load(open(os.path.join(tests, "answers", "data.json")))


def split(name):
    x, y = np.array(raw[name]["x"], float), np.array(raw[name]["y"])
    test = np.arange(len(y)) % 4 == 0
    return x[~test], y[~test], x[test], y[test]


def holes(x):
    x = x.copy()
    x[::3, 2] = np.nan
    return x


def saved(booster):
    with tempfile.TemporaryDirectory() as folder:
        booster.save_model(os.path.join(folder, "model.json"))
        return open(os.path.join(folder, "model.json")).read()


answers = {"xgboost": xgb.__version__, "saved": {}, "ours": {}}
common = {"nthread": 1, "max_depth": 3, "tree_method": "hist"}
xa, ya, xb, _ = split("diabetes")
for name, params, x, y, asked in [
    ("regression", {"objective": "reg:squarederror"}, holes(xa), ya, holes(xb)),
    ("two", {"objective": "binary:logistic", "base_score": 0.3}, *split("cancer")[:3]),
    ("three", {"objective": "multi:softprob", "num_class": 3}, *split("iris")[:3]),
    ("parallel", {"num_parallel_tree": 2, "subsample": 0.7, "seed": 1}, holes(xa), ya, holes(xb)),
]:
    booster = xgb.train({**common, **params}, xgb.DMatrix(x, y), 4)
    asked = asked[:40]
    contributions = booster.predict(xgb.DMatrix(asked[:5]), pred_contribs=True)
    answers["saved"][name] = {
        "model": saved(booster),
        "predicted": booster.predict(xgb.DMatrix(asked)).tolist(),
        "contributions": contributions.tolist(),
    }

kinds = np.column_stack([np.arange(len(ya)) % 7, xa[:, 2]])
target = np.array([5, 1, 9, 2, 8, 3, 0])[np.arange(len(ya)) % 7] * 20 + ya / 10
options = {"feature_types": ["c", "q"], "enable_categorical": True}
booster = xgb.train({**common, "max_cat_to_onehot": 1}, xgb.DMatrix(kinds, target, **options), 4)
asked = np.vstack([kinds[:20], [[np.nan, 20], [9, 30], [3, np.nan]]])
answers["saved"]["categories"] = {
    "model": saved(booster),
    "predicted": booster.predict(xgb.DMatrix(asked, **options)).tolist(),
}

written = json.loads(subprocess.check_output([sys.argv[1], os.path.join(tests, "programs", "exportXGBoost.ts")]))
for name, own in written.items():
    booster = xgb.Booster()
    booster.load_model(bytearray(own["model"], "utf8"))
    x = np.array(own["x"], float)
    more = options if name == "categories" else {}
    answers["ours"][name] = booster.predict(xgb.DMatrix(x, **more)).tolist()

with open(os.path.join(tests, "answers", "xgboost.json"), "w") as file:
    json.dump(answers, file, separators=(",", ":"))
    file.write("\n")
