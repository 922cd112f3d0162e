package org.reslog.elasticsearch;

import java.util.function.BiFunction;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.ar.ArabicAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.apache.lucene.analysis.sv.SwedishAnalyzer;
import org.apache.lucene.analysis.tr.TurkishAnalyzer;
import org.elasticsearch.index.analysis.AbstractIndexAnalyzerProvider;
import org.elasticsearch.index.analysis.AnalyzerProvider;

/** The analyzers of the library's languages, with their stock settings. */
final class LanguageAnalyzers {

    private LanguageAnalyzers() {}

    static AnalyzerProvider<? extends Analyzer> arabic(Definition definition) {
        return provider(definition, ArabicAnalyzer::new, ArabicAnalyzer.getDefaultStopSet());
    }

    static AnalyzerProvider<? extends Analyzer> english(Definition definition) {
        return provider(definition, EnglishAnalyzer::new, EnglishAnalyzer.getDefaultStopSet());
    }

    static AnalyzerProvider<? extends Analyzer> french(Definition definition) {
        return provider(definition, FrenchAnalyzer::new, FrenchAnalyzer.getDefaultStopSet());
    }

    static AnalyzerProvider<? extends Analyzer> swedish(Definition definition) {
        return provider(definition, SwedishAnalyzer::new, SwedishAnalyzer.getDefaultStopSet());
    }

    static AnalyzerProvider<? extends Analyzer> turkish(Definition definition) {
        return provider(definition, TurkishAnalyzer::new, TurkishAnalyzer.getDefaultStopSet());
    }

    private static AnalyzerProvider<Analyzer> provider(
        Definition definition, BiFunction<CharArraySet, CharArraySet, Analyzer> make, CharArraySet stopWords
    ) {
        Analyzer analyzer = make.apply(definition.stopWords(stopWords), definition.stemExclusion());
        return new AbstractIndexAnalyzerProvider<>(definition.name()) {
            @Override
            public Analyzer get() {
                return analyzer;
            }
        };
    }
}
