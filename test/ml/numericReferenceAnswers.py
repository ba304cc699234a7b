"""Writes scikit-learn's answers for awkward numbers: `python3 numericReferenceAnswers.py`.

Answers: test/ml/answers/numeric.json: the data of each case, and of each estimator what it gives for it, or that it refuses it.
"""

import json
import os
import warnings

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402
import sklearn
from sklearn import cluster, decomposition, ensemble, impute, linear_model, metrics, naive_bayes, neighbors, preprocessing, svm

warnings.simplefilter("ignore")
here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "answers")
SHOWN = 6


def table(rows, columns, step=7):
    return np.array([[((step * i * i + 3 * j * i + j) % 23) - 5 + j for j in range(columns)] for i in range(rows)], float)


def case(x, y=None, classes=None, weight=None):
    x = np.asarray(x, float)
    y = np.asarray([(5 * i) % 7 + x[i % len(x), 0] * 0 for i in range(len(x))] if y is None else y, float)
    classes = np.asarray([i % 2 for i in range(len(x))] if classes is None else classes, int)
    return {"x": x, "y": y, "classes": classes, "weight": weight}


small = table(12, 3)
CASES = {
    "one row": case([[1, 2]]),
    "two rows": case([[1, 2], [4, 1]]),
    "one column": case(table(12, 1)),
    "equal rows": case([[3, -2, 0.1]] * 8),
    "far from 0": case(1e12 + small),
    "tiny": case(small * 1e-12),
    "tiny and huge": case(small * [1e-12, 1, 1e12]),
    "more columns than rows": case(table(5, 8)),
    "doubled columns": case(np.hstack([small, small[:, :2]])),
    "one of many": case(table(60, 2), classes=[int(i == 17) for i in range(60)]),
    "300 classes": case(np.array([[i // 2 % 20, i // 40] for i in range(600)]), classes=[i // 2 for i in range(600)]),
    "weights far apart": case(small, weight=[1e150 if i % 3 else 1e-150 for i in range(12)]),
    "weights of least size": case(small, weight=[1e-300 * (1 + i % 3) for i in range(12)]),
    "weights of most size": case(small, weight=[1e300 * (1 + i % 3) for i in range(12)]),
    "halves": case(small / 2),
}

tight = {"tol": 1e-12, "max_iter": 20000}
few = {"shuffle": False, "max_iter": 3, "tol": None}


class Svc(svm.LinearSVC):
    """The primal problem: the dual one does not end on such numbers, nor does either with such weights."""

    def __init__(self):
        super().__init__(dual=False, tol=1e-9, max_iter=10000)

    def fit(self, x, y):
        super().fit(x, y)
        lacks = np.maximum(0, 1 - np.where(y > 0, 1, -1) * self.decision_function(x))
        self.objective = (lacks**2).sum() + ((self.coef_**2).sum() + (self.intercept_**2).sum()) / 2
        return self


class Batch(cluster.MiniBatchKMeans):
    def fit(self, x, sample_weight=None):
        return self.partial_fit(x, sample_weight=sample_weight)


# A name, how it is made, what it learns, and what of it is told.
ESTIMATORS = {
    "LinearRegression": (lambda c: linear_model.LinearRegression(), "y", ["coef_", "intercept_", "predict"]),
    "Ridge": (lambda c: linear_model.Ridge(solver="svd"), "y", ["coef_", "intercept_", "predict"]),
    "Lasso": (lambda c: linear_model.Lasso(alpha=0.1, **tight), "y", ["coef_", "intercept_", "predict"]),
    "ElasticNet": (lambda c: linear_model.ElasticNet(alpha=0.1, **tight), "y", ["coef_", "intercept_", "predict"]),
    "PoissonRegressor": (lambda c: linear_model.PoissonRegressor(tol=1e-9, max_iter=2000), "y", ["predict"]),
    "LogisticRegression": (lambda c: linear_model.LogisticRegression(tol=1e-9, max_iter=2000), "classes", ["predict_proba", "predict"]),
    "SGDRegressor": (lambda c: linear_model.SGDRegressor(eta0=1e-4, **few), "y", ["coef_", "intercept_", "predict"]),
    "SGDRegressor huber": (lambda c: linear_model.SGDRegressor(loss="huber", epsilon=1, penalty="l1", eta0=1e-3, learning_rate="constant", **few), "y", ["coef_", "intercept_"]),
    "SGDClassifier": (lambda c: linear_model.SGDClassifier(**few), "classes", ["coef_", "intercept_", "predict"]),
    "SGDClassifier logLoss": (lambda c: linear_model.SGDClassifier(loss="log_loss", penalty="elasticnet", **few), "classes", ["coef_", "intercept_", "predict_proba"]),
    "LinearSVC": (lambda c: Svc(), "classes", ["objective"]),
    "GaussianNB": (lambda c: naive_bayes.GaussianNB(), "classes", ["theta_", "var_", "predict_proba", "predict"]),
    "KNeighborsRegressor": (lambda c: neighbors.KNeighborsRegressor(1, algorithm="brute"), "y", ["predict"]),
    "KNeighborsClassifier": (lambda c: neighbors.KNeighborsClassifier(1, algorithm="brute"), "classes", ["predict_proba", "predict"]),
    "GradientBoostingRegressor": (lambda c: ensemble.HistGradientBoostingRegressor(max_iter=3, min_samples_leaf=2, early_stopping=False), "y", ["predict"]),
    "GradientBoostingClassifier": (lambda c: ensemble.HistGradientBoostingClassifier(max_iter=3, min_samples_leaf=2, early_stopping=False), "classes", ["predict_proba", "predict"]),
    "RandomForestRegressor": (lambda c: ensemble.RandomForestRegressor(1, bootstrap=False, max_features=None, random_state=0), "y", ["predict"]),
    "RandomForestClassifier": (lambda c: ensemble.RandomForestClassifier(1, bootstrap=False, max_features=None, random_state=0), "classes", ["predict"]),
    "KMeans": (lambda c: cluster.KMeans(2, init=c["x"][:2] if len(c["x"]) > 1 else c["x"], n_init=1), None, ["cluster_centers_", "inertia_", "predict", "transform"]),
    # One batch, and no center begins anew: nothing is left to chance.
    "MiniBatchKMeans": (lambda c: Batch(2, init=c["x"][:2] if len(c["x"]) > 1 else c["x"], n_init=1, reassignment_ratio=0), None, ["cluster_centers_", "predict", "transform"]),
    "PCA": (lambda c: decomposition.PCA(svd_solver="full"), None, ["explained_variance_", "explained_variance_ratio_", "singular_values_", "mean_"]),
    "IncrementalPCA": (lambda c: decomposition.IncrementalPCA(batch_size=len(c["x"])), None, ["explained_variance_", "explained_variance_ratio_", "singular_values_", "mean_", "var_"]),
    "TruncatedSVD": (lambda c: decomposition.TruncatedSVD(1, algorithm="arpack"), None, ["explained_variance_", "singular_values_"]),
    "StandardScaler": (lambda c: preprocessing.StandardScaler(), None, ["mean_", "var_", "scale_", "transform"]),
    "MinMaxScaler": (lambda c: preprocessing.MinMaxScaler(), None, ["data_range_", "scale_", "min_", "transform"]),
    "RobustScaler": (lambda c: preprocessing.RobustScaler(), None, ["center_", "scale_", "transform"]),
    "QuantileTransformer": (lambda c: preprocessing.QuantileTransformer(n_quantiles=min(5, len(c["x"])), subsample=10**9), None, ["transform"]),
    "SimpleImputer": (lambda c: impute.SimpleImputer(), None, ["statistics_", "transform"]),
    "PolynomialFeatures": (lambda c: preprocessing.PolynomialFeatures(), None, ["transform"]),
    "OneHotEncoder": (lambda c: preprocessing.OneHotEncoder(sparse_output=False), None, ["transform"]),
    "OrdinalEncoder": (lambda c: preprocessing.OrdinalEncoder(), None, ["transform"]),
}
WEIGHTED = {"LinearRegression", "Ridge", "Lasso", "ElasticNet", "PoissonRegressor", "LogisticRegression", "GaussianNB",
            "GradientBoostingRegressor", "GradientBoostingClassifier", "RandomForestRegressor", "RandomForestClassifier", "KMeans", "StandardScaler",
            "SGDRegressor", "SGDRegressor huber", "SGDClassifier", "SGDClassifier logLoss", "MiniBatchKMeans"}


def plain(value):
    value = np.asarray(value)
    if value.size == 0 or value.ndim == 0:
        return None if value.ndim == 0 and np.isnan(float(value)) else value.tolist()
    return [plain(each) if value.ndim > 1 else (None if not np.isfinite(each) else float(each)) for each in value]


def answer(name, own):
    make, learns, told = ESTIMATORS[name]
    x = own["x"]
    args = [] if learns is None else [own[learns]]
    weight = own["weight"]
    fit = {} if weight is None else {"sample_weight": np.array(weight)}
    try:
        model = make(own).fit(x, *args, **fit)
        found = {}
        for each in told:
            value = getattr(model, each)
            value = value(x[:SHOWN]) if callable(value) else value
            found[each] = plain(np.asarray(value)[:SHOWN] if np.ndim(value) else value)
        return found
    except Exception as error:
        return {"refused": f"{type(error).__name__}: {error}"[:200]}


answers = {}
for name in ESTIMATORS:
    answers[name] = {}
    print(name, flush=True)
    for which, own in CASES.items():
        if own["weight"] is not None and name not in WEIGHTED:
            continue
        if which == "300 classes" and (ESTIMATORS[name][1] != "classes" or name == "LogisticRegression" or name == "LinearSVC" or name.startswith("SGD")):
            continue
        answers[name][which] = answer(name, own)

def poisson_scores(own):
    """D² of all rows, and of the first alone, as the metric says it; PoissonRegressor.score tells noise of one."""
    weight = own["weight"] and np.array(own["weight"])
    predicted = ESTIMATORS["PoissonRegressor"][0](own).fit(own["x"], own["y"], weight).predict(own["x"])
    return [plain(metrics.d2_tweedie_score(own["y"][:n], predicted[:n], power=1)) for n in (None, 1)]


scores = {name: poisson_scores(own) for name, own in CASES.items() if "refused" not in answers["PoissonRegressor"].get(name, {"refused": ""})}

with open(os.path.join(here, "numeric.json"), "w") as file:
    cases = {name: {k: (v.tolist() if isinstance(v, np.ndarray) else v) for k, v in own.items() if v is not None} for name, own in CASES.items()}
    json.dump({"scikit-learn": sklearn.__version__, "cases": cases, "answers": answers, "poissonScores": scores}, file, separators=(",", ":"))
    file.write("\n")
