package org.reslog.elasticsearch;

import org.apache.lucene.analysis.core.KeywordTokenizer;
import org.apache.lucene.analysis.core.WhitespaceTokenizer;
import org.apache.lucene.analysis.email.UAX29URLEmailTokenizer;
import org.apache.lucene.analysis.ngram.EdgeNGramTokenizer;
import org.apache.lucene.analysis.ngram.NGramTokenizer;
import org.elasticsearch.index.analysis.TokenizerFactory;

/**
 * Tokenizers besides {@code standard}, which the server has. Wagtail's own backend names the n-grams, the
 * index in which Elasticsearch keeps users and API keys {@code uax_url_email}.
 */
final class Tokenizers {

    private Tokenizers() {}

    static TokenizerFactory keyword(Definition definition) {
        return TokenizerFactory.newFactory(definition.name(), KeywordTokenizer::new);
    }

    static TokenizerFactory urlEmail(Definition definition) {
        return TokenizerFactory.newFactory(definition.name(), UAX29URLEmailTokenizer::new);
    }

    static TokenizerFactory whitespace(Definition definition) {
        return TokenizerFactory.newFactory(definition.name(), WhitespaceTokenizer::new);
    }

    static TokenizerFactory nGram(Definition definition) {
        NGramLengths lengths = NGramLengths.of(definition);
        return TokenizerFactory.newFactory(
            definition.name(), () -> new NGramTokenizer(lengths.shortest(), lengths.longest()));
    }

    /** The stock tokenizer passes over {@code side}, which Wagtail sets; only what it does is allowed here. */
    static TokenizerFactory edgeNGram(Definition definition) {
        int shortest = definition.integer("min_gram", 1);
        int longest = definition.integer("max_gram", 2);
        if (definition.text("side", "front").equals("front") == false) {
            throw definition.error("has a [side] that is not [front]");
        }
        return TokenizerFactory.newFactory(definition.name(), () -> new EdgeNGramTokenizer(shortest, longest));
    }
}
