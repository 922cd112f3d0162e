package org.reslog.elasticsearch;

import java.util.function.UnaryOperator;
import org.apache.lucene.analysis.TokenStream;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.NormalizingTokenFilterFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;

/** The factory of a token filter that a function wraps around a stream. */
class LuceneFilter extends AbstractTokenFilterFactory {

    private final UnaryOperator<TokenStream> wrap;

    LuceneFilter(Definition definition, UnaryOperator<TokenStream> wrap) {
        this(definition.name(), wrap);
    }

    private LuceneFilter(String name, UnaryOperator<TokenStream> wrap) {
        super(name);
        this.wrap = wrap;
    }

    @Override
    public final TokenStream create(TokenStream input) {
        return wrap.apply(input);
    }

    /** One that keyword normalizers and prefix queries may use: it makes one token of one. */
    static class Normalizing extends LuceneFilter implements NormalizingTokenFilterFactory {

        Normalizing(Definition definition, UnaryOperator<TokenStream> wrap) {
            super(definition, wrap);
        }

        @Override
        public TokenStream normalize(TokenStream input) {
            return create(input);
        }
    }

    /** One that makes several tokens of one, and stands aside while synonym rules are analysed. */
    static final class NotForSynonyms extends LuceneFilter {

        NotForSynonyms(Definition definition, UnaryOperator<TokenStream> wrap) {
            super(definition, wrap);
        }

        @Override
        public TokenFilterFactory getSynonymFilter() {
            return IDENTITY_FILTER;
        }
    }

    /** One that cuts words into n-grams: no synonym filter can follow it. */
    static final class NGrams extends LuceneFilter {

        NGrams(Definition definition, UnaryOperator<TokenStream> wrap) {
            super(definition, wrap);
        }

        @Override
        public boolean breaksFastVectorHighlighter() {
            return true;
        }

        @Override
        public TokenFilterFactory getSynonymFilter() {
            throw new IllegalArgumentException("Token filter [" + name() + "] cannot stand before a synonym filter");
        }
    }

    /** Folding to ASCII; where it keeps the original too, normalizers and synonyms see only the folded. */
    static final class Folding extends LuceneFilter implements NormalizingTokenFilterFactory {

        private final UnaryOperator<TokenStream> foldOnly;

        Folding(Definition definition, UnaryOperator<TokenStream> wrap, UnaryOperator<TokenStream> foldOnly) {
            super(definition, wrap);
            this.foldOnly = foldOnly;
        }

        @Override
        public TokenStream normalize(TokenStream input) {
            return foldOnly.apply(input);
        }

        @Override
        public TokenFilterFactory getSynonymFilter() {
            return new LuceneFilter(name(), foldOnly);
        }
    }
}
