"""Writes what scikit-learn's vectorizers make of awkward texts: `python3 vectorizersReferenceAnswers.py`.

Answers: test/ml/answers/vectorizers.json: the texts, of each case its options, sparse rows, vocabulary and weights, or that it is
refused (lists of numbers as texts, with spaces between); what patterns of tokens find; and which characters are letters, spaces and combining marks, as ranges of code points.
"""

import json
import os
import re
import sys
import unicodedata
import warnings

import numpy as np
import sklearn
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, HashingVectorizer, TfidfVectorizer, strip_accents_ascii, strip_accents_unicode

warnings.simplefilter("ignore")
here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "answers")

TEXTS = [
    "The quick brown fox jumps over the lazy dog, and the dog isn't amused.",
    "A fox, a FOX; naïve café über-fox 42 x 7 x_y _z __ 3.14 1e-5",
    "",
    " \t\n ",
    "the and of a I",
    "dog dog dog fox",
    # The same letters composed and with marks behind them; marks of many classes.
    "é e\u0301 Å A\u030a ǖ u\u0308\u0304 Tiếng Việt đặc biệt ø ł",
    "STRASSE Straße ΣΊΣΥΦΟΣ ΟΔΥΣΣΕΥΣ İstanbul ISTANBUL ıstanbul ǅ ﬁne ﬂow",
    "日本語の文章 ガギグ か\u3099き 中文分词 한국어 형태소 ﾊﾝｶｸ ＦＵＬＬ　ＷＩＤＴＨ",
    "हिन्दी में क्षत्रिय ज़रूर தமிழ் ไทยแลนด์ ກະລຸນາ မြန်မာ",
    "עִבְרִית שָׁלוֹם العَرَبِيَّة مُحَمَّد ﷺ ١٢٣ ۴۵۶",
    "x² y³ ½ cup Ⅷ ⅷ ①② ٣ 三 〇 ₂O 10⁶ №5 ªº",
    "don't rock ’n’ roll l’été o'clock 'quoted' “words” e-mail co-operate soft\u00adhyphen zero\u200dwidth\u200cjoiner",
    "😀 smile😀face 👩‍💻 coder 🇩🇪 flag ❤️ heart ☕ 1️⃣",
    "𝒳𝓎𝔃 𐐀𐐨 𝟘𝟙 𠮷野家 𐍈𐌰 \U0001f600\U0001f601",
    "tabs\tand\nlines\r\nand  two   spaces\u00a0no break\u3000wide\u2003em\u2028line\u2029par\u0085next\x1cfile\x1funit\ufeffbom\u200bzero",
    "user@example.com https://example.com/a_b?c=d#e #tag @name C++ C# .NET snake_case camelCase",
    "aa aaa aaaa ab a b ba bb",
    "ÀÉÎ àéî Ǆ ǆ ß ẞ ŉ ΐ և",
    "the cat sat on the mat; the cat's mat.",
]

