package org.reslog.elasticsearch;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.text.ParseException;
import java.util.List;
import java.util.function.Function;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.synonym.SolrSynonymParser;
import org.apache.lucene.analysis.synonym.SynonymGraphFilter;
import org.apache.lucene.analysis.synonym.SynonymMap;
import org.apache.lucene.util.CharsRef;
import org.apache.lucene.util.CharsRefBuilder;
import org.elasticsearch.env.Environment;
import org.elasticsearch.index.IndexService.IndexCreationContext;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.Analysis;
import org.elasticsearch.index.analysis.AnalysisMode;
import org.elasticsearch.index.analysis.CharFilterFactory;
import org.elasticsearch.index.analysis.CustomAnalyzer;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;

/**
 * The {@code synonym_graph} filter: rules in Solr's format from the settings or a file.
 *
 * <p>The rules are analysed by what stands before the filter in its analyzer. With {@code updateable}
 * they are read again by {@code _reload_search_analyzers}, and only search analyzers may hold the filter.
 */
final class SynonymGraph extends AbstractTokenFilterFactory {

    private static final Logger LOGGER = LogManager.getLogger(SynonymGraph.class);

    private final Environment environment;
    private final String path;
    private final List<String> rules;
    private final boolean expand;
    private final boolean lenient;
    private final boolean updateable;

    SynonymGraph(Definition definition) {
        super(definition.name());
        environment = definition.environment();
        rules = definition.list("synonyms");
        path = definition.text("synonyms_path", null);
        if (definition.has("synonyms") == (path != null)) {
            throw definition.error("needs either [synonyms] or [synonyms_path]: the development node knows no sets");
        }
        expand = definition.flag("expand", true);
        updateable = definition.flag("updateable", false);
        lenient = definition.flag("lenient", updateable);
        if (definition.text("format", "solr").equals("solr") == false) {
            throw definition.error("has a [format] that is not [solr], which is all the development node knows");
        }
    }

    @Override
    public AnalysisMode getAnalysisMode() {
        return updateable ? AnalysisMode.SEARCH_TIME : AnalysisMode.ALL;
    }

    @Override
    public TokenStream create(TokenStream input) {
        throw new IllegalStateException("Synonyms need their analyzer: call getChainAwareTokenFilterFactory first");
    }

    @Override
    public TokenFilterFactory getChainAwareTokenFilterFactory(
        IndexCreationContext context,
        TokenizerFactory tokenizer,
        List<CharFilterFactory> charFilters,
        List<TokenFilterFactory> previousFilters,
        Function<String, TokenFilterFactory> allFilters
    ) {
        TokenFilterFactory[] filters =
            previousFilters.stream().map(TokenFilterFactory::getSynonymFilter).toArray(TokenFilterFactory[]::new);
        Analyzer analyzer = new CustomAnalyzer(tokenizer, charFilters.toArray(CharFilterFactory[]::new), filters);
        return new InAnalyzer(name(), getAnalysisMode(), read(analyzer));
    }

    private SynonymMap read(Analyzer analyzer) {
        Parser parser = new Parser(expand, lenient, analyzer);
        try (Reader reader = reader()) {
            parser.parse(reader);
            return parser.build();
        } catch (IOException | ParseException | IllegalArgumentException problem) {
            throw new IllegalArgumentException("The synonyms of [" + name() + "] cannot be read", problem);
        }
    }

    private Reader reader() {
        if (path == null) {
            return new StringReader(String.join("\n", rules));
        }
        return Analysis.getReaderFromFile(environment, path, "synonyms");
    }

    /** The filter in one analyzer, with the rules that it read. */
    private static final class InAnalyzer extends AbstractTokenFilterFactory {

        private final AnalysisMode mode;
        private final SynonymMap synonyms;

        InAnalyzer(String name, AnalysisMode mode, SynonymMap synonyms) {
            super(name);
            this.mode = mode;
            this.synonyms = synonyms;
        }

        @Override
        public TokenStream create(TokenStream input) {
            return synonyms.fst == null ? input : new SynonymGraphFilter(input, synonyms, false);
        }

        @Override
        public TokenFilterFactory getSynonymFilter() {
            return IDENTITY_FILTER;
        }

        @Override
        public AnalysisMode getAnalysisMode() {
            return mode;
        }
    }

    /** Reads rules; a lenient one leaves out terms that the analyzer makes nothing of, and says so in the log. */
    private static final class Parser extends SolrSynonymParser {

        private final boolean lenient;

        Parser(boolean expand, boolean lenient, Analyzer analyzer) {
            super(true, expand, analyzer);
            this.lenient = lenient;
        }

        @Override
        public CharsRef analyze(String term, CharsRefBuilder reuse) throws IOException {
            try {
                return super.analyze(term, reuse);
            } catch (IllegalArgumentException problem) {
                if (lenient == false) {
                    throw problem;
                }
                LOGGER.warn("Synonym [{}] is left out: {}", term, problem.getMessage());
                return new CharsRef();
            }
        }

        @Override
        public void add(CharsRef input, CharsRef output, boolean includeOriginal) {
            boolean leftOut = input.length == 0 || output.length == 0;
            if (leftOut == false || lenient == false) {
                super.add(input, output, includeOriginal);
            }
        }
    }
}
