"""Writes scikit-learn's answers that the tests of trees, clusters, components and neighbours are held against.

`python3 treesReferenceAnswers.py` writes test/ml/answers/trees.json; it reads data.json beside it. Every fourth row is for testing.
"""

import json
import os

import numpy as np
import sklearn
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.ensemble._hist_gradient_boosting.binning import _BinMapper
from sklearn.metrics import ndcg_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor, NearestNeighbors

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "answers")
raw = json.load(open(os.path.join(here, "data.json")))


def data(name):
    own = raw[name]
    if isinstance(own["y"], str):
        return np.array([[ord(c) - 97 for c in row] for row in own["x"]], float), np.array([int(c) for c in own["y"]])
    return np.array(own["x"], float), np.array(own["y"])


def split(name):
    x, y = data(name)
    test = np.arange(len(y)) % 4 == 0
    return x[~test], y[~test], x[test], y[test]


answers = {"scikit-learn": sklearn.__version__, "boosting": {}, "forest": {}, "naiveBayes": {}, "neighbors": {}, "pca": {}, "kmeans": {}}
for name in ["diabetes", "iris", "cancer", "digits"]:
    xa, ya, xb, yb = split(name)
    regression = name == "diabetes"
    Boosting, Forest = (
        (HistGradientBoostingRegressor, RandomForestRegressor)
        if regression
        else (HistGradientBoostingClassifier, RandomForestClassifier)
    )
    model = Boosting(early_stopping=False).fit(xa, ya)
    answers["boosting"][name] = {"score": model.score(xb, yb), "first": model.predict(xb)[:5].tolist()}
    scores = [Forest(random_state=seed).fit(xa, ya).score(xb, yb) for seed in range(5)]
    answers["forest"][name] = {"score": float(np.mean(scores))}
    if not regression:
        bayes = GaussianNB().fit(xa, ya)
        answers["naiveBayes"][name] = {
            "score": bayes.score(xb, yb),
            "theta": bayes.theta_[0].tolist(),
            "var": bayes.var_[0].tolist(),
            "proba": bayes.predict_proba(xb)[:3].tolist(),
        }
    Near = KNeighborsRegressor if regression else KNeighborsClassifier
    near = Near().fit(xa, ya)
    distances, places = NearestNeighbors(n_neighbors=3).fit(xa).kneighbors(xb[:3])
    answers["neighbors"][name] = {"score": near.score(xb, yb), "distances": distances.tolist(), "places": places.tolist()}
    pca = PCA(3, svd_solver="full").fit(xa)
    svd = TruncatedSVD(3, algorithm="arpack", random_state=0).fit(xa)
    answers["pca"][name] = {
        "components": pca.components_.tolist(),
        "ratio": pca.explained_variance_ratio_.tolist(),
        "values": pca.singular_values_.tolist(),
        "svd": svd.singular_values_.tolist(),
    }
    answers["kmeans"][name] = {"inertia": KMeans(len(set(ya)) if not regression else 4, n_init=20, random_state=0).fit(xa).inertia_}

# Missing values, weights and categories.
xa, ya, xb, yb = split("diabetes")
holes = xa.copy()
holes[::3, 2] = np.nan
holes[::5, 8] = np.nan
holesB = xb.copy()
holesB[::2, 2] = np.nan
model = HistGradientBoostingRegressor(early_stopping=False, max_iter=30).fit(holes, ya)
answers["missing"] = {"first": model.predict(holesB)[:10].tolist()}
model = HistGradientBoostingRegressor(early_stopping=False, max_iter=30).fit(xa, ya, sample_weight=1 + np.arange(len(ya)) % 3)
answers["weighted"] = {"first": model.predict(xb)[:10].tolist()}
category = np.column_stack([np.arange(len(ya)) % 7, xa[:, 2]])
target = np.array([5, 1, 9, 2, 8, 3, 0])[(np.arange(len(ya)) % 7)] * 20 + ya / 10
model = HistGradientBoostingRegressor(early_stopping=False, max_iter=30, categorical_features=[0]).fit(category, target)
answers["categories"] = {"first": model.predict(category)[:10].tolist()}
mapper = _BinMapper(n_bins=21, random_state=0).fit(xa)
answers["thresholds"] = [each.tolist() for each in mapper.bin_thresholds_]

# Counts: of features alone, and with weights, missing values and categories; the mean loss after each round.
few = dict(loss="poisson", max_iter=30, early_stopping=True, validation_fraction=None, n_iter_no_change=99)
model = HistGradientBoostingRegressor(**few).fit(xa, np.floor(ya / 40))
answers["counts"] = {"first": model.predict(xb)[:10].tolist(), "losses": (-model.train_score_).tolist()}
features = np.column_stack([np.arange(len(ya)) % 7, holes])
weights = 1 + np.arange(len(ya)) % 3
target = np.array([5, 1, 9, 2, 8, 3, 0])[(np.arange(len(ya)) % 7)] + np.floor(ya / 100) * (np.arange(len(ya)) % 7 < 6)
model = HistGradientBoostingRegressor(**few, categorical_features=[0]).fit(features, target, sample_weight=weights)
answers["mixedCounts"] = {"first": model.predict(features)[:20].tolist(), "losses": (-model.train_score_).tolist()}

# Directions of features, and features that may act together: squares, counts, two classes; weights, missing values, categories.
# Few leaves: scikit-learn's rounding splits nodes in vain whose sides bounds leave the same value, and ours are left whole.
small = dict(max_iter=20, max_leaf_nodes=8, early_stopping=False)
ways = [0, 0, 1, 1, -1, 0, -1, 0, 1, 1]
groups = [[0, 1, 2], [2, 3, 4], [8]]
answers["limits"] = {}
for name, limits, mixed in [
    ("monotonic", {"monotonic_cst": ways}, {"monotonic_cst": [0] + ways}),
    ("interaction", {"interaction_cst": groups}, {"interaction_cst": groups}),
    ("pairwise", {"interaction_cst": "pairwise"}, {"interaction_cst": "pairwise"}),
    ("none", {"interaction_cst": "no_interactions"}, {"interaction_cst": "no_interactions"}),
    ("both", {"monotonic_cst": ways, "interaction_cst": groups}, {"monotonic_cst": [0] + ways, "interaction_cst": groups}),
]:
    squares = HistGradientBoostingRegressor(**small, **limits).fit(holes, ya)
    counts = HistGradientBoostingRegressor(
        loss="poisson", **small, categorical_features=[0], **mixed
    ).fit(features, target, sample_weight=weights)
    classes = HistGradientBoostingClassifier(**small, **limits).fit(holes, ya > 140)
    answers["limits"][name] = {
        "squares": squares.predict(holesB)[:20].tolist(),
        "counts": counts.predict(features)[:20].tolist(),
        "classes": classes.predict_proba(holesB)[:20, 1].tolist(),
    }

# Orders, with equal scores among them.
relevance = [[3, 2, 3, 0, 1, 2], [0, 0, 1, 0, 2, 0], [0, 0, 0, 0, 0, 0]]
scores = [[0.1, 0.4, 0.4, 0.9, 0.2, 0.2], [5, 4, 3, 3, 1, 0], [1, 2, 3, 4, 5, 6]]
answers["ndcg"] = {
    "relevance": relevance,
    "scores": scores,
    "all": ndcg_score(relevance, scores),
    "three": ndcg_score(relevance, scores, k=3),
}

with open(os.path.join(here, "trees.json"), "w") as file:
    json.dump(answers, file, separators=(",", ":"))
    file.write("\n")
