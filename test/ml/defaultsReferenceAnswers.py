"""Writes the parameters of scikit-learn's estimators with their defaults, and what a small fit leaves: `python3 defaultsReferenceAnswers.py`.

Answers: test/ml/answers/defaults.json. Attributes that are numbers, or lists of them, stand with their values.
"""

import inspect
import json
import os
import warnings

import numpy as np
import sklearn
from sklearn import cluster, compose, decomposition, ensemble, feature_extraction, impute, linear_model, naive_bayes
from sklearn import model_selection, neighbors, pipeline, preprocessing, svm
from sklearn.experimental import enable_halving_search_cv  # noqa: F401

warnings.simplefilter("ignore")
here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "answers")

# Whole numbers in no order, so that the test makes the same rows; the classes overlap.
ROWS = [[(7 * i * i + 3) % 23, (5 * i) % 11, (i * i * i) % 17] for i in range(40)]
CLASSES = [int((r[0] + (i % 5) * 3) > 14) for i, r in enumerate(ROWS)]
TEXTS = ["the warp and the weft", "a heddle lifts the warp", "the weft goes through"]

ESTIMATORS = [
    linear_model.LinearRegression, linear_model.Ridge, linear_model.Lasso, linear_model.ElasticNet,
    linear_model.PoissonRegressor, linear_model.LogisticRegression, svm.LinearSVC,
    linear_model.SGDRegressor, linear_model.SGDClassifier, naive_bayes.GaussianNB,
    neighbors.NearestNeighbors, neighbors.KNeighborsRegressor, neighbors.KNeighborsClassifier,
    ensemble.HistGradientBoostingRegressor, ensemble.HistGradientBoostingClassifier,
    ensemble.RandomForestRegressor, ensemble.RandomForestClassifier,
    cluster.KMeans, cluster.MiniBatchKMeans,
    decomposition.PCA, decomposition.IncrementalPCA, decomposition.TruncatedSVD,
    preprocessing.StandardScaler, preprocessing.MinMaxScaler, preprocessing.RobustScaler,
    preprocessing.QuantileTransformer, preprocessing.PolynomialFeatures, preprocessing.OneHotEncoder,
    preprocessing.OrdinalEncoder, impute.SimpleImputer,
    feature_extraction.text.HashingVectorizer, feature_extraction.text.TfidfVectorizer,
    compose.ColumnTransformer, pipeline.Pipeline,
]


def plain(value):
    if value is None or isinstance(value, (bool, str)):
        return value
    if value is inspect.Parameter.empty:
        return "required"
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, (int, float, np.number)):
        return None if isinstance(value, (float, np.floating)) and np.isnan(value) else value.item() if isinstance(value, np.number) else value
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(each) for each in value]
    return "something else"


def attributes(model):
    found = {}
    for name in sorted(dir(model)):
        if not name.endswith("_") or name.startswith("_"):
            continue
        try:
            found[name] = plain(getattr(model, name))
        except AttributeError:
            continue
    return found


def fitted(kind):
    if kind is pipeline.Pipeline:
        return kind([("scale", preprocessing.StandardScaler()), ("line", linear_model.LinearRegression())]).fit(ROWS, CLASSES)
    if kind is compose.ColumnTransformer:
        return kind([("scale", preprocessing.StandardScaler(), [0])]).fit(ROWS)
    if kind.__name__.endswith("Vectorizer"):
        return kind().fit(TEXTS)
    return kind().fit(ROWS, CLASSES)


answers = {}
for kind in ESTIMATORS:
    parameters = inspect.signature(kind.__init__).parameters
    answers[kind.__name__] = {
        "params": {name: plain(each.default) for name, each in parameters.items() if name != "self"},
        "fitted": attributes(fitted(kind)),
    }

# What chooses: options that need not be given.
choosing = {}
for kind in [
    model_selection.GridSearchCV, model_selection.RandomizedSearchCV, model_selection.HalvingGridSearchCV,
    model_selection.KFold, model_selection.StratifiedKFold, model_selection.train_test_split,
]:
    parameters = inspect.signature(kind).parameters.items()
    choosing[kind.__name__] = {name: plain(each.default) for name, each in parameters if each.default is not inspect.Parameter.empty}

with open(os.path.join(here, "defaults.json"), "w") as file:
    json.dump({"scikit-learn": sklearn.__version__, "choosing": choosing, **answers}, file, separators=(",", ":"))
    file.write("\n")
