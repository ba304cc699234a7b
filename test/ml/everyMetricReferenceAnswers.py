"""Writes scikit-learn's answers for everyMetric.test.ts into answers/everyMetric.json: each metric, by label kind, average and weight."""

import itertools

import numpy as np
from sklearn import metrics as m

from referenceAnswers import write

rng = np.random.default_rng(11)
n = 60
binary = rng.integers(0, 2, n)
said = np.where(rng.random(n) < 0.7, binary, 1 - binary)
several = rng.integers(0, 3, n)
guess = np.where(rng.random(n) < 0.6, several, rng.integers(0, 4, n))  # One class is only guessed.
names = np.array(["ash", "beech", "cedar", "douglas"])
weight = rng.integers(0, 4, n).astype(float)  # Some rows do not count.
chance = np.round(rng.random(n), 2)
shares = np.round(rng.random((n, 3)), 2)  # Rows that do not sum to 1.
shares[0] = [0, 1, 0]
actual = rng.normal(size=n)
near = actual + rng.normal(size=n)
kinds = {
    "numbers": (binary, said, 1),
    "texts": (names[binary], names[said], "beech"),
    "other texts": (names[binary], names[said], "ash"),
    "booleans": (binary == 1, said == 1, True),
    "minus one": (2 * binary - 1, 2 * said - 1, 1),
}
cases = []
columns = []  # Each list of values once: cases name its place.


def place(values):
    # By its text: True and 1 are equal, and no label is as good as the other.
    if repr(values.tolist()) not in map(repr, columns):
        columns.append(values.tolist())
    return [repr(each) for each in columns].index(repr(values.tolist()))


def case(metric, answer, actual, predicted, weighted=False, **options):
    cases.append(
        {
            "metric": metric,
            "actual": place(actual),
            "predicted": place(predicted),
            "options": options,
            "weighted": weighted,
            "answer": answer,
        }
    )


for weighted in (False, True):
    w = {"sample_weight": weight} if weighted else {}
    of_classes = {
        "precisionScore": lambda a, p, **o: m.precision_score(a, p, zero_division=0, **o),
        "recallScore": lambda a, p, **o: m.recall_score(a, p, zero_division=0, **o),
        "f1Score": lambda a, p, **o: m.f1_score(a, p, zero_division=0, **o),
        "jaccardScore": lambda a, p, **o: m.jaccard_score(a, p, zero_division=0, **o),
    }
    for (metric, of), (a, p, positive) in itertools.product(of_classes.items(), kinds.values()):
        case(metric, of(a, p, pos_label=positive, **w), a, p, weighted, positive=positive)
    for (metric, of), average in itertools.product(of_classes.items(), ("macro", "micro", "weighted")):
        case(metric, of(several, guess, average=average, **w), several, guess, weighted, average=average)
        case(metric, of(names[several], names[guess], average=average, **w), names[several], names[guess], weighted, average=average)
    for average, beta in itertools.product(("macro", "micro", "weighted"), (0, 0.5, 2)):
        answer = m.fbeta_score(several, guess, beta=beta, average=average, zero_division=0, **w)
        case("fbetaScore", answer, several, guess, weighted, average=average, beta=beta)
    for a, p in ((several, guess), (names[several], names[guess]), *(kind[:2] for kind in kinds.values())):
        case("accuracyScore", m.accuracy_score(a, p, **w), a, p, weighted)
        case("zeroOneLoss", m.zero_one_loss(a, p, **w), a, p, weighted)
        case("balancedAccuracyScore", m.balanced_accuracy_score(a, p, **w), a, p, weighted)
        case("matthewsCorrcoef", m.matthews_corrcoef(a, p, **w), a, p, weighted)
        case("cohenKappaScore", m.cohen_kappa_score(a, p, **w), a, p, weighted)
        case("confusionMatrix", m.confusion_matrix(a, p, **w).astype(float).tolist(), a, p, weighted)
    for a, _, positive in kinds.values():
        own = (a == positive).astype(int)
        case("rocAucScore", m.roc_auc_score(own, chance, **w), a, chance, weighted, positive=positive)
        case("averagePrecisionScore", m.average_precision_score(own, chance, **w), a, chance, weighted, positive=positive)
        case("brierScoreLoss", m.brier_score_loss(a, chance, pos_label=positive, **w), a, chance, weighted, positive=positive)
    for a in (several, names[several]):
        case("logLoss", m.log_loss(a, shares, **w), a, shares, weighted)
        case("topKAccuracyScore", m.top_k_accuracy_score(a, shares, k=1, **w), a, shares, weighted, k=1)
    for a, _, _ in kinds.values():
        case("logLoss", m.log_loss(a, chance, **w), a, chance[:, None], weighted)
    case("logLoss", m.log_loss(several[:1], shares[:1], labels=[0, 1, 2]), several[:1], shares[:1], False, labels=[0, 1, 2])
    for shift in (0, 1e4):
        a, p = actual, near + shift
        case("meanSquaredError", m.mean_squared_error(a, p, **w), a, p, weighted)
        case("rootMeanSquaredError", m.mean_squared_error(a, p, squared=False, **w), a, p, weighted)
        case("meanAbsoluteError", m.mean_absolute_error(a, p, **w), a, p, weighted)
        case("medianAbsoluteError", m.median_absolute_error(a, p, **w), a, p, weighted)
        case("meanAbsolutePercentageError", m.mean_absolute_percentage_error(a, p, **w), a, p, weighted)
        case("r2Score", m.r2_score(a, p, **w), a, p, weighted)
        case("explainedVarianceScore", m.explained_variance_score(a, p, **w), a, p, weighted)
        for alpha in (0, 0.25, 1):
            case("meanPinballLoss", m.mean_pinball_loss(a, p, alpha=alpha, **w), a, p, weighted, alpha=alpha)
        far = actual + shift
        case("r2Score", m.r2_score(far, p, **w), far, p, weighted)
        case("explainedVarianceScore", m.explained_variance_score(far, p, **w), far, p, weighted)
        case("d2TweedieScore", m.d2_tweedie_score(far, p, power=0, **w), far, p, weighted, power=0)
    constant = np.full(n, 2.0)
    for p in (constant, near, constant + 1):
        case("r2Score", m.r2_score(constant, p, **w), constant, p, weighted)
        case("explainedVarianceScore", m.explained_variance_score(constant, p, **w), constant, p, weighted)
case("maxError", m.max_error(actual, near), actual, near)
for a, p in ((several, guess), (names[several], names[guess]), (several, np.zeros(n, int)), (np.zeros(n, int), np.zeros(n, int)), (np.arange(n), np.arange(n))):
    for metric, of in {
        "adjustedMutualInfoScore": m.adjusted_mutual_info_score,
        "adjustedRandScore": m.adjusted_rand_score,
        "completenessScore": m.completeness_score,
        "fowlkesMallowsScore": m.fowlkes_mallows_score,
        "homogeneityScore": m.homogeneity_score,
        "mutualInfoScore": m.mutual_info_score,
        "normalizedMutualInfoScore": m.normalized_mutual_info_score,
        "randScore": m.rand_score,
        "vMeasureScore": m.v_measure_score,
    }.items():
        case(metric, of(a, p), a, p)

if __name__ == "__main__":
    write("everyMetric", {"weight": weight, "columns": columns, "cases": cases})
