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


TEXTS = [
    "The quick brown fox jumps over the lazy dog",
    "Never jump over the lazy dog quickly",
    "A fox, a FOX; naïve café über-fox 42 x",
    "",
    "dog dog dog fox",
]


def preprocessing(data):
    from sklearn import preprocessing as p
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
    from sklearn.impute import SimpleImputer

    x = data["diabetes"][0].copy()
    x[::7, 2] = np.nan
    x[:, 4] = 3.0
    answers = {"x": x}
    for name, model in {
        "StandardScaler": p.StandardScaler(),
        "MinMaxScaler": p.MinMaxScaler((-1, 2)),
        "RobustScaler": p.RobustScaler(quantile_range=(10, 80)),
        "QuantileTransformer": p.QuantileTransformer(n_quantiles=100, subsample=1000000),
        "QuantileTransformer normal": p.QuantileTransformer(n_quantiles=200, subsample=1000000, output_distribution="normal"),
        "SimpleImputer mean": SimpleImputer(),
        "SimpleImputer median": SimpleImputer(strategy="median"),
        "SimpleImputer mostFrequent": SimpleImputer(strategy="most_frequent"),
    }.items():
        answers[name] = model.fit(x).transform(x[:20])
    for name, options in {"": {}, " interactions": {"interaction_only": True, "include_bias": False, "degree": 3}}.items():
        model = p.PolynomialFeatures(**options)
        answers["PolynomialFeatures" + name] = {"first": model.fit_transform(data["iris"][0][:3]), "names": list(model.get_feature_names_out())}

    def sparse(matrix):
        matrix = matrix.tocsr()
        matrix.sort_indices()
        return {"starts": matrix.indptr, "places": matrix.indices, "data": matrix.data}

    answers["texts"] = TEXTS
    answers["HashingVectorizer"] = sparse(HashingVectorizer().transform(TEXTS))
    answers["HashingVectorizer pairs"] = sparse(HashingVectorizer(n_features=64, ngram_range=(1, 2), norm="l1", alternate_sign=False).transform(TEXTS))
    for name, options in {"": {}, " few": {"min_df": 2, "max_df": 0.6, "sublinear_tf": True, "smooth_idf": False}, " pairs": {"ngram_range": (1, 2), "max_features": 3, "norm": "l1"}}.items():
        model = TfidfVectorizer(**options)
        answers["TfidfVectorizer" + name] = {**sparse(model.fit_transform(TEXTS)), "vocabulary": list(model.get_feature_names_out()), "idf": model.idf_}
    return answers


def selection(data):
    from sklearn import metrics as m
    from sklearn.model_selection import GridSearchCV, KFold, StratifiedKFold
    from sklearn.pipeline import make_pipeline

    x, y = data["iris"]
    answers = {
        "KFold": [{"train": a, "test": b} for a, b in KFold(4).split(x[:10])],
        "StratifiedKFold": [{"test": b} for _, b in StratifiedKFold(4).split(x, y)],
    }
    grid = {"logisticregression__C": [0.01, 0.1, 1.0, 10.0]}
    search = GridSearchCV(make_pipeline(StandardScaler(), LogisticRegression(tol=1e-8, max_iter=10000)), grid, cv=5)
    search.fit(x, y)
    answers["GridSearchCV"] = {"mean": search.cv_results_["mean_test_score"], "best": search.best_params_["logisticregression__C"], "score": search.best_score_}
    rng = np.random.default_rng(3)
    true, guess = rng.integers(0, 4, 60), rng.integers(0, 4, 60)
    guess[:30] = true[:30]
    real, near = rng.normal(size=60), None
    near = real + rng.normal(size=60) / 3
    weight = 1.0 + np.arange(60) % 3
    binary, score = true % 2, np.round(rng.random(60), 1)
    probabilities = rng.random((60, 4))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    answers.update({"true": true, "guess": guess, "real": real, "near": near, "weight": weight, "binary": binary, "scores": score, "probabilities": probabilities})
    answers["metrics"] = {
        "accuracyScore": m.accuracy_score(true, guess, sample_weight=weight),
        "balancedAccuracyScore": m.balanced_accuracy_score(true, guess),
        "confusionMatrix": m.confusion_matrix(true, guess),
        **{f"precisionScore {a}": m.precision_score(true, guess, average=a) for a in ("macro", "micro", "weighted")},
        **{f"recallScore {a}": m.recall_score(true, guess, average=a) for a in ("macro", "micro", "weighted")},
        **{f"f1Score {a}": m.f1_score(true, guess, average=a, sample_weight=weight) for a in ("macro", "micro", "weighted")},
        "logLoss": m.log_loss(true, probabilities, sample_weight=weight),
        "rocAucScore": m.roc_auc_score(binary, score, sample_weight=weight),
        "meanSquaredError": m.mean_squared_error(real, near, sample_weight=weight),
        "meanAbsoluteError": m.mean_absolute_error(real, near),
        "maxError": m.max_error(real, near),
        "r2Score": m.r2_score(real, near, sample_weight=weight),
        "explainedVarianceScore": m.explained_variance_score(real, near),
        "adjustedRandScore": m.adjusted_rand_score(true, guess),
        "normalizedMutualInfoScore": m.normalized_mutual_info_score(true, guess),
        "homogeneityScore": m.homogeneity_score(true, guess),
        "completenessScore": m.completeness_score(true, guess),
    }
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