ENGLISH = {"stop_words": "english"}
OPTIONS = {
    "plain": {},
    "kept case": {"lowercase": False},
    "no accents": {"strip_accents": "unicode"},
    "ascii": {"strip_accents": "ascii"},
    "ascii, kept case": {"strip_accents": "ascii", "lowercase": False},
    "no common words": ENGLISH,
    "no common words in pairs": {**ENGLISH, "ngram_range": [1, 2]},
    "own words left out": {"stop_words": ["the", "cafe", "fox"], "strip_accents": "unicode", "ngram_range": [2, 3]},
    "letters": {"analyzer": "char"},
    "rows of letters": {"analyzer": "char", "ngram_range": [2, 3]},
    "letters without accents": {"analyzer": "char", "ngram_range": [1, 2], "strip_accents": "unicode", "binary": True},
    "letters of words": {"analyzer": "char_wb", "ngram_range": [1, 3]},
    "long rows of letters of words": {"analyzer": "char_wb", "ngram_range": [5, 6], "lowercase": False, "norm": "l1"},
    "single letters too": {"token_pattern": r"(?u)\b\w+\b"},
    "what stands behind #": {"token_pattern": r"#(\w+)"},
    "what has letters alone": {"token_pattern": r"[^\W\d_]+", "norm": None},
    "ASCII's letters": {"token_pattern": r"(?a)\b\w\w+\b"},
    "what no space parts": {"token_pattern": r"\S+", "binary": True, "ngram_range": [1, 2]},
    "words with apostrophes": {"token_pattern": r"\w+(?:['’]\w+)*", "norm": "l1"},
}
HASHED = {
    "few columns": {"n_features": 7},
    "few columns, no sign, rows of letters": {"n_features": 32, "alternate_sign": False, "analyzer": "char_wb", "ngram_range": [2, 3], "norm": "l1"},
    "few columns, once": {"n_features": 5, "binary": True, "norm": None},
}
# Of equally frequent words it is chance which of them scikit-learn keeps: limits stand where there are none.
COUNTED = {
    "once": {"binary": True, "sublinear_tf": True},
    "counts": {"use_idf": False, "norm": None},
    "logarithms": {"sublinear_tf": True, "smooth_idf": False},
    "frequent": {"max_features": 6, "analyzer": "char_wb", "ngram_range": [2, 3]},
    "in the most texts": {"max_features": 3, "binary": True},
    "neither rare nor common": {"min_df": 2, "max_df": 0.15},
    "a share": {"min_df": 0.1, "max_df": 5},
    "own words": {"vocabulary": ["zebra", "fox", "dog", "café", "The"], "max_features": 1, "min_df": 3},
    "own words and none more": {"vocabulary": ["zebra", "fox"], "smooth_idf": False, "norm": None},
    "own pairs": {"vocabulary": ["lazy dog", "the"], "ngram_range": [1, 2]},
}
# Other texts, of which words are found or not.
FEW = {
    "empty texts": (["", " ", ""], {}),
    "only common words": (["the of", "and"], ENGLISH),
    "one text": (["one text of one line"], {}),
    "a word in all texts": (["warp weft", "warp heddle", "warp"], {}),
    "a word in all texts, not smooth": (["warp weft", "warp heddle", "warp"], {"smooth_idf": False}),
    "too common": (["warp", "warp"], {"max_df": 0.5}),
    "too rare": (["warp", "weft"], {"min_df": 2}),
    "less than more": (["warp", "warp"], {"min_df": 2, "max_df": 0.5}),
    "empty beside others": (["", "warp warp", ""], {}),
    "empty, of own words": (["", "nothing"], {"vocabulary": ["warp"]}),
    "empty, of letters": (["", ""], {"analyzer": "char"}),
    "empty, of letters of words": (["", " \n"], {"analyzer": "char_wb"}),
    "a space": ([" ", "  ", "\n"], {"analyzer": "char"}),
    "many of one": (["warp " * 1000 + "weft"], {"sublinear_tf": True}),
}
PATTERNS = [
    r"(?u)\b\w\w+\b", r"\b\w\w+\b", r"\w+", r"\W+", r"\d+", r"\D+", r"\s", r"\S+", r"\b", r"\B\w", r"\w\b", r"(?a)\w+", r"(?a)\s", r"(?a)\bu\w*",
    r"(?i)FOX", r"(?i)straße", r"[A-Z]\w+", r"[^\w\s]", r"[\w-]+", r"[\w.@]+", r"[\W_]+", r"[^\W_]+", r"[\d.]+", r"[]a]+", r"[^]a ]+", r"[a\]b]+", r"[\-a]+", r"[a-]+", r"[[:]", r"a|b|dog",
    r"(\w)\w*", r"\b(\w+)\s+\w", r"(?P<tag>#\w+)", r"(?:a)(b)?", r"(dog|fox) (?=dog)", r"(?<=the )\w+", r"(?<!\w)\w(?!\w)", r"(\w)\1", r"(?P<x>\w)(?P=x)", r"\.", r"a.b", r"(?s)a.b", r".+", r"(?s).+",
    r"^\w+", r"(?m)^\w+", r"\w+$", r"(?m)\w+$", r"\A\w+", r"\w+\W*\Z", r"a{2}", r"a{2,}", r"a{,2}b", r"a{2,3}?", r"a*?b", r"x{", r"x{}", r"[{]", r"}", r"]", r"\x41|\u00e9|\U0001f600", r"\101", r"[\101-\x43]+", r"\t|\n|\r|\f|\v|\a", r"[\b]",
    r"\'", r"\"", r"\ ", r"\-", r"\#\w+", r"(?#words)\w+", r"(?i:the) \w+", r"é", r"[à-ö]+", r"😀", r"[😀-😂]+", r"\w*", r"(?:)", r"[~&|]", r"a&&b|--", r"[a&&b]", r"[(){}/]",
    # Refused.
    r"(a)(b)", r"(", r")", r"[a", r"a**", r"*a", r"\y", r"\q", r"[z-a]", r"[\w-z]", "a\\", r"(?L)a",
]
PATTERN_TEXTS = [*TEXTS, "a\nb a.b\nlast\n", "#a ## a&&b -- [:] {x{2}} x{} ~& (b) ab abab \x07\x08\x0b\x0c 'q' \"q\" ABC a-b a/b aabb", "ab", ""]


