"""Writes test/ml/answers/xgboostDemo.json: the model of XGBoost's own quick start, and the rows that its documentation tells errors of.

`python3 xgboostDemoAnswers.py FOLDER`, where FOLDER has `agaricus.txt.train` and `agaricus.txt.test` of XGBoost's repository
(demo/data). Parameters are those of demo/CLI/binary_classification/README.md, and so are the errors, which are typed off it, not
computed. Rows that are alike in all that the trees ask are one pattern, with how many there are.
"""

import json
import os
import sys
import tempfile
from collections import Counter

import numpy as np
import xgboost as xgb

FEATURES = 127
params = {"objective": "binary:logistic", "eta": 1.0, "gamma": 1.0, "min_child_weight": 1, "max_depth": 3, "nthread": 1}
params["tree_method"] = "exact"


def rows_of(name):
    labels, rows = [], []
    with open(os.path.join(sys.argv[1], f"agaricus.txt.{name}")) as file:
        for line in file:
            label, *cells = line.split()
            labels.append(int(label))
            rows.append({int(cell.split(":")[0]) for cell in cells})
    return labels, rows


def matrix_of(rows):
    made = np.full((len(rows), FEATURES), np.nan)
    for i, row in enumerate(rows):
        made[i, list(row)] = 1
    return made


data = {name: rows_of(name) for name in ["train", "test"]}
labels, rows = data["train"]
models = []
for rounds in [1, 2]:
    booster = xgb.train(params, xgb.DMatrix(matrix_of(rows), labels), rounds)
    with tempfile.TemporaryDirectory() as folder:
        booster.save_model(os.path.join(folder, "model.json"))
        models.append(open(os.path.join(folder, "model.json")).read())
trees = json.loads(models[1])["learner"]["gradient_booster"]["model"]["trees"]
asked = sorted({f for tree in trees for f, left in zip(tree["split_indices"], tree["left_children"]) if left >= 0})
patterns = {}
for name, (labels, rows) in data.items():
    counted = Counter((label, "".join("1" if f in row else "0" for f in asked)) for label, row in zip(labels, rows))
    patterns[name] = [[label, bits, count] for (label, bits), count in sorted(counted.items())]

answers = {
    "xgboost": xgb.__version__,
    "documented": {"test": ["0.016139", "0.000000"], "train": ["0.014433", "0.001228"]},
    "features": FEATURES,
    "asked": asked,
    "patterns": patterns,
    "models": models,
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "answers", "xgboostDemo.json"), "w") as file:
    json.dump(answers, file, separators=(",", ":"))
    file.write("\n")
