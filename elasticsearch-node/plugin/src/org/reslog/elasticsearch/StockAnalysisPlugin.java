package org.reslog.elasticsearch;

import static org.elasticsearch.plugins.AnalysisPlugin.requiresAnalysisSettings;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.apache.lucene.analysis.miscellaneous.KeywordRepeatFilter;
import org.apache.lucene.analysis.util.ElisionFilter;
import org.elasticsearch.index.analysis.AnalyzerProvider;
import org.elasticsearch.index.analysis.CharFilterFactory;
import org.elasticsearch.index.analysis.PreConfiguredTokenFilter;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;

/**
 * Gives the minimal node the analysis components of the stock one, made from Lucene's classes.
 *
 * <p>Names and settings are those of the stock node; so is what may only be used by its bare name
 * ({@code keyword_repeat}) and what may only be used with settings ({@code requiresAnalysisSettings}).
 * A setting that a component here does not know is an error, never ignored: see {@link Definition}.
 */
public final class StockAnalysisPlugin extends Plugin implements AnalysisPlugin {

    /** Makes a component from its definition. */
    @FunctionalInterface
    interface Recipe<T> {
        T make(Definition definition) throws IOException;
    }

    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        Map<String, AnalysisProvider<TokenFilterFactory>> filters = new HashMap<>();
        filters.put("apostrophe", provider(TokenFilters::apostrophe));
        filters.put("arabic_normalization", provider(TokenFilters::arabicNormalization));
        filters.put("asciifolding", provider(TokenFilters::asciiFolding));
        filters.put("decimal_digit", provider(TokenFilters::decimalDigit));
        filters.put("dictionary_decompounder", needsSettings(TokenFilters::dictionaryDecompounder));
        filters.put("edge_ngram", needsSettings(TokenFilters::edgeNGram));
        filters.put("elision", needsSettings(TokenFilters::elision));
        filters.put("length", provider(TokenFilters::length));
        filters.put("lowercase", provider(TokenFilters::lowercase));
        filters.put("ngram", needsSettings(TokenFilters::nGram));
        filters.put("pattern_capture", needsSettings(TokenFilters::patternCapture));
        filters.put("pattern_replace", needsSettings(TokenFilters::patternReplace));
        filters.put("remove_duplicates", provider(TokenFilters::removeDuplicates));
        filters.put("stemmer", provider(TokenFilters::stemmer));
        filters.put("stemmer_override", needsSettings(TokenFilters::stemmerOverride));
        filters.put("synonym_graph", needsSettings(SynonymGraph::new));
        filters.put("unique", provider(TokenFilters::unique));
        return filters;
    }

    @Override
    public List<PreConfiguredTokenFilter> getPreConfiguredTokenFilters() {
        return List.of(
            PreConfiguredTokenFilter.singleton("keyword_repeat", false, false, KeywordRepeatFilter::new),
            PreConfiguredTokenFilter.singleton(
                "elision", true, input -> new ElisionFilter(input, FrenchAnalyzer.DEFAULT_ARTICLES)));
    }

    @Override
    public Map<String, AnalysisProvider<CharFilterFactory>> getCharFilters() {
        return Map.of(
            "html_strip", provider(CharFilters::htmlStrip),
            "mapping", needsSettings(CharFilters::mapping),
            "pattern_replace", needsSettings(CharFilters::patternReplace));
    }

    @Override
    public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
        return Map.of(
            "edge_ngram", needsSettings(Tokenizers::edgeNGram),
            "keyword", provider(Tokenizers::keyword),
            "ngram", needsSettings(Tokenizers::nGram),
            "uax_url_email", provider(Tokenizers::urlEmail),
            "whitespace", provider(Tokenizers::whitespace));
    }

    @Override
    public Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> getAnalyzers() {
        return Map.of(
            "arabic", provider(LanguageAnalyzers::arabic),
            "english", provider(LanguageAnalyzers::english),
            "french", provider(LanguageAnalyzers::french),
            "swedish", provider(LanguageAnalyzers::swedish),
            "turkish", provider(LanguageAnalyzers::turkish));
    }

    /** A component that may also be used by its bare name, with every setting at its default. */
    private static <T> AnalysisProvider<T> provider(Recipe<T> recipe) {
        return (index, environment, name, settings) -> {
            Definition definition = new Definition(index, environment, name, settings);
            T made = recipe.make(definition);
            definition.rejectUnknownSettings();
            return made;
        };
    }

    /**
     * A component that needs a definition of its own. Besides those that have mandatory settings on
     * the stock node too, the n-grams: their bare names mean other lengths there than their defaults.
     */
    private static <T> AnalysisProvider<T> needsSettings(Recipe<T> recipe) {
        return requiresAnalysisSettings(provider(recipe));
    }
}
