package org.reslog.elasticsearch;

/** The shortest and longest n-gram to make, within what the index allows. */
record NGramLengths(int shortest, int longest) {

    static NGramLengths of(Definition definition) {
        NGramLengths lengths =
            new NGramLengths(definition.integer("min_gram", 1), definition.integer("max_gram", 2));
        int allowed = definition.maxNGramDifference();
        if (lengths.longest - lengths.shortest > allowed) {
            throw definition.error(
                "has [max_gram] more than [" + allowed + "] above [min_gram]; [index.max_ngram_diff] sets the limit");
        }
        return lengths;
    }
}
