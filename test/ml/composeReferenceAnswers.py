"""Writes scikit-learn's answers of pipelines within column transformers within pipelines: `python3 composeReferenceAnswers.py`.

The table stands beside them, so that the tests read the same.
"""

import json
import os

import numpy as np
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, PolynomialFeatures, StandardScaler

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "answers")
ROWS = 120

rows = [
    {
        "city": ["oslo", "rome", "lima"][(i * i + i // 3) % 3],
        "heat": None if i % 7 == 2 else round(20 * np.sin(i), 3),
        "wind": (37 * i) % 50,
        "late": "yes" if (37 * i) % 50 + 10 * ((i * i + i // 3) % 3) + (i * 5) % 11 > 33 else "no",
    }
    for i in range(ROWS)
]
# Columns by their numbers: a table of mixed kinds without pandas.
table = np.array([[row["city"], np.nan if row["heat"] is None else row["heat"], row["wind"]] for row in rows], dtype=object)
late = np.array([row["late"] for row in rows])


def prepared():
    return ColumnTransformer(
        [
            ("numbers", Pipeline([("fill", SimpleImputer(strategy="median")), ("scale", StandardScaler())]), [1, 2]),
            ("kinds", OneHotEncoder(handle_unknown="ignore"), [0]),
            ("same", "passthrough", [2]),
        ],
        sparse_threshold=0,
    )


def model():
    inner = Pipeline([("few", "passthrough"), ("squares", PolynomialFeatures(2, include_bias=False)), ("even", StandardScaler())])
    return Pipeline([("prepare", prepared()), ("inner", inner), ("fit", LogisticRegression(solver="newton-cholesky", tol=1e-12))])


def grid_of(params):
    search = GridSearchCV(model(), params, cv=4, scoring="roc_auc").fit(table, late)
    return {"mean": search.cv_results_["mean_test_score"].tolist(), "best": int(search.best_index_)}


fitted = model().fit(table, late)
answers = {
    "scikit-learn": sklearn.__version__,
    "rows": rows,
    "prepared": prepared().fit_transform(table).astype(float).tolist(),
    "probabilities": fitted.predict_proba(table).tolist(),
    "score": fitted.score(table, late),
    # Names in rising order, the last one changing fastest.
    "strategies": grid_of({"fit__C": [0.01, 1], "prepare__numbers__fill__strategy": ["mean", "median"]}),
    "scalers": grid_of({"prepare__numbers__scale": [StandardScaler(), MinMaxScaler(), "passthrough"]}),
    "squares": grid_of({"inner__squares": ["passthrough", PolynomialFeatures(2, include_bias=False)]}),
}
with open(os.path.join(here, "compose.json"), "w") as file:
    json.dump(answers, file, separators=(",", ":"))
    file.write("\n")
