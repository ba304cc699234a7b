"""Writes scikit-learn's answers for the metrics of metrics.test.ts into answers/metrics.json."""

import numpy as np
from sklearn import datasets, metrics as m
from sklearn.linear_model import PoissonRegressor, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler

from referenceAnswers import write

rng = np.random.default_rng(5)
n = 70
true, guess = rng.integers(0, 4, n), rng.integers(0, 4, n)
guess[:35] = true[:35]
weight = 1.0 + np.arange(n) % 3
binary, score = true % 2, np.round(rng.random(n), 1)
probabilities = np.round(rng.random((n, 4)), 2) + 0.01
probabilities /= probabilities.sum(axis=1, keepdims=True)
counts = rng.poisson(2, n).astype(float)
amounts, near = rng.gamma(2.0, size=n) + 0.1, rng.gamma(2.0, size=n) + 0.1
iris = datasets.load_iris()
labels = (np.arange(150) * 7 % 150 // 40).tolist()
labels[3] = 9  # A cluster of one row.
x = iris.data
weighted = {"sample_weight": weight}
roc = m.roc_curve(binary, score, drop_intermediate=False, **weighted)
pr = m.precision_recall_curve(binary, score, **weighted)
diabetes = datasets.load_diabetes(scaled=False)
scaled = StandardScaler().fit_transform(diabetes.data)
rows = 1.0 + np.arange(len(scaled)) % 4
poisson = PoissonRegressor(alpha=0.5, tol=1e-12, max_iter=10000).fit(scaled, diabetes.target)
search = GridSearchCV(Ridge(solver="cholesky"), {"alpha": [0.1, 10.0, 1000.0]}).fit(
    scaled, diabetes.target, sample_weight=rows
)

write(
    "metrics",
    {
        "true": true,
        "guess": guess,
        "weight": weight,
        "binary": binary,
        "scores": score,
        "probabilities": probabilities,
        "counts": counts,
        "amounts": amounts,
        "near": near,
        "labels": labels,
        "report": {
            "of": m.classification_report(true, guess, output_dict=True, **weighted),
            "text": m.classification_report(true, guess),
        },
        "metrics": {
            "cohenKappaScore": m.cohen_kappa_score(true, guess, **weighted),
            "cohenKappaScore linear": m.cohen_kappa_score(true, guess, weights="linear"),
            "cohenKappaScore quadratic": m.cohen_kappa_score(true, guess, weights="quadratic", **weighted),
            "matthewsCorrcoef": m.matthews_corrcoef(true, guess, **weighted),
            "zeroOneLoss": m.zero_one_loss(true, guess, **weighted),
            "fbetaScore macro": m.fbeta_score(true, guess, beta=2, average="macro", **weighted),
            "jaccardScore weighted": m.jaccard_score(true, guess, average="weighted"),
            "averagePrecisionScore": m.average_precision_score(binary, score, **weighted),
            "brierScoreLoss": m.brier_score_loss(binary, score, **weighted),
            "rocAucOneVsRest macro": m.roc_auc_score(true, probabilities, multi_class="ovr", **weighted),
            "rocAucOneVsRest weighted": m.roc_auc_score(true, probabilities, multi_class="ovr", average="weighted"),
            "rocAucOneVsRest micro": m.roc_auc_score(true, probabilities, multi_class="ovr", average="micro", **weighted),
            "rocAucOneVsOne macro": m.roc_auc_score(true, probabilities, multi_class="ovo"),
            "rocAucOneVsOne weighted": m.roc_auc_score(true, probabilities, multi_class="ovo", average="weighted"),
            "topKAccuracyScore 2": m.top_k_accuracy_score(true, probabilities, **weighted),
            "topKAccuracyScore 3": m.top_k_accuracy_score(true, probabilities, k=3),
            "meanAbsolutePercentageError": m.mean_absolute_percentage_error(amounts, near, **weighted),
            "meanSquaredLogError": m.mean_squared_log_error(amounts, near, **weighted),
            "meanPinballLoss": m.mean_pinball_loss(amounts, near, alpha=0.8, **weighted),
            "medianAbsoluteError": m.median_absolute_error(amounts, near),
            "medianAbsoluteError weighted": m.median_absolute_error(amounts, near, **weighted),
            "meanPoissonDeviance": m.mean_poisson_deviance(counts, near, **weighted),
            "meanGammaDeviance": m.mean_gamma_deviance(amounts, near),
            **{
                f"meanTweedieDeviance {p}": m.mean_tweedie_deviance(amounts, near, power=p, **weighted)
                for p in (-1, 0, 1.5, 3)
            },
            "d2TweedieScore": m.d2_tweedie_score(counts, near, power=1, **weighted),
            "vMeasureScore": m.v_measure_score(true, guess, beta=0.5),
            "mutualInfoScore": m.mutual_info_score(true, guess),
            "adjustedMutualInfoScore": m.adjusted_mutual_info_score(true, guess),
            "fowlkesMallowsScore": m.fowlkes_mallows_score(true, guess),
            "randScore": m.rand_score(true, guess),
            "rocCurve": {"falsePositives": roc[0], "truePositives": roc[1]},
            "precisionRecallCurve": {"precision": pr[0], "recall": pr[1], "thresholds": pr[2]},
        },
        "shapes": {
            "silhouetteScore": m.silhouette_score(x, labels),
            "silhouetteScore manhattan": m.silhouette_score(x, labels, metric="manhattan"),
            "silhouetteSamples": m.silhouette_samples(x, labels),
            "calinskiHarabaszScore": m.calinski_harabasz_score(x, labels),
            "daviesBouldinScore": m.davies_bouldin_score(x, labels),
        },
        "PoissonRegressor": {
            "score": poisson.score(scaled, diabetes.target),
            # Not by its own score: that of 1.2.1 sums a term of its deviance without the weights.
            "weighted": m.d2_tweedie_score(diabetes.target, poisson.predict(scaled), power=1, sample_weight=rows),
        },
        "GridSearchCV": {
            "mean": search.cv_results_["mean_test_score"],
            "best": search.best_params_["alpha"],
            "coef": search.best_estimator_.coef_,
        },
    },
)
