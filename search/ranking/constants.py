"""The numbers of ranking, each with the measurement that chose it.

Measured on two development sets (questions on encyclopaedia paragraphs in tr, ar and en;
headlines on news texts in tr, ar, sv and en) with multilingual-e5-small; ``docs/quality.md`` has
the tables. Where a range did equally well, the middle was taken: other texts will differ.
"""

from __future__ import annotations

CENTRED = 0.7
"""How much of its language's mean is taken from a vector before it is compared.

0 keeps languages apart (of a pool of mixed languages 86 % of the first ten are in the question's
own), 1 loses what tells a good match from a bad one. First hits across languages: .752 at 0,
.773 at .5, .773 at .7, .766 at 1; in a pool where each text stands in one language only: .26,
.58, .64, .65.
"""

TOLD_APART = 0.05
"""How much nearer a question must lie to one language's mean than to another's to be of the first.

A question loses the mean of its own language. The nearest mean tells which that is: right for
99.8 % of questions with the library's own means, for 98.6 % with expected ones. Against the mean of
the text's language: first hits across languages .851 to .862 on headlines, .934 to .924 on
questions. Where the only answer stands in another language, of questions reach the floor that
5 % of strangers reach: 31 % to 55 %, and 59 % to 78 % of headlines. The same from .01 to .2.
"""

SENTENCE = 0.5
"""The share of the best sentence in a passage's similarity; the rest is the whole passage's.

First hits across languages: .732 with passages alone, .776 with half of each.
"""

WORDS = 0.02
"""What words add: per unit of BM25 of the average word, times the share of words held.

First hits in the question's language: .923 without, .941 at .012, .949 at .022, .952 at .04;
first hits in a pool where each text stands in one language only, in another one: .637, .627, .616,
.599. Words find what is written in the reader's language, so too much of it hides the rest.
"""

ALL_WORDS = 0.1
"""What is added where a text holds all the words it must: names and numbers win over likeness.

On questions it changes nothing (.948 to .948), for few texts hold all words of a question.
"""

ECHO = 0.4
"""How much likeness to the best texts of every language adds (pseudo-relevance feedback).

Two texts on one thing are nearer to each other than to a question. First hits across languages:
.774 without, .903 at .2, .929 at .4, .942 at .8; where no text has a translation it changes
nothing (.616 to .615).
"""

ECHO_TEMPERATURE = 0.04
"""How much better the best text of a language must be to be the one that is listened to."""

LEVEL = 0.4
"""How much of its language's best score is taken from a text's, so that languages stand level.

Mean average precision over all languages: .797 without, .863 at .3, .874 at .5; the first ten
come from the question's own language to 45 %, 27 % and 20 %.
"""

PREFERENCE = 0.02
"""What a text in the language of the address has ahead of another that matches alike.

It is about the difference between the first and the second text of one language.
"""

FLOOR = 0.475
"""How like a question the best text must be, where the library itself cannot tell yet.

Of questions of one set, asked of the texts of the other, find something by meaning: 6.1 and 5.3 %
at floors of .465 and .469, 5.3 and 4.4 % at .005 more, 4.1 and 3.9 % at .01 more. Of a set's own
questions find a right text: 95.5 and 93.9 %, 94.9 and 92.6 %, 94.2 and 92.2 %.
"""

FLOOR_BELIEVED = 400
"""From so many sentences on, what the library itself says of `FLOOR` counts more than this file.

The median of 200 strangers is sure to about .01, and libraries differ by less than that (.462 and
.469): so what they say counts a third.
"""

MEAN_BELIEVED = 50
"""From so many passages on, a language's own mean counts more than the expected one."""

WITHIN = 0.08
"""How far behind the best text of its language one may be and still match by meaning."""

BELOW_FLOOR = 0.1
"""How far below the floor one may be, where another text is near enough."""

ECHOED = 0.3
"""How like the best texts one must be (`ECHO`) to be as far from the question as the next says."""

BELOW_FLOOR_ECHOED = 0.25
"""How far below the floor a text may be that is like the best ones.

What says the same in another language is less like the question, and very like the text that
is. With these three, 98 % of the right texts in other languages match, and 6 to 9 texts for a
question; with `BELOW_FLOOR` alone 90 % and 97 %; with .2 for all 98 %, and 11 to 12 texts, most of
them wrong.
"""

PASSAGES_PER_LANGUAGE = 60
"""The nearest passages of each language that are candidates.

With 100 no figure of either set differs by more than .001, and ranking is a third slower.
"""

PASSAGES_PER_TEXT = 3
"""The nearest passages of one text that are looked at; a long report must not fill the list."""

WORKS_BY_WORDS = 200
"""The best works by words that are ranked together with the candidates; others follow them."""

MOST_BY_MEANING = 500
"""Works that may match by meaning; where there are more, the page says "at least"."""

RELATED_FLOOR = 0.24
"""How alike two works must be to be called related. A long work's middle is farther from any
passage than a short one's: in the demonstration the nearest works of long ones, on the same
subject, are at .24 to .36, those on no common one below .2; at .35 most would have none."""

FIRST_PASSAGES = 50
"""Passages of each language that stand for a whole work, the first ones: they say its subject."""