def sparse(matrix):
    matrix = matrix.tocsr()
    matrix.sort_indices()
    return {"starts": listed(matrix.indptr), "places": listed(matrix.indices), "data": numbers(matrix.data)}


def listed(values):
    return " ".join(map(str, values))


def numbers(values):
    """To 13 digits: answers are held to 1e-12."""
    return listed(f"{each:.13g}".replace("inf", "Infinity") for each in values)


def answer(kind, texts, options, weighed=True):
    try:
        model = kind(**{name: tuple(value) if name == "ngram_range" else value for name, value in options.items()})
        found = sparse(model.fit_transform(texts))
    except Exception as error:
        return {"refused": f"{type(error).__name__}: {error}"[:200]}
    if kind is TfidfVectorizer:
        found["vocabulary"] = model.get_feature_names_out().tolist()
        found["idf"] = numbers(model.idf_) if model.use_idf and weighed else None
    return found


def findings(pattern):
    try:
        compiled = re.compile(pattern)
    except Exception as error:
        return {"refused": str(error)}
    if compiled.groups > 1:
        return {"refused": "groups"}
    return [compiled.findall(text) for text in PATTERN_TEXTS]


def ranges(holds):
    """First and last of each run of code points that something holds of."""
    found = []
    for code in range(sys.maxunicode + 1):
        if 0xD800 <= code < 0xE000 or not holds(chr(code)):
            continue
        if found and found[-1] == code - 1:
            found[-1] = code
        else:
            found += [code, code]
    return listed(found)


cases = []
for kind, own in ((HashingVectorizer, HASHED), (TfidfVectorizer, COUNTED)):
    for name, options in {**OPTIONS, **own}.items():
        cases.append({"kind": kind.__name__, "name": name, "options": options, "answer": answer(kind, TEXTS, options, name in COUNTED)})
for name, (texts, options) in FEW.items():
    cases.append({"kind": "TfidfVectorizer", "name": name, "texts": texts, "options": options, "answer": answer(TfidfVectorizer, texts, options)})
    if not {"smooth_idf", "max_df", "min_df", "vocabulary", "sublinear_tf"} & set(options):
        cases.append({"kind": "HashingVectorizer", "name": name, "texts": texts, "options": options, "answer": answer(HashingVectorizer, texts, options)})

with open(os.path.join(here, "vectorizers.json"), "w") as file:
    json.dump(
        {
            "scikit-learn": sklearn.__version__,
            "unicode": unicodedata.unidata_version,
            "texts": TEXTS,
            "stopWords": sorted(ENGLISH_STOP_WORDS),
            "cases": cases,
            "patternTexts": PATTERN_TEXTS,
            "patterns": [[pattern, findings(pattern)] for pattern in PATTERNS],
            "accents": [[strip_accents_unicode(each), strip_accents_ascii(each)] for each in TEXTS],
            "characters": {
                "assigned": ranges(lambda each: unicodedata.category(each) != "Cn"),
                "word": ranges(lambda each: re.match(r"\w", each)),
                "digit": ranges(lambda each: re.match(r"\d", each)),
                "space": ranges(lambda each: re.match(r"\s", each)),
                "combining": ranges(lambda each: strip_accents_unicode("a" + each) == "a"),
            },
        },
        file,
        separators=(",", ":"),
    )
    file.write("\n")
